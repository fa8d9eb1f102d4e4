public import HTTP2
public import NIOCore

/// Where a server listens or a client connects.
public enum SocketTarget: Sendable, Hashable {
    case host(String, port: Int)
    case unix(path: String)

    /// Reads `127.0.0.1:50051`, `[::1]:50051`, `localhost:0` or `unix:/run/slotd.sock`; nil when the
    /// text is none of these.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            var path = text.dropFirst(5)
            if path.hasPrefix("//") { path = path.dropFirst(2) }
            guard !path.isEmpty else { return nil }
            self = .unix(path: String(path))
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self = .host(String(host), port: Int(port))
    }

    /// Whether only this machine can reach it.
    public var isLocal: Bool {
        switch self {
        case .unix: true
        case .host(let host, _):
            host == "localhost" || host == "::1" || host.hasPrefix("127.")
        }
    }
}

extension SocketTarget: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .host(let host, let port):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}

/// An address a server really listens on: port 0 has become a number.
public typealias BoundAddress = SocketTarget

/// Everything a server is told at its start.
public struct ServerConfiguration: Sendable {
    public var addresses: [SocketTarget]
    /// Event loops, one thread each.
    public var loopCount: Int
    public var limits: RPCLimits

    public init(
        addresses: [SocketTarget], loopCount: Int = 1, limits: RPCLimits = RPCLimits()
    ) {
        self.addresses = addresses
        self.loopCount = loopCount
        self.limits = limits
    }
}

/// Every limit of the server in one place; the defaults are those of the design.
public struct RPCLimits: Sendable {
    public var session = SessionOptions()
    /// The longest request message, compressed and not, in bytes.
    public var receiveMessageBytesMax = 4 << 20
    /// The longest response message, in bytes.
    public var sendMessageBytesMax = 64 << 20
    /// A unary call without a deadline gets this one.
    public var unaryDeadlineDefault = TimeAmount.seconds(2)
    /// A unary call that asks for more gets this. Streams keep what they ask for.
    public var unaryDeadlineMax = TimeAmount.seconds(10)
    /// Outbound bytes of one stream above which its `send` waits, and below which it goes on.
    public var streamQueueHighWater = 256 << 10
    public var streamQueueLowWater = 64 << 10
    /// Bytes in the socket's own queue above which we stop reading and stop taking frames.
    public var socketQueueHighWater = 1 << 20
    public var socketQueueLowWater = 256 << 10
    /// Undelivered request bytes of a connection above which its window stays closed.
    public var receiveBufferBytesMax = 16 << 20
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
    /// Without any progress in writing what is queued.
    public var writeStallTimeout = TimeAmount.seconds(30)
    /// Without a stream; nil for no limit.
    public var idleTimeout: TimeAmount?
    /// Age of a connection, with ten percent of jitter; nil for no limit.
    public var ageMax: TimeAmount?
    /// Without a byte from the peer before we send PING, and how long we wait for any byte.
    public var keepaliveTime = TimeAmount.hours(2)
    public var keepaliveTimeout = TimeAmount.seconds(20)
    /// Between the shutdown notice and the final GOAWAY when the peer does not answer our PING.
    public var drainNoticeTimeout = TimeAmount.seconds(1)
    public var abuse = AbuseLimits()

    public init() {}
}
