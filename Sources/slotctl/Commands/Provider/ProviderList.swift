internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl provider list`.
struct ProviderList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List providers.",
        discussion: examples(
            "slotctl provider list",
            "slotctl provider list --location Downtown --service Botox",
            "slotctl provider list --disabled -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Only those with hours at this location.", completion: .locations) var location:
        String?
    @Option(help: "Only those who perform this service.", completion: .services) var service:
        String?
    @Flag(help: "Also those that are disabled.") var disabled = false
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var request = Slotd_V1_ListProvidersRequest()
        if let location { request.locationID = try await session.location(location).id }
        request.serviceID = try await session.serviceID(service)
        request.showDisabled = disabled
        try await session.list(
            list, as: .provider, Methods.CatalogService.listProviders, request)
    }
}
