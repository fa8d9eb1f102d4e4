public import GRPCWire
public import Logging
internal import NIOConcurrencyHelpers
public import NIOCore
internal import NIOPosix

/// A gRPC server on TCP and Unix sockets.
///
/// ```swift
/// var table = ServiceTable()
/// table.unary("/demo.Greeter/Greet") { context, request in .message(request) }
/// let server = Server(
///     ServerConfiguration(addresses: [.host("127.0.0.1", port: 0)]), services: table,
///     logger: logger)
/// let bound = try await server.start()
/// …
/// await server.drain(grace: .seconds(10))
/// ```
public final class Server: Sendable {
    let configuration: ServerConfiguration
    private let logger: Logger
    let group: MultiThreadedEventLoopGroup
    let loops: [LoopContext]
    /// What is bound; nil before the start.
    let listeners = NIOLockedValueBox<[Listener]?>(nil)

    /// Starts the event loops, binds nothing yet.
    public init(_ configuration: ServerConfiguration, services: ServiceTable, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.loopCount))
        var loops: [LoopContext] = []
        for (index, eventLoop) in group.makeIterator().enumerated() {
            loops.append(
                LoopContext(
                    index: index, eventLoop: eventLoop, limits: configuration.limits,
                    table: services, logger: logger, turnEnded: configuration.turnEnded,
                    callRefused: configuration.callRefused))
        }
        self.loops = loops
    }

    /// The number of event loops; `CallContext.loop` is below it.
    public var loopCount: Int { loops.count }

    /// Binds every address and begins to serve. Answers the addresses with their real ports, in
    /// the order of the configuration. On an error nothing stays bound.
    public func start() async throws(ServerError) -> [BoundAddress] {
        let isFirst = listeners.withLockedValue { listeners in
            guard listeners == nil else { return false }
            listeners = []
            return true
        }
        guard isFirst else { throw .alreadyStarted }
        var bound: [BoundAddress] = []
        for target in configuration.addresses {
            do {
                let listener = try await listen(on: target)
                listeners.withLockedValue { $0?.append(listener) }
                bound.append(Self.address(of: listener.channel, for: target))
            } catch {
                await closeListeners()
                throw .cannotListen(target, reason: ListenFailure.text(error))
            }
        }
        for loop in loops { startHousekeeping(loop) }
        return bound
    }

    /// Runs a job on an event loop, and afterwards flushes each connection it answered on, once.
    /// Callable from any thread; this is how a committer finishes many parked calls with one
    /// wake-up per loop.
    public func execute(onLoop loop: Int, _ job: @Sendable @escaping () -> Void) {
        let loop = loops[loop]
        loop.eventLoop.execute { loop.run(job) }
    }

    /// Stops serving: no new connections; clients are told in two steps (RFC 9113, section 6.8);
    /// calls under way may finish until `grace` has passed, then connections are cut.
    public func drain(grace: TimeAmount) async {
        await closeListeners()
        let gone = await withTaskGroup(of: EventLoopFuture<Void>.self) { tasks in
            for loop in loops { tasks.addTask { await Self.drain(loop) } }
            var futures: [EventLoopFuture<Void>] = []
            for await future in tasks { futures.append(future) }
            return futures
        }
        let cut = group.next().scheduleTask(in: grace) { [loops] in
            for loop in loops {
                loop.eventLoop.execute { loop.connections.forEach { $0.closeNow() } }
            }
        }
        for future in gone { try? await future.get() }
        cut.cancel()
        try? await group.shutdownGracefully()
    }

    // MARK: Per loop

    private func startHousekeeping(_ loop: LoopContext) {
        loop.eventLoop.scheduleRepeatedTask(
            initialDelay: .milliseconds(500), delay: .milliseconds(500)
        ) { _ in
            let now = loop.eventLoop.now.uptimeNanoseconds
            for connection in loop.connections { connection.checkTimeouts(now: now) }
        }
    }

    /// Begins the drain of a loop's connections; the inner future ends when all are gone.
    private static func drain(_ loop: LoopContext) async -> EventLoopFuture<Void> {
        let started = loop.eventLoop.submit { () -> EventLoopFuture<Void> in
            loop.isDraining = true
            let ends = loop.connections.map { connection -> EventLoopFuture<Void> in
                let promise = loop.eventLoop.makePromise(of: Void.self)
                connection.life.closed = promise
                connection.beginDrain()
                return promise.futureResult
            }
            return EventLoopFuture.andAllComplete(ends, on: loop.eventLoop)
        }
        do {
            return try await started.get()
        } catch {
            return loop.eventLoop.makeSucceededVoidFuture()
        }
    }
}
