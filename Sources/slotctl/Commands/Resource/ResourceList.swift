internal import ArgumentParser
internal import SlotdAPI

/// `slotctl resource list`.
struct ResourceList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List rooms and devices.",
        discussion: examples(
            "slotctl resource list",
            "slotctl resource list --archived -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Flag(help: "Also those that are archived.") var archived = false

    func run(_ session: Session) async throws(CommandFailure) {
        let records = try await session.resources(includingArchived: archived)
        let names = try await session.directoryOfLocations()
        try session.output.list(records, as: .resource, names)
    }
}
