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
    @Argument(help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.")
    var provider: String
    @OptionGroup var fields: ProviderFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let present = try await session.provider(provider)
        var record = try json.message() ?? present
        record.id = present.id
        try await fields.apply(to: &record, session)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.CatalogService.updateProvider,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.ifVersion ?? present.version
                $0.provider = new
            })
        session.noteReplay(reply.replayed)
        let names = try await session.directoryOfCatalog()
        try session.output.single(reply.provider, as: .provider, reply: reply, names)
    }
}
