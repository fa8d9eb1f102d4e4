internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl patient create`.
struct PatientCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a patient.",
        discussion: examples(
            "slotctl patient create --name \"Ada Lovelace\" --born 1990-12-10 \\",
            "    --phone \"+1 555 0100\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var fields: PatientFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var record: Slotd_V1_Patient = try json.message() ?? .init()
        try await fields.apply(to: &record, session)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.PatientService.createPatient,
            .with {
                $0.requestID = id
                $0.patient = new
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.patient, as: .patient, reply: reply)
    }
}
