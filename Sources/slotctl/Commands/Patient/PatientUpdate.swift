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
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .patients)
    var patient: String
    @OptionGroup var fields: PatientFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let given: Slotd_V1_Patient? = try json.message()
        let change = RecordChange(
            method: Methods.PatientService.updatePatient, options: request,
            words: "\(patient) \(fields) \(version) \(given?.textFormatString() ?? "")")
        let reply = try await change.send(session) {
            () async throws(CommandFailure) -> Slotd_V1_UpdatePatientRequest in
            let present = try await session.patient(patient)
            var record = given ?? present
            record.id = present.id
            try await fields.apply(to: &record, session)
            var request = Slotd_V1_UpdatePatientRequest()
            request.expectedVersion = version.ifVersion ?? present.version
            request.patient = record
            return request
        }
        try session.output.single(reply.patient, as: .patient, reply: reply)
    }
}
