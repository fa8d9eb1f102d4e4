internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl provider create`.
struct ProviderCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a provider.",
        discussion: examples(
            "slotctl provider create --name \"Dr. Kim\" \\",
            "    --schedule \"Downtown: mon-fri 09:00-17:00\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var fields: ProviderFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var record: Slotd_V1_Provider = try json.message() ?? .init()
        try await fields.apply(to: &record, session)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.CatalogService.createProvider,
            .with {
                $0.requestID = id
                $0.provider = new
            })
        session.noteReplay(reply.replayed)
        let names = try await session.directoryOfCatalog()
        try session.output.single(reply.provider, as: .provider, reply: reply, names)
    }
}
