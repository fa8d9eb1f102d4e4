internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl resource list`.
struct ResourceList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List rooms and devices.",
        discussion: examples(
            "slotctl resource list",
            "slotctl resource list --archived -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Flag(help: "Also those that are archived.") var archived = false
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try await session.list(
            list, as: .resource,
            naming: { _ throws(CommandFailure) in try await session.directoryOfLocations() },
            Methods.CatalogService.listResources, .with { $0.showArchived = archived })
    }
}
