internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure show`.
struct ProcedureShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one procedure and what it was attached to.",
        discussion: examples(
            "slotctl procedure show procedure_01h455vb4pex5vsknk084sn02q",
            "slotctl procedure show ref:PROC-3 -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id or ref:REFERENCE.") var procedure: String

    func run(_ session: Session) async throws(CommandFailure) {
        let reply = try await session.api.call(
            Methods.ProcedureService.getProcedure, .with { $0.id = procedure })
        let record = reply.procedure
        var booking: Slotd_V1_Booking?
        if session.output.format.isForPeople, record.hasAttachment {
            let id = record.attachment.bookingID
            booking = try await session.api.call(
                Methods.BookingService.getBooking, .with { $0.id = id }
            ).booking
        }
        try await session.show(record, reply: reply, booking: booking)
        guard session.output.format.isForPeople else { return }
        for past in reply.attachments where past.state == .detached {
            session.output.writeLine(
                session.output.paint.dim("was attached to ") + past.bookingID
                    + session.output.paint.dim(" until ")
                    + Moment(past.detachedAt).rfc3339()
                    + (past.detachReason.isEmpty ? "" : ": " + plainText(past.detachReason)))
        }
    }
}
