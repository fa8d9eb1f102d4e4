internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking delete`.
struct BookingDelete: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a booking that left no trace; archive any other.",
        discussion: """
            Asks for the patient's name first; where nobody can answer, --yes is needed.


            """
                + examples("slotctl booking delete sn02q --reason \"typed twice\" --yes"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String
    @Option(help: "Why; nothing that identifies a person.") var reason: String
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try confirmation.check(session)
        let bookingID = try await session.bookingID(booking)
        try await confirmation.confirm("Delete", booking: bookingID, session)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.deleteBooking,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.bookingID = bookingID
                $0.reason = reason
            })
        session.noteReplay(reply.replayed)
        if reply.deleted {
            session.output.note("It is gone.")
        } else {
            session.output.note(
                "It was archived: a deposit was taken, a procedure was attached or the visit went "
                    + "beyond Check-in.")
        }
        try await session.show(reply.booking, reply: reply)
    }
}
