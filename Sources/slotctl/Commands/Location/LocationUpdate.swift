internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl location update`.
struct LocationUpdate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a location.",
        discussion: """
            What no flag names stays as it is. The record is read first and changed only if nobody \
            changed it in between. Bookings to come that it strands are listed; --dry-run only \
            lists them.


            """
                + examples(
                    "slotctl location update Downtown --hours \"mon-sat 08:00-18:00\"",
                    "slotctl location update Downtown --close 2027-01-01 \\",
                    "    --day 2026-12-24=09:00-12:00",
                    "slotctl location update Downtown --archived true"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .locations)
    var location: String
    @OptionGroup var fields: LocationFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var trial: TrialFlags
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let given: Slotd_V1_Location? = try json.message()
        let change = RecordChange(
            method: Methods.CatalogService.updateLocation, options: request,
            words: "\(location) \(fields) \(version) \(trial) \(given?.textFormatString() ?? "")")
        try await change.show(
            trial, session, \.location, as: .location,
            { () async throws(CommandFailure) in .empty }
        ) {
            () async throws(CommandFailure) -> Slotd_V1_UpdateLocationRequest in
            let present = try await session.location(location)
            var record = given ?? present
            record.id = present.id
            try await fields.apply(to: &record, session)
            var request = Slotd_V1_UpdateLocationRequest()
            request.expectedVersion = version.ifVersion ?? present.version
            request.location = record
            return request
        }
    }
}
