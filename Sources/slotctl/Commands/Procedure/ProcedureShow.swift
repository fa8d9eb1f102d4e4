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
        for past in reply.attachments where past.state != .active {
            session.output.writeLine(past.words(session.output.paint))
        }
    }
}

extension Slotd_V1_Attachment {
    /// What a procedure was attached to before, until when, by whom and why it ended.
    fileprivate func words(_ paint: Paint) -> String {
        var words = paint.dim("was attached to ") + bookingID
        if segment > 1 { words += paint.dim(", segment ") + "\(segment)" }
        words += paint.dim(" until ") + Moment(detachedAt).rfc3339()
        words += paint.dim(state == .superseded ? ", then reattached" : ", then detached")
        if !detachedBy.isEmpty { words += paint.dim(" by ") + plainText(detachedBy) }
        return words + (detachReason.isEmpty ? "" : ": " + plainText(detachReason))
    }
}
