internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking reschedule`.
struct BookingReschedule: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "reschedule", abstract: "Move a booking in time.",
        discussion: """
            The provider stays, unless another is named, or the booking left the choice to slotd \
            and the provider is not free then. A booking on the waitlist goes back to New.


            """
                + examples(
                    "slotctl booking reschedule booking_01h455vb4pex5vsknk084sn02q \\",
                    "    --start \"mon 10:30\"",
                    "slotctl booking reschedule ref:APPT-9 --start 2026-11-24T15:30Z \\",
                    "    --provider Kim",
                    "slotctl booking reschedule ref:APPT-9 --hold HOLD_ID"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String
    @Option(help: "New first minute; not needed with --hold.") var start: String?
    @Option(help: "New provider.", completion: .providers) var provider: String?
    @Option(help: "A hold of yours that the booking moves to.") var hold: String?
    @OptionGroup var overrides: OverrideOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func validate() throws {
        if start == nil, hold == nil { throw ValidationError("missing --start, or --hold") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let bookingID = try await session.bookingID(booking)
        let current = try await session.api.call(
            Methods.BookingService.getBooking, .with { $0.id = bookingID }
        ).booking
        let zone = try Zone(name: current.timeZone)
        let moment = try start.map { text throws(CommandFailure) in
            try session.times(in: zone).moment(text)
        }
        let providerID = try await session.providerID(provider)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.rescheduleBooking,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.bookingID = current.id
                if let moment { $0.start = moment.timestamp }
                $0.holdID = hold ?? ""
                $0.providerID = providerID
                $0.allow = overrides.rules
                $0.overrideNote = overrides.note
            }, in: zone)
        session.noteReplay(reply.replayed)
        for warning in reply.warnings {
            session.output.note("Mind: \(ReasonText(warning)?.short ?? warning.word).")
        }
        try await session.show(reply.booking, reply: reply)
    }
}
