public import Scheduling

/// Who asks for a mutation, and what identifies the request.
public struct MutationCall: Sendable {
    /// Who asks.
    public var actor: String
    /// In which role: which rules they may break. A repeated request is the same one in any role.
    public var role: CallerRole
    /// As in `BookingService/CreateBooking`.
    public var rpc: String
    /// The index of the event loop that gets the answer.
    public var loop: Int
    /// Empty: the call is not protected against being repeated.
    public var requestID: String
    /// Tells the same request from another one with the same id.
    public var fingerprint: UInt64
    /// Bytes of the request, for the bound on what waits.
    public var requestSize: Int
    /// The call is one of those that a turn of an event loop answers, and `Engine.endTurn` follows:
    /// they are committed together.
    public var isInTurn = false

    /// A call; without a size it counts by its reply alone.
    public init(
        actor: String, role: CallerRole = .staff, rpc: String, loop: Int, requestID: String,
        fingerprint: UInt64, requestSize: Int = 0
    ) {
        self.actor = actor
        self.role = role
        self.rpc = rpc
        self.loop = loop
        self.requestID = requestID
        self.fingerprint = fingerprint
        self.requestSize = requestSize
    }

    func receipt(_ reply: [UInt8]) -> Receipt? {
        requestID.isEmpty
            ? nil : Receipt(requestID: requestID, fingerprint: fingerprint, reply: reply)
    }
}

/// What a mutation's caller is told.
public enum MutationAnswer: Sendable {
    /// It was done just now.
    case reply([UInt8])
    /// It was done by an earlier call with the same request_id, whose reply this is.
    case replayed([UInt8])
    /// It was not done.
    case refused(Rejection)
}
