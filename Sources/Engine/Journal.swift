public import Scheduling

/// An event and the organization it belongs to: one row of the journal.
public struct JournalEntry: Sendable {
    /// Whose stream it is appended to.
    public let organization: Identifier<OrganizationProfile>
    /// What is appended. Its position is the organization's last one plus 1.
    public let event: Event

    /// An event to append.
    public init(organization: Identifier<OrganizationProfile>, event: Event) {
        self.organization = organization
        self.event = event
    }
}

/// What became of one organization's entries of a batch.
public enum CommitOutcome: Sendable {
    /// They are durable.
    case committed
    /// Another daemon appended these first; none of the organization's entries was taken.
    case conflict([Event])
}

/// Why a batch was not committed.
public enum JournalError: Error, Sendable {
    /// The disk is full. Nothing of the batch was written, and the journal can be used again.
    case full(String)
    /// The disk failed. What of the batch is durable is unknown, and the journal must not be used
    /// again: the process ends and recovers from the disk.
    case failed(String)
}

/// The port to durable storage: append-only, one stream per organization.
///
/// Two conformers: SQLite's in `Storage`, and the simulator's in memory.
public protocol Journal: AnyObject, Sendable {
    /// Appends a batch and returns when it is durable, with the outcome of each organization in the
    /// batch. Called by one thread, the committer.
    func commit(
        _ batch: [JournalEntry]
    ) throws(JournalError) -> [Identifier<OrganizationProfile>: CommitOutcome]
}
