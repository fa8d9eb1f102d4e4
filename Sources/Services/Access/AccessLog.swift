public import GRPCWire

/// Where the services tell of each call that they served, and of which.
///
/// Calls that fail and calls that look at patients' records are always told of; of the others those
/// that `takesOther` takes. What is told is a note, not a line: whoever gets it decides when to
/// write, and must not block the event loop that tells.
public struct AccessLog: Sendable {
    /// Asked once for each call that went well and looked at no patient's record.
    let takesOther: @Sendable () -> Bool
    /// Gets the note, on the event loop of the call.
    let take: @Sendable (AccessNote) -> Void

    /// A log that does as the closures say.
    public init(
        takesOther: @escaping @Sendable () -> Bool, take: @escaping @Sendable (AccessNote) -> Void
    ) {
        self.takesOther = takesOther
        self.take = take
    }
}

/// One call, as the access log has it.
///
/// It keeps the messages as they travelled; what may be told of them are ids of records
/// and the request's own id, found by `ids` and `requestID`. So no name, address or note can get
/// into a line, whatever the messages hold.
public struct AccessNote: Sendable {
    /// How far the call has come.
    public enum Progress: Sendable {
        /// A stream has begun: what it shows from now on is being looked at.
        case opened
        /// The call has ended with this code, and for a refusal this reason, as `SLOT_TAKEN`.
        case ended(StatusCode, reason: String?)
    }

    /// As in `BookingService/GetBooking`.
    public var rpc: String
    /// What the call does.
    public var kind: AccessKind
    /// The organization's id; nil when the caller named none that there is.
    public var organization: String?
    /// Who asks, 1 to 64 characters; nil when that is not what was given.
    public var actor: String?
    /// In which role: patient, staff or manager; nil for no such.
    public var role: String?
    /// How far it has come.
    public var progress: Progress
    /// From the request's arrival until now.
    public var nanoseconds: UInt64
    /// The first bytes of the request, and of the reply.
    var request: ArraySlice<UInt8> = []
    var reply: ArraySlice<UInt8> = []

    /// Bytes of a message that are kept and looked through.
    static let keptBytes = 16 << 10
    /// Ids that a note tells at most.
    static let idsMax = 16

    /// The key that makes the request harmless to repeat; nil for none.
    public var requestID: String? {
        kind == .change ? WireText.string(field: 1, of: request) : nil
    }

    /// The records that the call named or got, each once, at most sixteen. Costs a look at each
    /// byte that is kept.
    public var ids: [String] {
        var ids: [String] = []
        for message in [request, reply] {
            for id in WireText.ids(in: message) where !ids.contains(id) {
                guard ids.count < AccessNote.idsMax else { return ids }
                ids.append(id)
            }
        }
        return ids
    }
}
