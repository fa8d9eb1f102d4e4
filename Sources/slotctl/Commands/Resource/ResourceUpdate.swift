internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl resource update`.
struct ResourceUpdate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a room or device.",
        discussion: """
            What no flag names stays as it is. The record is read first and changed only if nobody \
            changed it in between. Bookings to come that it strands are listed; --dry-run only \
            lists them.


            """
                + examples(
                    "slotctl resource update \"Room 1\" --outage 2026-12-24",
                    "slotctl resource update ref:laser-1 --archived true"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .resources)
    var resource: String
    @OptionGroup var fields: ResourceFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var trial: TrialFlags
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let given: Slotd_V1_Resource? = try json.message()
        let change = RecordChange(
            method: Methods.CatalogService.updateResource, options: request,
            words: "\(resource) \(fields) \(version) \(trial) \(given?.textFormatString() ?? "")")
        try await change.show(
            trial, session, \.resource, as: .resource,
            { () async throws(CommandFailure) in try await session.directoryOfLocations() }
        ) {
            () async throws(CommandFailure) -> Slotd_V1_UpdateResourceRequest in
            let present = try await session.resource(resource)
            var record = given ?? present
            record.id = present.id
            try await fields.apply(to: &record, session)
            var request = Slotd_V1_UpdateResourceRequest()
            request.expectedVersion = version.ifVersion ?? present.version
            request.resource = record
            return request
        }
    }
}
