internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl patient update`.
struct PatientUpdate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a patient.",
        discussion: """
            What no flag names stays as it is. The record is read first and changed only if nobody \
            changed it in between.


            """
                + examples(
                    "slotctl patient update Lovelace --email ada@example.org"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.")
    var patient: String
    @OptionGroup var fields: PatientFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let present = try await session.patient(patient)
        var record = try json.message() ?? present
        record.id = present.id
        try await fields.apply(to: &record, session)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.PatientService.updatePatient,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.ifVersion ?? present.version
                $0.patient = new
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.patient, as: .patient, reply: reply)
    }
}
