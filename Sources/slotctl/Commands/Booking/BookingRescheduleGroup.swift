internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking reschedule-group`.
struct BookingRescheduleGroup: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "reschedule-group",
        abstract: "Move the visits of a group together, or none of them.",
        discussion: """
            The earliest begins at the new start, and the others keep their distance. Visits that \
            were cancelled or are over stay where they are.


            """
                + examples(
                    "slotctl booking reschedule-group group_01h455vb4pex5vsknk084sn02q \\",
                    "    --start \"mon 10:30\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, as `booking show` of one of its bookings has it.")
    var group: String
    @Option(
        help: "Where, for the local time; not needed when there is one location.",
        completion: .locations)
    var location: String?
    @Option(help: "First minute of the earliest visit.") var start: String
    @OptionGroup var overrides: OverrideOptions
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let place = try await session.location(location)
        let zone = try Zone(name: place.timeZone)
        let moment = try session.times(in: zone).moment(start)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.rescheduleBookingGroup,
            .with {
                $0.requestID = id
                $0.groupID = group
                $0.start = moment.timestamp
                $0.allow = overrides.rules
                $0.overrideNote = overrides.note
            }, in: zone)
        session.noteReplay(reply.replayed)
        try session.output.list(
            reply.bookings, as: .booking, try await session.directory(bookings: reply.bookings))
    }
}
