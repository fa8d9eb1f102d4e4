internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl location list`.
struct LocationList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List locations.",
        discussion: examples(
            "slotctl location list",
            "slotctl location list --archived -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Flag(help: "Also those that are archived.") var archived = false
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try await session.list(
            list, as: .location, Methods.CatalogService.listLocations,
            .with { $0.showArchived = archived })
    }
}
