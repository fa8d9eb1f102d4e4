internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

/// A bound socket.
struct Listener: Sendable {
    let channel: any Channel
    /// The file of a Unix socket; nil for TCP.
    let file: SocketFile?
}

// Binding addresses, and letting go of them.

extension Server {
    func listen(on target: SocketTarget) async throws -> Listener {
        let bootstrap = makeBootstrap()
        switch target {
        case .host(let host, let port):
            let channel =
                try await bootstrap
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: host, port: port).get()
            return Listener(channel: channel, file: nil)
        case .unix(let path):
            // NIO would remove whatever socket lies there, a living daemon's too, and at the end
            // whatever lies there then.
            try SocketFile.makeWay(at: path)
            let descriptor = try SocketFile.bind(at: path)
            let file = SocketFile(at: path)
            let channel = try await bootstrap.withBoundSocket(descriptor).get()
            SocketFile.deepenBacklog(of: descriptor)
            return Listener(channel: channel, file: file)
        }
    }

    private func makeBootstrap() -> ServerBootstrap {
        let limits = configuration.limits
        let contexts = Dictionary(
            uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(
                    low: limits.socketQueueLowWater, high: limits.socketQueueHighWater)
            )
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let loop = contexts[ObjectIdentifier(channel.eventLoop)]!
                    try channel.pipeline.syncOperations.addHandler(ServerConnection(loop: loop))
                }
            }
    }

    static func address(of channel: any Channel, for target: SocketTarget) -> BoundAddress {
        guard case .host(let host, _) = target, let address = channel.localAddress,
            let port = address.port
        else { return target }
        return .host(address.ipAddress ?? host, port: port)
    }

    func closeListeners() async {
        let open = listeners.withLockedValue { listeners in
            defer { listeners = [] }
            return listeners ?? []
        }
        for listener in open {
            // Before the close: until then a daemon that starts now finds somebody who answers.
            listener.file?.remove()
            try? await listener.channel.close()
        }
    }
}
