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
        let change = RecordChange(
            method: Methods.AdminService.updateOrganization, options: request,
            words: "\(fields) \(version)")
        let reply = try await change.send(session) {
            () async throws(CommandFailure) -> Slotd_V1_UpdateOrganizationRequest in
            let present = try await session.api.call(
                Methods.AdminService.getOrganization, .init()
            ).organization
            var record = present
            try fields.apply(to: &record)
            var request = Slotd_V1_UpdateOrganizationRequest()
            request.expectedVersion = version.ifVersion ?? present.version
            request.organization = record
            return request
        }
        try session.output.single(reply.organization, as: .organization, reply: reply)
    }
}
