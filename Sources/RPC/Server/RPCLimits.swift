public import HTTP2
public import NIOCore

/// Every limit of the server in one place; the defaults are those of the design.
public struct RPCLimits: Sendable {
    /// What HTTP/2 itself limits.
    public var session = SessionOptions()
    /// The longest request message, compressed and not, in bytes.
    public var receiveMessageBytesMax = 4 << 20
    /// The longest response message, in bytes.
    public var sendMessageBytesMax = 64 << 20
    /// A unary response of fewer bytes is not worth compressing, for callers that compress
    /// themselves.
    public var compressedMessageBytesMin = 1024
    /// A unary call without a deadline gets this one.
    public var unaryDeadlineDefault = TimeAmount.seconds(2)
    /// A unary call that asks for more gets this. Streams keep what they ask for.
    public var unaryDeadlineMax = TimeAmount.seconds(10)
    /// Outbound bytes of one stream above which its `send` waits, and below which it goes on.
    public var streamQueueHighWater = 256 << 10
    /// Outbound bytes of one stream at which a waiting `send` goes on.
    public var streamQueueLowWater = 64 << 10
    /// Bytes in the socket's own queue above which we stop reading and stop taking frames.
    public var socketQueueHighWater = 1 << 20
    /// Bytes in the socket's own queue at which we go on.
    public var socketQueueLowWater = 256 << 10
    /// Undelivered request bytes of a connection above which its window stays closed.
    public var receiveBufferBytesMax = 16 << 20
    /// Response bytes of a connection that its client has not taken, beyond which new calls on it
    /// are refused: `UNAVAILABLE`.
    public var sendBufferBytesMax = 64 << 20
    /// Calls of one connection whose handlers have not finished, cancelled ones included; beyond
    /// it, `UNAVAILABLE`.
    public var runningCallsPerConnectionMax = 512
    /// The same for all connections of one event loop.
    public var runningCallsPerLoopMax = 8192
    /// What a refused caller is told to wait.
    public var retryPushback = TimeAmount.milliseconds(200)
    /// Frames queued inside nghttp2 before the peer counts as not reading.
    public var outboundFramesMax = 5000
    /// From accepting to the first SETTINGS frame.
    public var handshakeTimeout = TimeAmount.seconds(20)
    /// From our SETTINGS to their acknowledgement.
    public var settingsTimeout = TimeAmount.seconds(20)
    /// Without any progress in writing what is queued: by the socket, or by the client's windows
    /// while more than `socketQueueHighWater` waits for them.
    public var writeStallTimeout = TimeAmount.seconds(30)
    /// Without a stream; nil for no limit.
    public var idleTimeout: TimeAmount?
    /// Age of a connection, with ten percent of jitter; nil for no limit.
    public var ageMax: TimeAmount?
    /// Without a byte from the peer before we send PING, and how long we wait for any byte.
    public var keepaliveTime = TimeAmount.hours(2)
    /// How long any byte may take after that PING.
    public var keepaliveTimeout = TimeAmount.seconds(20)
    /// Between the shutdown notice and the final GOAWAY when the peer does not answer our PING.
    public var drainNoticeTimeout = TimeAmount.seconds(1)
    /// What cheap frames a peer may send.
    public var abuse = AbuseLimits()

    /// The defaults of the design.
    public init() {}
}
