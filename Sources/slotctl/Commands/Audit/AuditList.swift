internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl audit list`.
struct AuditList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what happened, the latest first.",
        discussion: """
            With --record one record's history: what each change did to its fields. What \
            identifies a person is never told, only that it changed.


            """
                + examples(
                    "slotctl audit list --from yesterday --by ada",
                    "slotctl audit list --rpc BookingService/CancelBooking -o csv",
                    "slotctl audit list --record booking_01h455vb4pex5vsknk084sn02q"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Only what changed this record, named by its id.") var record = ""
    @Option(help: "Only what this actor did; --actor is you.") var by = ""
    @Option(help: "Only by this RPC, as in BookingService/CancelBooking.") var rpc = ""
    @Option(help: "Only by the call with this request id.") var withRequestId = ""
    @Option(
        help: ArgumentHelp(
            "Only from then on: RFC 3339, or “2026-11-24 09:00”, today, 09:00.",
            valueName: "time"))
    var from: String?
    @Option(help: ArgumentHelp("Only before.", valueName: "time")) var to: String?
    @Flag(help: "The earliest first.") var oldestFirst = false
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var request = Slotd_V1_ListEventsRequest()
        request.recordID = record
        request.actor = by
        request.rpc = rpc
        request.withRequestID = withRequestId
        request.newestFirst = !oldestFirst
        // A day without a place is the day in UTC.
        let zone = try await session.auditZone()
        let times = session.times(in: zone)
        if let from { request.from = try times.moment(from).timestamp }
        if let to { request.to = try times.moment(to).timestamp }
        try await session.list(
            list, as: .event(in: zone, ofRecord: !record.isEmpty), inTable: 100,
            Methods.AdminService.listEvents, request)
    }
}

extension Session {
    /// The zone that the trail's times are told in: that of the context's location, else UTC.
    func auditZone() async throws(CommandFailure) -> Zone {
        guard let name = settings.location else { return try Zone(name: "UTC") }
        return try Zone(name: try await location(name).timeZone)
    }
}
