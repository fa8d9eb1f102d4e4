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
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .procedureTypes)
    var procedureType: String
    @OptionGroup var fields: ProcedureTypeFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let given: Slotd_V1_ProcedureType? = try json.message()
        let change = RecordChange(
            method: Methods.CatalogService.updateProcedureType, options: request,
            words: "\(procedureType) \(fields) \(version) \(given?.textFormatString() ?? "")")
        let reply = try await change.send(session) {
            () async throws(CommandFailure) -> Slotd_V1_UpdateProcedureTypeRequest in
            let present = try await session.procedureType(procedureType)
            var record = given ?? present
            record.id = present.id
            try await fields.apply(to: &record, session)
            var request = Slotd_V1_UpdateProcedureTypeRequest()
            request.expectedVersion = version.ifVersion ?? present.version
            request.procedureType = record
            return request
        }
        try session.output.single(reply.procedureType, as: .procedureType, reply: reply)
    }
}
