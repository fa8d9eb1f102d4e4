internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

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
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let providerID = try await session.providerID(provider)
        try await session.list(
            list, as: .service, Methods.CatalogService.listServices,
            .with {
                $0.showArchived = archived
                $0.providerID = providerID
            })
    }
}
