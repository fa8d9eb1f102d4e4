internal import GRPCWire
internal import HTTP2
internal import NIOCore
internal import NIOPosix

/// The one connection of a client, in whatever state. Owned by its event loop.
final class ClientTransport: @unchecked Sendable {
    typealias Waiter = (Result<ClientConnection, Status>) -> Void

    private enum State {
        case idle
        case connecting([Waiter])
        case ready(ClientConnection)
        case closed
    }

    let configuration: ClientConfiguration
    let eventLoop: any EventLoop
    private var state = State.idle

    init(_ configuration: ClientConfiguration, eventLoop: any EventLoop) {
        self.configuration = configuration
        self.eventLoop = eventLoop
    }

    /// The `:authority` of requests; a socket's path could not stand there.
    var authority: String {
        switch configuration.target {
        case .host: configuration.target.description
        case .unix: "localhost"
        }
    }

    /// Calls `waiter` with a connection that takes new calls, now or after connecting.
    func withConnection(_ waiter: @escaping Waiter) {
        switch state {
        case .ready(let connection) where connection.takesCalls:
            waiter(.success(connection))
        case .idle, .ready:
            state = .connecting([waiter])
            connect()
        case .connecting(let waiters):
            state = .connecting(waiters + [waiter])
        case .closed:
            waiter(.failure(Status(.unavailable, "the client has been closed")))
        }
    }

    func connectionLost(_ connection: ClientConnection) {
        if case .ready(let current) = state, current === connection { state = .idle }
    }

    func close(_ done: @Sendable @escaping () -> Void) {
        let previous = state
        state = .closed
        switch previous {
        case .idle, .closed:
            done()
        case .connecting(let waiters):
            for waiter in waiters {
                waiter(.failure(Status(.cancelled, "the client has been closed")))
            }
            done()
        case .ready(let connection):
            connection.close(reason: "the client has been closed", done)
        }
    }

    private func connect() {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ClientConnection(transport: self))
                }
            }
        let connecting: EventLoopFuture<any Channel> =
            switch configuration.target {
            case .host(let host, let port):
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .connect(host: host, port: port)
            case .unix(let path):
                bootstrap.connect(unixDomainSocketPath: path)
            }
        connecting.hop(to: eventLoop).whenComplete { result in
            self.connected(
                result.flatMap { channel in
                    Result {
                        try channel.pipeline.syncOperations.handler(type: ClientConnection.self)
                    }
                })
        }
    }

    private func connected(_ result: Result<ClientConnection, any Error>) {
        guard case .connecting(let waiters) = state else {
            if case .success(let connection) = result {
                connection.close(reason: "the client has been closed") {}
            }
            return
        }
        switch result {
        case .success(let connection):
            state = .ready(connection)
            for waiter in waiters { waiter(.success(connection)) }
        case .failure(let error):
            state = .idle
            let status = Status(
                .unavailable,
                "cannot reach \(configuration.target): \(Self.reason(of: error))")
            for waiter in waiters { waiter(.failure(status)) }
        }
    }

    /// The system's reason in a few words.
    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return reason(of: first.error) }
            if let failure = error.dnsAError ?? error.dnsAAAAError { return "\(failure)" }
            return "no address found"
        case let error as IOError:
            switch error.errnoCode {
            case 2: return "no such socket"
            case 13: return "permission denied"
            case 111: return "connection refused"
            default: return error.description
            }
        case ChannelError.connectTimeout:
            return "connecting timed out"
        default:
            return "\(error)"
        }
    }
}
