internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl org update`.
struct OrganizationUpdate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change the organization of --org.",
        discussion: """
            What no flag names stays as it is. The record is read first and changed only if nobody \
            changed it in between.


            """
                + examples("slotctl org update --org aurora --procedures-per-segment 2"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var fields: OrganizationFields
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let present = try await session.api.call(
            Methods.AdminService.getOrganization, .init()
        ).organization
        var record = present
        try fields.apply(to: &record)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.AdminService.updateOrganization,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.ifVersion ?? present.version
                $0.organization = new
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.organization, as: .organization, reply: reply)
    }
}
