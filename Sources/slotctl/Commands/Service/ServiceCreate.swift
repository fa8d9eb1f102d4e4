internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl service create`.
struct ServiceCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a service.",
        discussion: examples(
            "slotctl service create --name Botox --duration 30 --duration 45 \\",
            "    --after 10 --provider Kim",
            "slotctl service create --name Peel --duration 60 --provider Kim \\",
            "    --requires pool:room --processing 20 --finishing 10 \\",
            "    --provider-phases core+finishing"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var fields: ServiceFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var record: Slotd_V1_Service = try json.message() ?? .init()
        try await fields.apply(to: &record, session)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.CatalogService.createService,
            .with {
                $0.requestID = id
                $0.service = new
            })
        session.noteReplay(reply.replayed)
        let names = try await session.directoryOfCatalog()
        try session.output.single(reply.service, as: .service, reply: reply, names)
    }
}
