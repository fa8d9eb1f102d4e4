internal import ArgumentParser
internal import SlotdAPI

/// `slotctl procedure submit`.
struct ProcedureSubmit: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "End a draft, or submit a whole single page at once.",
        discussion: """
            With a procedure: the wizard's last page. Without one: the single page, which \
            creates the procedure from --patient, a booking (--booking, or --service and --start \
            for a new one) and --type, all or nothing.


            """
                + examples(
                    "slotctl procedure submit procedure_01h455vb4pex5vsknk084sn02q",
                    "slotctl procedure submit --patient Lovelace --booking sn02q \\",
                    "    --advance-stage",
                    "slotctl procedure submit --patient Lovelace --service Botox --start now \\",
                    "    --walk-in"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The draft: its id or ref:REFERENCE.") var procedure: String?
    @Option(help: "Whom. Needed without a draft.", completion: .patients) var patient: String?
    @Option(help: "An existing booking.") var booking: String?
    @Option(help: "Which segment of it; not needed when it is the only one.")
    var segment: Int32?
    @Option(
        help: ArgumentHelp(
            "Only if the booking still has this version; else exit 5.", valueName: "version"))
    var ifBookingVersion: Int64?
    @Option(
        help: "The procedure type; default: as in the draft, or the service's only one.",
        completion: .procedureTypes)
    var type: String?
    @Flag(help: "Not for treatment or billing.") var consultOnly = false
    @Flag(help: "Also move the booking from Check-in to In Procedure.") var advanceStage = false
    @Option(name: .customLong("procedure-ref"), help: "Your own name of a new procedure.")
    var reference = ""
    @OptionGroup(title: "A new booking") var visit: VisitOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    private var wantsNewBooking: Bool {
        visit.service != nil || visit.start != nil || visit.hold != nil
    }

    func validate() throws {
        // An empty variable in a script must not turn a draft's submission into a new procedure.
        if procedure == "" { throw ValidationError("an empty name names no procedure") }
        if procedure == nil {
            if patient == nil { throw ValidationError("without a draft, --patient is needed") }
            if booking == nil, !wantsNewBooking {
                throw ValidationError(
                    "without a draft, --booking is needed, or --service and --start for a new one")
            }
        }
        if wantsNewBooking {
            if booking != nil {
                throw ValidationError("give --booking or a new booking's flags, not both")
            }
            if !visit.missing.isEmpty {
                throw ValidationError("missing " + visit.missing.joined(separator: " and "))
            }
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        var submit = Slotd_V1_SubmitProcedureRequest()
        var zone: Zone?
        submit.procedureID = procedure ?? ""
        submit.patientID = try await session.patientID(patient)
        if let booking {
            submit.bookingID = try await session.bookingID(booking)
        } else if wantsNewBooking {
            (submit.newBooking, zone) = try await visit.newBooking(session)
        }
        submit.segment = segment ?? 0
        submit.expectedBookingVersion = ifBookingVersion ?? 0
        submit.procedureTypeID = try await session.procedureTypeID(type)
        submit.consultOnly = consultOnly
        submit.advanceStage = advanceStage
        submit.externalRef = reference
        submit.expectedVersion = version.expected
        submit.requestID = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.submitProcedure, submit, in: zone)
        session.noteReplay(reply.replayed)
        try await session.show(reply.procedure, reply: reply, booking: reply.booking)
    }
}
