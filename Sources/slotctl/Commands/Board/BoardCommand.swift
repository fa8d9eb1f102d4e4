internal import ArgumentParser

/// `slotctl board`.
struct BoardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "board", abstract: "A location's day by stage.",
        subcommands: [BoardShow.self], defaultSubcommand: BoardShow.self)
}
