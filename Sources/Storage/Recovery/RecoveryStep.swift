public import Engine
public import Scheduling

/// What recovery hands over, one at a time, so that ten million records need no second copy.
///
/// The order: all records of the tables, kind by kind in the order of `RecordKind`, so that an
/// organization's own record comes before what it owns; then the receipts, then one checkpoint per
/// organization in the tables; then the events that the tables do not hold yet, in the order of
/// commit. An organization that the tables do not know yet begins with the event at its position 1.
public enum RecoveryStep: Sendable {
    /// A record as it was at its organization's checkpoint.
    case record(Identifier<OrganizationProfile>, Record)
    /// A receipt that was given before the checkpoint.
    case receipt(RecoveredReceipt)
    /// The organization's records and receipts so far are those of this position.
    case checkpoint(Identifier<OrganizationProfile>, position: Int64)
    /// The organization's next event after its checkpoint.
    case event(JournalEntry)
}

/// A receipt, with the call that it answers.
public struct RecoveredReceipt: Equatable, Sendable {
    /// Whose call it was.
    public var organization: Identifier<OrganizationProfile>
    /// Who called.
    public var actor: String
    /// What was called.
    public var rpc: String
    /// When it was answered.
    public var at: Instant
    /// The answer.
    public var receipt: Receipt
}
