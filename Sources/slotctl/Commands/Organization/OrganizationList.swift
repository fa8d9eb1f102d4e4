internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl org list`.
struct OrganizationList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List organizations.",
        discussion: examples("slotctl org list"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try await session.list(
            list, as: .organization, Methods.AdminService.listOrganizations, .init())
    }
}
