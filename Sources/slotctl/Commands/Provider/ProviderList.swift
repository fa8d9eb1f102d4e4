internal import ArgumentParser
internal import SlotdAPI

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

    func run(_ session: Session) async throws(CommandFailure) {
        let locationID = location == nil ? "" : try await session.location(location).id
        let records = try await session.providers(
            includingDisabled: disabled, location: locationID,
            service: try await session.serviceID(service))
        try session.output.list(records, as: .provider)
    }
}
