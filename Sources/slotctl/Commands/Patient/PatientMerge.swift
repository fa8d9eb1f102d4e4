internal import ArgumentParser
internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl patient merge`.
struct PatientMerge: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Make two records of one person one.",
        discussion: """
            All that the first has becomes the second's, in one change; from then on the first's \
            id and reference mean the second, whose own fields stay as they are. There is no way \
            back. Asks for the first's name; where nobody can answer, --yes is needed.


            """
                + examples(
                    "slotctl patient merge ref:P-17 Lovelace --reason \"same person\"",
                    "slotctl patient merge patient_01h… ref:P-4 --reason \"same person\" \\",
                    "    --if-version 2 --if-into-version 5 --yes"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Who goes: an id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .patients)
    var patient: String
    @Argument(help: "Who stays, named in the same ways.", completion: .patients)
    var into: String
    @Option(help: "Why; nothing that identifies a person.") var reason: String
    @Option(
        help: ArgumentHelp(
            "Only if the one who stays still has this version; else exit 5.",
            valueName: "version"))
    var ifIntoVersion: Int64?
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try confirmation.check(session)
        let patientID = try await session.patientID(patient)
        let intoID = try await session.patientID(into)
        if !confirmation.yes {
            let goes = try await session.patient(patientID)
            let stays = try await session.patient(intoID)
            try confirmation.confirm(
                "Merge \(Self.words(goes)) into \(Self.words(stays)), for good.",
                typing: goes.name, session)
        }
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.PatientService.mergePatients,
            .with {
                $0.requestID = id
                $0.patientID = patientID
                $0.expectedVersion = version.expected
                $0.intoPatientID = intoID
                $0.expectedIntoVersion = ifIntoVersion ?? 0
                $0.reason = reason
            })
        session.noteReplay(reply.replayed)
        session.note(warnings: reply.warnings)
        session.output.note(
            "Followed: bookings \(reply.bookings), procedures \(reply.procedures), waitlist "
                + "entries \(reply.waitlistEntries).")
        try session.output.single(reply.patient, as: .patient, reply: reply)
    }

    /// What tells two people of one name apart.
    private static func words(_ patient: Slotd_V1_Patient) -> String {
        let born = LocalDate(patient.birthDate).map { " (\($0))" } ?? ""
        return plainText(patient.name) + born
    }
}
