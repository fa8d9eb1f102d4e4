internal import ArgumentParser

/// `slotctl import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Bring in what another system holds.",
        subcommands: [ImportFHIR.self, ImportMedscheduler.self])
}
