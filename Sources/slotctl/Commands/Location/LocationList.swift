internal import ArgumentParser
internal import SlotdAPI

/// `slotctl location list`.
struct LocationList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List locations.",
        discussion: examples(
            "slotctl location list",
            "slotctl location list --archived -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Flag(help: "Also those that are archived.") var archived = false

    func run(_ session: Session) async throws(CommandFailure) {
        let records = try await session.locations(includingArchived: archived)
        try session.output.list(records, as: .location)
    }
}
