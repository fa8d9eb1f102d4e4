internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking show`.
struct BookingShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one booking.",
        discussion: examples(
            "slotctl booking show booking_01h455vb4pex5vsknk084sn02q",
            "slotctl booking show ref:APPT-9 -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String

    func run(_ session: Session) async throws(CommandFailure) {
        let id = try await session.bookingID(booking)
        let reply = try await session.api.call(
            Methods.BookingService.getBooking, .with { $0.id = id })
        try await session.show(reply.booking, reply: reply)
    }
}
