internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl org show`.
struct OrganizationShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one organization.",
        discussion: examples("slotctl org show", "slotctl org show aurora -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id or reference; default: that of --org.") var organization = ""

    func run(_ session: Session) async throws(CommandFailure) {
        let reply = try await session.api.call(
            Methods.AdminService.getOrganization, .with { $0.id = organization })
        try session.output.single(reply.organization, as: .organization, reply: reply)
    }
}
