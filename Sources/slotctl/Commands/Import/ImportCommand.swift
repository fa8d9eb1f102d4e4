internal import ArgumentParser

/// `slotctl import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Bring in what another system holds.",
        subcommands: [
            ImportCSV.self, ImportNDJSON.self, ImportFHIR.self, ImportMedscheduler.self,
        ])
}
