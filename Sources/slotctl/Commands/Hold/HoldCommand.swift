internal import ArgumentParser

/// `slotctl hold`.
struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep a slot for a while.",
        subcommands: [HoldCreate.self, HoldRenew.self, HoldRelease.self])
}
