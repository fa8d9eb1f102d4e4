internal import ArgumentParser

/// `slotctl slots`.
struct SlotsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slots", abstract: "When something can be booked.",
        subcommands: [SlotsFind.self])
}
