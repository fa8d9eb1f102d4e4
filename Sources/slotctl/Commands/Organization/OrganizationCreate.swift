internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl org create`.
struct OrganizationCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create an organization.",
        discussion: examples("slotctl org create --name \"Aurora Med Spa\" --ref aurora"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var fields: OrganizationFields
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var record = Slotd_V1_Organization()
        try fields.apply(to: &record)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.AdminService.createOrganization,
            .with {
                $0.requestID = id
                $0.organization = new
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.organization, as: .organization, reply: reply)
    }
}
