internal import ArgumentParser
internal import SlotdAPI

/// `slotctl service list`.
struct ServiceList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List services.",
        discussion: examples(
            "slotctl service list",
            "slotctl service list --provider Kim",
            "slotctl service list --archived -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Only those of this provider.", completion: .providers) var provider: String?
    @Flag(help: "Also those that are archived.") var archived = false

    func run(_ session: Session) async throws(CommandFailure) {
        let records = try await session.services(
            includingArchived: archived, provider: try await session.providerID(provider))
        try session.output.list(records, as: .service)
    }
}
