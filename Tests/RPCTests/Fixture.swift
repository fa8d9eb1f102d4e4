import GRPCWire
import Logging
import NIOCore
import RPC

/// A server of its own on a free port, for one test.
struct Fixture {
    let server: Server
    let address: SocketTarget

    var port: Int {
        guard case .host(_, let port) = address else { return 0 }
        return port
    }

    func client(configure: (inout ClientConfiguration) -> Void = { _ in }) -> Client {
        var configuration = ClientConfiguration(target: address)
        configure(&configuration)
        return Client(configuration)
    }

    /// Starts a server, runs the body, and drains.
    static func run(
        limits: RPCLimits = RPCLimits(), loops: Int = 1,
        address: SocketTarget = .host("127.0.0.1", port: 0),
        _ table: ServiceTable = Echo.table(),
        _ body: (Fixture) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = Server(
            ServerConfiguration(addresses: [address], loopCount: loops, limits: limits),
            services: table, logger: logger)
        let bound = try await server.start()
        let fixture = Fixture(server: server, address: bound[0])
        do {
            try await body(fixture)
        } catch {
            await server.drain(grace: .milliseconds(50))
            throw error
        }
        await server.drain(grace: .milliseconds(50))
    }
}

/// The service most tests talk to.
enum Echo {
    static let unary = "/test.Echo/Unary"
    static let rich = "/test.Echo/Rich"
    static let fail = "/test.Echo/Fail"
    static let talk = "/test.Echo/Talk"
    static let count = "/test.Echo/Count"
    static let flood = "/test.Echo/Flood"
    static let details: [UInt8] = [8, 9, 18, 2, 110, 111]

    static func table() -> ServiceTable {
        var table = ServiceTable()
        table.unary(unary) { _, request in .message(request) }
        table.unary(rich) { context, request in
            .reply(
                UnaryReply(
                    .success(request), initialMetadata: context.metadata,
                    trailingMetadata: context.metadata, compress: true))
        }
        table.unary(fail) { _, _ in
            .status(Status(.failedPrecondition, " no ☺ 100%\n", details: details))
        }
        table.stream(talk, kind: .bidirectional) { stream throws(Status) in
            await stream.setTrailers(stream.metadata)
            try await stream.sendHeaders(stream.metadata)
            for try await message in stream.requests {
                try await stream.send(message.bytes, compress: message.wasCompressed)
            }
        }
        table.stream(count, kind: .client) { stream throws(Status) in
            var count = 0
            for try await message in stream.requests { count += message.bytes.count }
            try await stream.send(Array("\(count)".utf8))
        }
        table.stream(flood, kind: .server) { stream throws(Status) in
            let message = [UInt8](repeating: 7, count: 10_000)
            for try await _ in stream.requests {
                for _ in 0..<1000 { try await stream.send(message) }
            }
        }
        return table
    }
}
