internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl patient show`.
struct PatientShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one patient.",
        discussion: examples(
            "slotctl patient show Lovelace"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .patients)
    var patient: String

    func run(_ session: Session) async throws(CommandFailure) {
        let record = try await session.patient(patient)
        let reply = Slotd_V1_GetPatientResponse.with { $0.patient = record }
        try session.output.single(record, as: .patient, reply: reply)
    }
}
