internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl provider update`.
struct ProviderUpdate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a provider.",
        discussion: """
            What no flag names stays as it is. The record is read first and changed only if nobody \
            changed it in between.


            """
                + examples(
                    "slotctl provider update Kim --time-off \"2026-12-24 00:00..2026-12-27 00:00\"",
                    "slotctl provider update Kim --disabled true"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .providers)
    var provider: String
    @OptionGroup var fields: ProviderFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let given: Slotd_V1_Provider? = try json.message()
        let change = RecordChange(
            method: Methods.CatalogService.updateProvider, options: request,
            words: "\(provider) \(fields) \(version) \(given?.textFormatString() ?? "")")
        let reply = try await change.send(session) {
            () async throws(CommandFailure) -> Slotd_V1_UpdateProviderRequest in
            let present = try await session.provider(provider)
            var record = given ?? present
            record.id = present.id
            try await fields.apply(to: &record, session)
            var request = Slotd_V1_UpdateProviderRequest()
            request.expectedVersion = version.ifVersion ?? present.version
            request.provider = record
            return request
        }
        let names = try await session.directoryOfCatalog()
        try session.output.single(reply.provider, as: .provider, reply: reply, names)
    }
}
