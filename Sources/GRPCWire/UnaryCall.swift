/// What a unary handler gives back.
///
/// Handlers run on the call's event loop and never block. One that has to wait parks the call and
/// answers `.parked`; whoever finishes it does so on the same loop.
public enum UnaryAnswer: Sendable {
    /// The encoded protobuf message, without gRPC's prefix. The call ends with `OK`.
    case message([UInt8])
    /// The call ends with this status and no message. A handler that answers `.ok` here has broken
    /// its promise, and the caller is told `INTERNAL`.
    case status(Status)
    /// A message or status with metadata or compression; off the fast path.
    indirect case reply(UnaryReply)
    /// The call was parked with `CallContext.park()` and will be finished later.
    case parked
}

/// A unary answer with everything that is seldom needed.
public struct UnaryReply: Sendable {
    /// The encoded message, or why there is none.
    public var result: Result<[UInt8], Status>
    /// Goes out with the response headers.
    public var initialMetadata: Metadata
    /// Goes out with the status.
    public var trailingMetadata: Metadata
    /// Asks for the message to be compressed; it happens only when the peer accepts gzip.
    public var compress: Bool

    /// A reply with nothing extra, unless said otherwise.
    public init(
        _ result: Result<[UInt8], Status>,
        initialMetadata: Metadata = Metadata(),
        trailingMetadata: Metadata = Metadata(),
        compress: Bool = false
    ) {
        self.result = result
        self.initialMetadata = initialMetadata
        self.trailingMetadata = trailingMetadata
        self.compress = compress
    }
}

/// The connection behind a call, as far as a handler may see it.
public protocol CallResponder: AnyObject, Sendable {
    /// Ends the call named by `token`. Must run on the call's event loop; a token whose call has
    /// been cancelled, has expired or has been answered is ignored.
    func finish(_ answer: UnaryAnswer, token: UInt64)

    /// The peer's address, for logs.
    var peer: String { get }
}

/// A parked unary call: who to answer, and a token. Costs no allocation; may be stored anywhere.
public struct ParkedCall: Sendable {
    /// The index of the event loop on which `finish` must run.
    public let loop: Int
    private let responder: any CallResponder
    private let token: UInt64

    /// For connections; handlers get theirs from `CallContext.park()`.
    public init(loop: Int, responder: any CallResponder, token: UInt64) {
        self.loop = loop
        self.responder = responder
        self.token = token
    }

    /// Ends the call. On the call's loop only; late and repeated calls are ignored.
    public func finish(_ answer: UnaryAnswer) {
        responder.finish(answer, token: token)
    }
}

/// One unary call, handed to its handler on its event loop.
public struct CallContext: Sendable {
    /// `/package.Service/Method`.
    public let method: String
    /// The user metadata of the request.
    public let metadata: Metadata
    /// When the caller stops waiting, in nanoseconds of the monotonic clock (`NIODeadline`'s), nil
    /// when never.
    public let deadline: UInt64?
    /// The index of the event loop, `0..<n`.
    public let loop: Int
    /// Whether the request travelled compressed.
    public let requestWasCompressed: Bool
    /// Whether the server says when the turn of the event loop is over in which this call is made,
    /// should the handler park it.
    public let isInTurn: Bool
    private let responder: any CallResponder
    private let token: UInt64

    /// For connections, and for tests of handlers.
    public init(
        method: String, metadata: Metadata, deadline: UInt64?, loop: Int,
        requestWasCompressed: Bool = false, isInTurn: Bool = false,
        responder: any CallResponder, token: UInt64
    ) {
        self.method = method
        self.metadata = metadata
        self.deadline = deadline
        self.loop = loop
        self.requestWasCompressed = requestWasCompressed
        self.isInTurn = isInTurn
        self.responder = responder
        self.token = token
    }

    /// The same call, answered through somebody who stands between the handler and the connection.
    public func answered(through responder: any CallResponder) -> CallContext {
        CallContext(
            method: method, metadata: metadata, deadline: deadline, loop: loop,
            requestWasCompressed: requestWasCompressed, isInTurn: isInTurn,
            responder: responder, token: token)
    }

    /// What to keep for answering later; the handler then returns `.parked`.
    public func park() -> ParkedCall {
        ParkedCall(loop: loop, responder: responder, token: token)
    }

    /// The peer's address, for logs. Not free: it is formatted on each call.
    public var peer: String { responder.peer }
}

/// Answers a unary call: synchronous, on the event loop, never blocking. The bytes are the
/// request's protobuf message.
public typealias UnaryHandler = @Sendable (CallContext, [UInt8]) -> UnaryAnswer
