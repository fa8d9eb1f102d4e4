internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure-type update`.
struct ProcedureTypeUpdate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a procedure type.",
        discussion: """
            What no flag names stays as it is. The record is read first and changed only if nobody \
            changed it in between.


            """
                + examples(
                    "slotctl procedure-type update Botulinum --md-required true"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.")
    var procedureType: String
    @OptionGroup var fields: ProcedureTypeFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let present = try await session.procedureType(procedureType)
        var record = try json.message() ?? present
        record.id = present.id
        try await fields.apply(to: &record, session)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.CatalogService.updateProcedureType,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.ifVersion ?? present.version
                $0.procedureType = new
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.procedureType, as: .procedureType, reply: reply)
    }
}
