internal import ArgumentParser
internal import Intervals
internal import Scheduling

/// `slotctl demo`.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Try slotd with a made-up clinic.",
        subcommands: [DemoLoad.self])
}

/// `slotctl demo load`.
struct DemoLoad: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Import a made-up clinic with three weeks of bookings.",
        discussion: """
            Four locations in as many time zones, eleven providers, ten services, and their \
            bookings from a week ago to two weeks ahead, all made from the seed. What exists is \
            left alone.


            """ + examples("slotctl demo load", "slotctl demo load --seed 3 --patients 500"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Chooses the patients and the bookings.") var seed: UInt64 = 7
    @Option(help: "How many patients, 1 to 100000.") var patients = 120
    @Option(help: "Percent of the providers' hours that is booked, 0 to 95.") var load = 55

    func validate() throws {
        guard (1...100_000).contains(patients) else {
            throw ValidationError("--patients must be 1 to 100000")
        }
        guard (0...95).contains(load) else { throw ValidationError("--load must be 0 to 95") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let now = try await session.daemonTime()
        let demo = try DemoClinic(
            patients: patients, load: load, seed: seed,
            now: Instant(milliseconds: now.seconds * 1000), zones: TimeZoneDatabase())
        let items = demo.items
        let progress = Progress(
            "Loading", total: items.count, terminal: session.terminal,
            write: session.prompter.write)
        var run = ImportRun(session: session, items: ImportItems(items), progress: progress)
        let tally = try await run.run()
        let created = ImportKind.allCases.filter { tally[$0].taken > 0 }.map {
            "\(tally[$0].created) \($0.plural)"
        }
        session.output.note("Created " + created.joined(separator: ", ") + ".")
        let refused = ImportKind.allCases.reduce(0) { $0 + tally[$1].refused }
        guard refused == 0 else { throw .local("\(refused) records were refused") }
    }
}
