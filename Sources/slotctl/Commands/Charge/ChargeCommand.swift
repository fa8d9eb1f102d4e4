internal import ArgumentParser

/// `slotctl charge`.
struct ChargeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "charge", abstract: "What procedures are billed for.",
        subcommands: [ChargeList.self, ChargeBill.self, ChargeVoid.self, ChargeExport.self])
}
