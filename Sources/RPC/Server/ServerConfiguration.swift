public import GRPCWire

/// Everything a server is told at its start.
public struct ServerConfiguration: Sendable {
    /// Where to listen; several at once are fine, port 0 picks a free one.
    public var addresses: [SocketTarget]
    /// Event loops, one thread each.
    public var loopCount: Int
    /// Every number.
    public var limits: RPCLimits
    /// Called on the event loop at the end of each of its turns in which a unary handler parked a
    /// call: what those calls wait for can be begun at once for all of them.
    public var turnEnded: (@Sendable () -> Void)?
    /// Called on the event loop for each call that fails before a handler sees it.
    public var callRefused: (@Sendable (RefusedCall) -> Void)?

    /// One loop and the default limits, unless said otherwise.
    public init(
        addresses: [SocketTarget], loopCount: Int = 1, limits: RPCLimits = RPCLimits()
    ) {
        self.addresses = addresses
        self.loopCount = loopCount
        self.limits = limits
    }
}
