internal import ArgumentParser

/// The load program: fills a daemon with something to search in, then asks of it as fast as it
/// answers, or at a given rate, and checks the answers.
///
/// One thread and one event loop drive all connections, so that a generator takes exactly one core
/// and can be pinned to it. Every command prints one JSON object.
@main
struct SlotLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slotload",
        abstract: "Loads a slotd and measures what it answers.",
        subcommands: [Prepare.self, Find.self, Book.self])
}

/// Where the daemon is.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where slotd listens: HOST:PORT.", valueName: "address"))
    var server = "127.0.0.1:7400"
}

/// How the load is applied.
struct PaceOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "How many connections.")
    var connections = 4

    @Option(name: .shortAndLong, help: "How many calls in flight on each connection.")
    var inFlight = 8

    @Option(help: "Seconds before anything is counted.")
    var warmUp = 1.0

    @Option(help: "Seconds that are counted.")
    var seconds = 5.0

    @Option(
        help: """
            Calls per second (open loop: latency counts from when a call was due). Without it, a \
            new call follows each answer (closed loop).
            """)
    var rate: Double?

    func validate() throws {
        guard 1...4096 ~= connections else { throw ValidationError("connections: 1 to 4096") }
        guard 1...128 ~= inFlight else { throw ValidationError("in-flight: 1 to 128") }
        guard 0...60 ~= warmUp else { throw ValidationError("warm-up: 0 to 60 seconds") }
        guard 0.1...3600 ~= seconds else { throw ValidationError("seconds: 0.1 to 3600") }
        if let rate, !(1...10_000_000 ~= rate) {
            throw ValidationError("rate: 1 to 10000000 calls per second")
        }
    }
}
