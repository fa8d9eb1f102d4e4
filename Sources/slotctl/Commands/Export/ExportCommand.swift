internal import ArgumentParser

/// `slotctl export`.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Give out what another system may take in.",
        subcommands: [ExportCSV.self, ExportNDJSON.self])
}
