internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking restore`.
struct BookingRestore: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring back what was archived, cancelled or missed.",
        discussion: examples("slotctl booking restore ref:APPT-9"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String
    @Option(help: "Why; nothing that identifies a person.") var reason = ""
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let bookingID = try await session.bookingID(booking)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.restoreBooking,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.bookingID = bookingID
                $0.reason = reason
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.booking, reply: reply)
    }
}
