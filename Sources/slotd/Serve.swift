internal import ArgumentParser
internal import Engine
internal import GRPCWire
internal import Glibc
internal import Intervals
internal import Logging
internal import NIOCore
internal import RPC
internal import Scheduling
internal import Services
internal import SlotdAPI
internal import Storage

/// `slotd serve`: opens the data directory, recovers, listens, and drains on a signal.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the API until SIGTERM, SIGINT or SIGHUP.",
        discussion: """
            EXAMPLES
              slotd serve --data-dir /var/lib/slotd
              slotd serve --data-dir ./data --listen 127.0.0.1:0
              slotd serve --data-dir ./data --listen unix:/run/slotd.sock

            When it is ready it prints one line on standard output: `slotd ready on` and the \
            addresses it listens on.
            """)

    @Option(help: "Directory of the data; made if missing, closed to others. One daemon at a time.")
    var dataDir: String

    @Option(help: "Address to listen on: HOST:PORT (port 0 picks one) or unix:PATH. Repeatable.")
    var listen: [String] = ["127.0.0.1:50061"]

    @Flag(help: "Listen on addresses that other machines reach, although nothing is encrypted.")
    var insecure = false

    @Option(
        name: .customLong("test-clock"), defaultAsFlag: "now",
        help: ArgumentHelp(
            "For a portal's own tests: run by a clock that stands still until a call moves it. A "
                + "new directory's begins at TIME, as in 2026-03-02T09:00Z, else now; one that "
                + "was made so goes on, to TIME if that lies ahead. Refused on any other.",
            valueName: "time"))
    var testClock: String?

    @Option(help: "Event loops, one thread each; 0: one for each core but one, at least one.")
    var loops = 0

    @Flag(inversion: .prefixedNo, help: "Serve gRPC server reflection.")
    var reflection = true

    @Option(help: "Seconds that calls under way may take to finish once it is told to stop.")
    var drainSeconds: Int64 = 20

    @Option(help: "Least level of what is logged: trace, debug, info, notice, warning, error.")
    var logLevel = LogLevel.info

    @Option(
        help: ArgumentHelp(
            "Of which calls the log has a line: off; errors, which are calls that fail and those "
                + "that look at patients' records; 1/N, which adds every Nth other; or all. A line "
                + "names records by id alone.",
            valueName: "calls"))
    var accessLog = AccessLogging.errors

    func validate() throws {
        guard drainSeconds >= 0, drainSeconds <= 3600 else {
            throw ValidationError("--drain-seconds must be 0 to 3600")
        }
        if let testClock, TestClockWish(testClock) == nil {
            throw ValidationError(
                "--test-clock \(testClock): give now, or a time as in 2026-03-02T09:00Z")
        }
        guard loops >= 0, loops <= 256 else { throw ValidationError("--loops must be 0 to 256") }
    }

    func run() async throws {
        let signals = StopSignals.take()
        // What is stored is for the owner's eyes; whom a socket lets in, the operator's mask says.
        let mask = umask(0o077)
        let logger = JSONLog.logger(level: logLevel.level)
        for warning in BuildInformation.warnings { logger.warning("\(warning)") }
        let addresses = try checkedAddresses()
        let zones = TimeZoneDatabase()
        let health = HealthService()
        let daemon: Daemon
        do {
            daemon = try Daemon(
                dataDirectory: dataDir, zones: zones,
                testClock: testClock.flatMap(TestClockWish.init), health: health, logger: logger)
        } catch {
            throw StartFailure.exit(error)
        }

        let engine = daemon.engine
        let access = AccessWriter()
        let accessThread = access.start()
        let services = Services(
            engine: engine, zones: zones, monotonic: { Clock.monotonic() },
            accessLog: access.log(accessLog))
        let table = table(services, health)
        var configuration = ServerConfiguration(addresses: addresses, loopCount: loopCount)
        configuration.turnEnded = { engine.endTurn() }
        configuration.callRefused = services.callRefused
        let server = Server(configuration, services: table, logger: logger)
        daemon.attach(server)
        let bound: [BoundAddress]
        do {
            umask(mask)
            defer { umask(0o077) }
            bound = try await server.start()
        } catch {
            daemon.stop()
            throw StartFailure.exit(error)
        }
        for name in [""] + table.serviceNames { health.set(name, isServing: true) }
        health.set(Health.write, isServing: !engine.isDiskFull)
        let housekeeping = Housekeeping.start(engine: engine, dataDirectory: dataDir)
        logger.info("ready", metadata: ["version": "\(BuildInformation.summary)"])
        ReadyLine.print(bound)

        let signal = await signals.next()
        logger.info("stopping", metadata: ["signal": "\(signal)"])
        housekeeping.cancel()
        health.shutDown()
        engine.endWatches()
        await server.drain(grace: .seconds(drainSeconds))
        daemon.stop()
        access.stop()
        accessThread.join()
        logger.info("stopped")
    }

    /// All that is served.
    private func table(_ services: Services, _ health: HealthService) -> ServiceTable {
        var table = ServiceTable()
        services.register(in: &table)
        health.register(in: &table)
        if reflection {
            ReflectionService(
                descriptors: Descriptors.files.compactMap {
                    Base64.decode(Array($0.base64.utf8).span)
                }
            )
            .register(in: &table)
        }
        return table
    }

    private var loopCount: Int {
        loops == 0 ? max(1, System.coreCount - 1) : loops
    }

    /// Without TLS and credentials only this machine may reach the daemon, unless told otherwise.
    private func checkedAddresses() throws -> [SocketTarget] {
        try listen.map { text in
            guard let target = SocketTarget(text) else {
                throw ValidationError(
                    "--listen \(text): give HOST:PORT, [V6]:PORT or unix:PATH")
            }
            guard target.isLocal || insecure else {
                throw StartFailure.exit(
                    StartFailure.message(
                        "--listen \(text) is reachable from other machines, and nothing is "
                            + "encrypted or authenticated yet; listen on 127.0.0.1 or unix:PATH, "
                            + "or give --insecure"))
            }
            return target
        }
    }
}

/// What `--log-level` takes.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case trace, debug, info, notice, warning, error

    var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
