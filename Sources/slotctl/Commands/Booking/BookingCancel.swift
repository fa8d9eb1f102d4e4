internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking cancel`.
struct BookingCancel: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel a booking and free its time.",
        discussion: """
            Asks for the patient's name first; where nobody can answer, --yes is needed.


            """
                + examples(
                    "slotctl booking cancel booking_01h455vb4pex5vsknk084sn02q \\",
                    "    --reason \"patient called\"",
                    "slotctl booking cancel ref:APPT-9 --yes"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String
    @Option(help: "Why; nothing that identifies a person.") var reason = ""
    @Option(help: "What the patient owes, in cents or the like; default: what is usual.")
    var fee: Int64?
    @Option(help: "What of the deposit is given back, in cents or the like.")
    var refund: Int64 = 0
    @Option(help: "Of both; default: the deposit's.") var currency = ""
    @Flag(help: "Cancel procedures that have begun too; needs --reason.") var cascade = false
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try confirmation.check(session)
        let bookingID = try await session.bookingID(booking)
        try await confirmation.confirm("Cancel", booking: bookingID, session)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.cancelBooking,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.bookingID = bookingID
                $0.reason = reason
                if let fee { $0.feeMinor = fee }
                $0.refundMinor = refund
                $0.currency = currency
                $0.cascade = cascade ? .cancelProcedure : .unspecified
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.booking, reply: reply)
    }
}
