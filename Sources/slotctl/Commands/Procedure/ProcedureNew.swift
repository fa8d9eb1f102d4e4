internal import ArgumentParser
internal import SlotdAPI

/// `slotctl procedure new`.
struct ProcedureNew: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Open a draft from a patient or from a booking.",
        discussion: """
            From a patient the wizard opens at step 2; from a booking, patient and booking are \
            filled in, and the type where the service tells it.


            """
                + examples(
                    "slotctl procedure new --patient Lovelace",
                    "slotctl procedure new --booking sn02q --advance-stage"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "From this patient.", completion: .patients) var patient: String?
    @Option(help: "From this booking.") var booking: String?
    @Option(help: "Which segment of the booking; not needed when it is the only one.")
    var segment: Int32?
    @Option(help: "How it will be filled in.") var view = ViewArgument.multiPage
    @Flag(help: "Also move the booking from Check-in to In Procedure.") var advanceStage = false
    @Option(name: .customLong("ref"), help: "Your own name of the procedure.")
    var reference = ""
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func validate() throws {
        if (patient == nil) == (booking == nil) {
            throw ValidationError("give one of --patient and --booking")
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        var draft = Slotd_V1_NewProcedureRequest()
        if let booking {
            draft.bookingID = try await session.bookingID(booking)
        } else {
            draft.patientID = try await session.patientID(patient)
        }
        draft.segment = segment ?? 0
        draft.view = view.view
        draft.advanceStage = advanceStage
        draft.expectedVersion = version.expected
        draft.externalRef = reference
        draft.requestID = request.make(session)
        let reply = try await session.api.call(Methods.ProcedureService.newProcedure, draft)
        session.noteReplay(reply.replayed)
        if reply.existing { session.output.note("It was begun before; this is that procedure.") }
        let booking = reply.hasBooking ? reply.booking : nil
        try await session.show(reply.procedure, reply: reply, booking: booking)
    }
}
