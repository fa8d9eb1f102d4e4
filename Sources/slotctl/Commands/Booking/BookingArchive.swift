internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking archive`.
struct BookingArchive: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Put a booking away; its time is free.",
        discussion: examples("slotctl booking archive sn02q --reason duplicate"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String
    @Option(help: "Why; nothing that identifies a person.") var reason: String
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let bookingID = try await session.bookingID(booking)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.archiveBooking,
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
