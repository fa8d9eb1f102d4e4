internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure-type create`.
struct ProcedureTypeCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a procedure type.",
        discussion: examples(
            "slotctl procedure-type create --name \"Botulinum toxin\" --service Botox \\",
            "    --steps 5"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var fields: ProcedureTypeFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var record: Slotd_V1_ProcedureType = try json.message() ?? .init()
        try await fields.apply(to: &record, session)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.CatalogService.createProcedureType,
            .with {
                $0.requestID = id
                $0.procedureType = new
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.procedureType, as: .procedureType, reply: reply)
    }
}
