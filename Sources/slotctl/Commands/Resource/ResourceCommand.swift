internal import ArgumentParser

/// `slotctl resource`.
struct ResourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resource", abstract: "Rooms and devices.",
        subcommands: [
            ResourceCreate.self, ResourceShow.self, ResourceList.self, ResourceUpdate.self,
        ])
}
