internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure history`.
struct ProcedureHistory: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show all that happened to one procedure.",
        discussion: """
            Its statuses, steps and attachments, those among them that a reattachment superseded: \
            who changed what, when and why, the earliest first. What was filled in is not told.


            """
                + examples(
                    "slotctl procedure history procedure_01h455vb4pex5vsknk084sn02q",
                    "slotctl procedure history ref:PROC-3 -o ndjson"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id or ref:REFERENCE.") var procedure: String

    func run(_ session: Session) async throws(CommandFailure) {
        let reply = try await session.api.call(
            Methods.ProcedureService.getProcedure, .with { $0.id = procedure })
        var zone = try await session.auditZone()
        if let id = reply.attachments.last?.bookingID, session.output.format.isForPeople {
            let booking = try? await session.api.call(
                Methods.BookingService.getBooking, .with { $0.id = id }
            ).booking
            if let booking { zone = try Zone(name: booking.timeZone) }
        }
        let directory = try await session.directory(procedures: [reply.procedure])
        try await session.showHistory(of: reply.procedure.id, in: zone, directory)
    }
}
