internal import ArgumentParser

/// The daemon's command line.
@main
struct Slotd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slotd",
        abstract: "The scheduling daemon: finds slots, books them, attaches them to procedures.",
        discussion: """
            Exit codes: 0 stopped as asked, 64 wrong usage, 70 the disk failed or the data is \
            broken, 78 it cannot start as configured (address, data directory, another daemon).
            """,
        version: BuildInformation.summary,
        subcommands: [Serve.self, Verify.self],
        defaultSubcommand: Serve.self)
}
