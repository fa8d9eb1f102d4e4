internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule reapply-buffers`.
struct ScheduleReapplyBuffers: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "reapply-buffers",
        abstract: "Give bookings to come the buffers that their service has today.",
        discussion: """
            A booking keeps the buffers that it was booked with until this is done, and after it \
            where there is no room for others.


            """
                + examples(
                    "slotctl schedule reapply-buffers Botox --dry-run",
                    "slotctl schedule reapply-buffers Botox --location Downtown"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Whose: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var service: String
    @Option(help: "Only there; default: everywhere.") var location: String?
    @Flag(help: "Change nothing: only tell what it would do.") var dryRun = false
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_ReapplyBuffersRequest()
        change.serviceID = try await session.serviceID(service)
        if let location { change.locationID = try await session.location(location).id }
        change.dryRun = dryRun
        change.requestID = request.make(session)
        let reply = try await session.api.call(Methods.ScheduleService.reapplyBuffers, change)
        session.noteReplay(reply.replayed)
        let words = dryRun ? "Nothing was changed. It would change" : "Done. It changed"
        session.output.note(
            "\(words) the buffers of \(reply.changed.count) bookings; \(reply.kept.count) keep "
                + "theirs, because there is no room for others.")
        let all = reply.changed + reply.kept
        if all.isEmpty, session.output.format == .table { return }
        let kept = Set(reply.kept.map(\.id))
        try session.output.list(
            all, as: .rebuffered(kept: kept), try await session.directory(bookings: all))
    }
}
