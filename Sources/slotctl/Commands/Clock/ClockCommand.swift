internal import ArgumentParser

/// `slotctl clock`.
struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "The time that the daemon goes by.",
        discussion: """
            A daemon started with --test-clock stands still at one time until it is moved, so that \
            tests can let holds expire and notice run out. Any other goes by the real clock.
            """,
        subcommands: [ClockShow.self, ClockSet.self, ClockAdvance.self])
}
