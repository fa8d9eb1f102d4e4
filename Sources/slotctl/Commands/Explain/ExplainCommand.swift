internal import ArgumentParser

/// `slotctl explain`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "What the daemon's words mean.",
        subcommands: [ExplainError.self])
}
