internal import GRPCWire

/// The state of one call on a server connection, indexed by the session's slot.
struct ServerCall {
    enum Phase {
        /// The slot is free, or its stream never became a call.
        case none
        /// A unary or server-streaming request is arriving.
        case receiving
        /// A unary handler runs or has parked the call.
        case parked
        /// A streaming handler runs.
        case streaming
        /// Everything has been submitted; only the stream's end is awaited.
        case answered
    }

    var phase = Phase.none
    /// Distinguishes this call from others that had its slot.
    var token: UInt64 = 0
    /// Negative until the headers have named one.
    var route = -1
    /// Monotonic nanoseconds.
    var begunAt: UInt64 = 0
    /// Monotonic nanoseconds; `UInt64.max` is none.
    var deadline = UInt64.max
    var timer = TimerWheel.none
    var acceptsGzip = false
    var requestIsGzip = false
    var metadata = Metadata()
    var parser = MessageParser(messageBytesMax: 0)
    /// The one request message of a unary or server-streaming call.
    var message: StreamMessage?
    var stream: ServerStreamCall?

    var isUnderWay: Bool { phase != .none && phase != .answered }
}
