internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl service update`.
struct ServiceUpdate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a service.",
        discussion: """
            What no flag names stays as it is. The record is read first and changed only if nobody \
            changed it in between. Bookings to come that it strands are listed; --dry-run only \
            lists them.


            """
                + examples(
                    "slotctl service update Botox --add-provider Jones --notice 120",
                    "slotctl service update Botox --variant provider=Jones,durations=45+60"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .services)
    var service: String
    @OptionGroup var fields: ServiceFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var trial: TrialFlags
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let given: Slotd_V1_Service? = try json.message()
        let change = RecordChange(
            method: Methods.CatalogService.updateService, options: request,
            words: "\(service) \(fields) \(version) \(trial) \(given?.textFormatString() ?? "")")
        try await change.show(
            trial, session, \.service, as: .service,
            { () async throws(CommandFailure) in try await session.directoryOfCatalog() }
        ) {
            () async throws(CommandFailure) -> Slotd_V1_UpdateServiceRequest in
            let present = try await session.service(service)
            var record = given ?? present
            record.id = present.id
            try await fields.apply(to: &record, session)
            var request = Slotd_V1_UpdateServiceRequest()
            request.expectedVersion = version.ifVersion ?? present.version
            request.service = record
            return request
        }
    }
}
