internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl org update`.
struct OrganizationUpdate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change the organization of --org.",
        discussion: """
            What no flag names stays as it is. The record is read first and changed only if nobody \
            changed it in between. Bookings to come that it strands are listed; --dry-run only \
            lists them.


            """
                + examples("slotctl org update --org aurora --procedures-per-segment 2"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var fields: OrganizationFields
    @OptionGroup var trial: TrialFlags
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let change = RecordChange(
            method: Methods.AdminService.updateOrganization, options: request,
            words: "\(fields) \(version) \(trial)")
        try await change.show(
            trial, session, \.organization, as: .organization,
            { () async throws(CommandFailure) in .empty }
        ) {
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
    }
}
