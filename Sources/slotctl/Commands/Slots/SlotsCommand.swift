internal import ArgumentParser

/// `slotctl slots`.
struct SlotsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slots", abstract: "When something can be booked, and why not.",
        subcommands: [
            SlotsFind.self, SlotsEarliest.self, SlotsCheck.self, SlotsExplain.self,
        ])
}
