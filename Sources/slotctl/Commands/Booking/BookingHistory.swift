internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking history`.
struct BookingHistory: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show all that happened to one booking.",
        discussion: """
            Its stages, times and attachments: who changed what, when and why, the earliest first. \
            Of a booking that was deleted, too, named by its whole id.


            """
                + examples(
                    "slotctl booking history booking_01h455vb4pex5vsknk084sn02q",
                    "slotctl booking history ref:APPT-9 -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String

    func run(_ session: Session) async throws(CommandFailure) {
        let name = try await session.bookingID(booking)
        var (id, zone) = (name, try await session.auditZone())
        var directory = Directory.empty
        do throws(CommandFailure) {
            let record = try await session.api.call(
                Methods.BookingService.getBooking, .with { $0.id = name }
            ).booking
            id = record.id
            zone = try Zone(name: record.timeZone)
            directory = try await session.directory(bookings: [record])
        } catch {
            // Deleted: the trail still has it.
            guard error.exitStatus == .notFound, RecordName.Kind.booking.isID(name) else {
                throw error
            }
        }
        try await session.showHistory(of: id, in: zone, directory)
    }
}
