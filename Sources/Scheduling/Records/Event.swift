/// What one accepted command changed: the unit of the journal, of the audit trail and of undo.
public struct Event: Equatable, Sendable {
    /// The organization's journal position, from 1 without gaps.
    public var position: Int64
    /// When it was decided.
    public var at: Instant
    /// Who asked for it.
    public var actor: String
    /// The RPC that asked for it, as in `BookingService/CreateBooking`.
    public var rpc: String
    /// The changes, in order.
    public var writes: [RecordWrite]
    /// What a repeated call gets; nil when the call named no request_id.
    public var receipt: Receipt?
    /// Why, where the caller said so; empty: nothing was said.
    public var reason = ""
    /// For each of `writes`, the version of its record before it, 0 where there was none; empty
    /// when all of them are 0. See `Record.version`.
    public var before: [Int64] = []

    /// An event without a reason that changes no record that was there before.
    public init(
        position: Int64, at: Instant, actor: String, rpc: String, writes: [RecordWrite],
        receipt: Receipt? = nil
    ) {
        self.position = position
        self.at = at
        self.actor = actor
        self.rpc = rpc
        self.writes = writes
        self.receipt = receipt
    }
}

/// The answer that a repeated call gets. With the event's actor and RPC, `requestID` names the
/// call.
public struct Receipt: Equatable, Sendable {
    /// The id that the client gave the call, 1 to 128 bytes.
    public var requestID: String
    /// Tells the same request from another one with the same id.
    public var fingerprint: UInt64
    /// The encoded reply.
    public var reply: [UInt8]

    /// Names all of it; the reply is encoded as the first call got it.
    public init(requestID: String, fingerprint: UInt64, reply: [UInt8]) {
        self.requestID = requestID
        self.fingerprint = fingerprint
        self.reply = reply
    }
}
