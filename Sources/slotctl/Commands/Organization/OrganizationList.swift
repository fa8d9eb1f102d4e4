internal import ArgumentParser
internal import SlotdAPI

/// `slotctl org list`.
struct OrganizationList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List organizations.",
        discussion: examples("slotctl org list"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try session.output.list(try await session.organizations(), as: .organization)
    }
}
