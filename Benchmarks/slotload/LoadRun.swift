internal import ArgumentParser
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// What is asked, and how an answer is known to be right.
struct Question {
    /// `/package.Service/Method`.
    var path: String
    /// The request number `n`, without gRPC's prefix; nil when there are no more.
    var request: (_ number: Int) -> [UInt8]?
    /// Whether this answers request number `n`.
    var isRight: (_ number: Int, _ answer: [UInt8]) -> Bool
}

/// One measurement: connections, the clock, and what came of every call.
///
/// Time runs in three parts: warm-up, measurement, and waiting for the last answers. A call counts
/// when its answer falls into the measurement; errors count always. Owned by the event loop.
final class LoadRun: @unchecked Sendable {
    private let question: Question
    private let pace: PaceOptions
    private let group: MultiThreadedEventLoopGroup
    private let eventLoop: any EventLoop

    private var connections: [LoadConnection] = []
    private var tick: RepeatedTask?
    private var finished: EventLoopPromise<Void>?
    private var issuedCount = 0
    private var openCount = 0
    private var isStopping = false
    private var startedAt: UInt64 = 0
    private var countsFrom: UInt64 = 0
    private var countsUntil: UInt64 = 0
    private var cpuAtStart = 0.0
    private var cpuAtEnd = 0.0
    private var samples = LatencySamples()
    private var requestByteCount = 0
    private var answerByteCount = 0
    private var errors: [String: Int] = [:]

    init(_ question: Question, pace: PaceOptions) {
        self.question = question
        self.pace = pace
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        eventLoop = group.next()
    }

    /// Runs to the end. Throws when a connection cannot be made.
    func run(server: String) async throws -> LoadReport {
        let (host, port) = try Self.split(server)
        let finished = eventLoop.makePromise(of: Void.self)
        for _ in 0..<pace.connections { try await connect(host: host, port: port) }
        eventLoop.execute { self.start(finished) }
        try await finished.futureResult.get()
        let report = try await eventLoop.submit { self.report() }.get()
        try await group.shutdownGracefully()
        return report
    }

    private static func split(_ server: String) throws -> (host: String, port: Int) {
        guard let colon = server.lastIndex(of: ":"), let port = Int(server[colon...].dropFirst())
        else { throw ValidationError("\(server) is not of the form HOST:PORT") }
        return (String(server[..<colon]), port)
    }

    private func connect(host: String, port: Int) async throws {
        _ = try await ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = try LoadConnection(run: self, question: self.question)
                    self.connections.append(connection)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .connect(host: host, port: port).get()
    }

    // MARK: The clock

    private func start(_ finished: EventLoopPromise<Void>) {
        self.finished = finished
        startedAt = NIODeadline.now().uptimeNanoseconds
        countsFrom = startedAt + UInt64(pace.warmUp * 1e9)
        countsUntil = countsFrom + UInt64(pace.seconds * 1e9)
        samples.reserve(pace.rate.map { Int($0 * pace.seconds) } ?? 1_000_000)
        let loop = eventLoop.assumeIsolated()
        loop.scheduleTask(deadline: .uptimeNanoseconds(countsFrom)) {
            self.cpuAtStart = processorSeconds()
        }
        loop.scheduleTask(deadline: .uptimeNanoseconds(countsUntil)) { self.stop() }
        if pace.rate != nil {
            tick = eventLoop.scheduleRepeatedTask(
                initialDelay: .zero, delay: .microseconds(500)
            ) { _ in self.issueWhatIsDue() }
        }
        for connection in connections { connection.fill() }
    }

    private func stop() {
        cpuAtEnd = processorSeconds()
        isStopping = true
        tick?.cancel()
        // Answers that never come would otherwise keep us for ever.
        eventLoop.assumeIsolated().scheduleTask(in: .seconds(10)) {
            if self.openCount > 0 { self.count(error: "no answer within 10 s") }
            self.finished?.succeed()
            self.finished = nil
        }
        finishIfDone()
    }

    private func finishIfDone() {
        guard isStopping, openCount == 0 else { return }
        finished?.succeed()
        finished = nil
    }

    /// One call on each connection in turn, so that an open loop spreads over all of them.
    private func issueWhatIsDue() {
        var isAnyIssued = true
        while isAnyIssued {
            isAnyIssued = false
            for connection in connections where connection.issueOne() { isAnyIssued = true }
        }
        for connection in connections { connection.flush() }
    }

    // MARK: For connections

    /// The next call if one is due and this connection may have one more: its number, its request,
    /// and the moment that its latency counts from.
    func next(
        openOnConnection: Int
    ) -> (number: Int, request: [UInt8], due: UInt64)? {
        guard !isStopping, openOnConnection < pace.inFlight, startedAt > 0 else { return nil }
        var due = NIODeadline.now().uptimeNanoseconds
        if let rate = pace.rate {
            let planned = startedAt + UInt64(Double(issuedCount) * 1e9 / rate)
            guard planned <= due else { return nil }
            due = planned
        }
        guard let request = question.request(issuedCount) else {
            if errors[Self.exhausted] == nil { count(error: Self.exhausted) }
            return nil
        }
        defer { issuedCount += 1 }
        openCount += 1
        requestByteCount += request.count
        return (issuedCount, request, due)
    }

    private static let exhausted = "the requests ran out before the time"

    func answered(due: UInt64, now: UInt64, byteCount: Int) {
        openCount -= 1
        if countsFrom <= now, now < countsUntil {
            samples.append(nanoseconds: now - due)
            answerByteCount += byteCount
        }
        finishIfDone()
    }

    func failed(_ reason: String) {
        openCount -= 1
        count(error: reason)
        finishIfDone()
    }

    private func count(error: String) {
        errors[error, default: 0] += 1
    }

    private func report() -> LoadReport {
        let count = samples.count
        return LoadReport(
            path: question.path, connections: pace.connections, inFlight: pace.inFlight,
            rate: pace.rate, seconds: pace.seconds, answered: count,
            perSecond: Double(count) / pace.seconds, errors: errors,
            requestBytes: issuedCount > 0 ? requestByteCount / issuedCount : 0,
            answerBytes: count > 0 ? answerByteCount / count : 0,
            generatorBusy: (cpuAtEnd - cpuAtStart) / pace.seconds,
            latencyMicroseconds: samples.percentiles())
    }
}

/// Processor time of this process until now, in user and kernel mode.
private func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(0) {
        $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
    }
}
