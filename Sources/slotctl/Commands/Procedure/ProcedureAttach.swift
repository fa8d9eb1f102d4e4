internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure attach`: by flags in a script, by a dialogue on a terminal.
struct ProcedureAttach: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Attach an existing booking to a draft.",
        discussion: """
            With --procedure and --booking nothing is asked. On a terminal what is missing is \
            asked for: the patient, the patient's draft or a new one, and the booking from a \
            numbered list that also shows the bookings which cannot be attached, and why; a \
            booking can be created on the spot.


            """
                + examples(
                    "slotctl procedure attach",
                    "slotctl procedure attach --patient Lovelace",
                    "slotctl procedure attach --procedure procedure_01h… --booking sn02q",
                    "slotctl procedure attach --procedure procedure_01h… --booking ref:APPT-9 \\",
                    "    --if-version 2 --if-booking-version 4 --advance-stage -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "The draft: its id or ref:REFERENCE.") var procedure: String?
    @Option(help: "The booking: its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String?
    @Option(help: "Whose booking and draft to choose from, in the dialogue.", completion: .patients)
    var patient: String?
    @Option(
        help: "Where it is to be done: the dialogue's bookings elsewhere cannot be chosen.",
        completion: .locations)
    var location: String?
    @Option(help: "Which segment of the booking; not needed when it is the only one.")
    var segment: Int32?
    @Option(
        help: ArgumentHelp(
            "Only if the booking still has this version; else exit 5.", valueName: "version"))
    var ifBookingVersion: Int64?
    @Flag(help: "Also move the booking from Check-in to In Procedure.") var advanceStage = false
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        if let procedure, let booking {
            let bookingID = try await session.bookingID(booking)
            let id = request.make(session)
            let reply = try await session.api.call(
                Methods.ProcedureService.attachBooking,
                .with {
                    $0.requestID = id
                    $0.expectedVersion = version.expected
                    $0.expectedBookingVersion = ifBookingVersion ?? 0
                    $0.procedureID = procedure
                    $0.bookingID = bookingID
                    $0.segment = segment ?? 0
                    $0.advanceStage = advanceStage
                })
            session.noteReplay(reply.replayed)
            session.note(warnings: reply.warnings)
            return try await session.show(
                reply.procedure, reply: reply, booking: reply.booking)
        }
        guard session.terminal.isInteractive else {
            let missing = [
                procedure == nil ? "--procedure" : nil, booking == nil ? "--booking" : nil,
            ]
            throw .usage(
                "missing " + missing.compactMap(\.self).joined(separator: " and ")
                    + "; on a terminal this command asks for what is missing")
        }
        let dialogue = AttachDialogue(
            session: session, request: request, advancesStage: advanceStage,
            patientName: patient, procedureName: procedure, bookingName: booking,
            locationName: location)
        try await dialogue.run()
    }
}
