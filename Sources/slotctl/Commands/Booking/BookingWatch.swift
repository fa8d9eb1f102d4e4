internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization

/// `slotctl booking watch`.
struct BookingWatch: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow every change of one booking.",
        discussion: """
            On a terminal: the booking, then a line for each change, with what is different, who \
            did it and the version that it made. In a pipe, or with -o ndjson: one JSON object a \
            line, a WatchBookingResponse of the API, first “snapshot”, then a “change” for each \
            change in order. Ends when the booking is deleted. After a broken connection it goes \
            on where it was.


            """
                + examples(
                    "slotctl booking watch sn02q",
                    "slotctl booking watch ref:APPT-9 -o ndjson | jq -r .change.booking.stage"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String

    func run(_ session: Session) async throws(CommandFailure) {
        if let format = session.settings.output, format == .csv || format == .tsv {
            throw .usage("a watch is no table: it goes with -o ndjson, or on a terminal")
        }
        let feed = session.bookingFeed(try await session.bookingID(booking))
        guard session.output.format.isForPeople else {
            return try await session.writeLines(of: feed) { $0.change.deleted }
        }
        let log = BookingLog(session: session)
        try await feed.run { event async throws(CommandFailure) in
            switch event {
            case .message(let message): return try await log.take(message)
            case .lost(let failure, let pause):
                session.note(lost: failure, pause)
                return true
            }
        }
    }
}

/// The changes of one booking as lines for people.
final class BookingLog: Sendable {
    private struct State {
        var booking = Slotd_V1_Booking()
        var directory = Directory.empty
    }

    private let session: Session
    private let state = Mutex(State())

    init(session: Session) { self.session = session }

    /// Writes what a message tells; false after the last one.
    func take(_ message: Slotd_V1_WatchBookingResponse) async throws(CommandFailure) -> Bool {
        switch message.event {
        case .snapshot(let booking): try await begin(booking)
        case .change(let change): return try await tell(change)
        case .heartbeat, nil: break
        }
        return true
    }

    private func begin(_ booking: Slotd_V1_Booking) async throws(CommandFailure) {
        let directory = try await session.directory(bookings: [booking])
        state.withLock { $0 = State(booking: booking, directory: directory) }
        let paint = session.output.paint
        let words = [
            booking.localTimes, directory.name(booking.patientID),
            directory.names(booking.serviceIDs), directory.names(booking.providerIDs),
            directory.name(booking.locationID),
        ]
        session.output.writeLine(
            paint.strong(words.map(plainText).joined(separator: ", ")) + "  "
                + paint(booking.stage.label, booking.stage.tone)
                + paint.dim("  version \(booking.version)"))
    }

    private func tell(_ change: Slotd_V1_BookingChange) async throws(CommandFailure) -> Bool {
        let old = state.withLock { $0.booking }
        let paint = session.output.paint
        let time = old.reading(Moment(change.at))
        var line = paint.dim("\(time.clock):\(twoDigits(time.second))  ")
        if change.deleted {
            session.output.writeLine(line + paint("deleted", .bad) + by(change))
            return false
        }
        let booking = change.booking
        var directory = state.withLock { $0.directory }
        let mentioned = booking.serviceIDs + booking.providerIDs + [booking.patientID]
        if mentioned.contains(where: { directory.names[$0] == nil }) {
            directory = try await session.directory(bookings: [booking])
        }
        let words = booking.differences(from: old, directory.name)
        line += paint.dim("v\(booking.version)  ")
        line += paint(
            words.isEmpty ? "changed" : words.joined(separator: ", "), booking.stage.tone)
        session.output.writeLine(line + by(change))
        state.withLock { [directory] in $0 = State(booking: booking, directory: directory) }
        return true
    }

    private func by(_ change: Slotd_V1_BookingChange) -> String {
        let paint = session.output.paint
        let merged = change.mergedChanges > 1 ? ", \(change.mergedChanges) changes" : ""
        return paint.dim("  \(plainText(change.actor)) (\(plainText(change.rpc))\(merged))")
    }
}
