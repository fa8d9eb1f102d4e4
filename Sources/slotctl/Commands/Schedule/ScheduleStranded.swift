internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule stranded`.
struct ScheduleStranded: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "stranded",
        abstract: "List bookings to come that do not fit the schedules any more.",
        discussion: """
            Whoever changed a schedule and kept the bookings finds here whom to call. `slotctl \
            booking reschedule` moves a booking, and keeps its provider where it can.


            """
                + examples(
                    "slotctl schedule stranded",
                    "slotctl schedule stranded --location Downtown -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Only there; default: everywhere.") var location: String?
    @Option(help: "At most so many.") var limit = 1000

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes 1 or more") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        var place = ""
        if let location { place = try await session.location(location).id }
        let found = try await session.api.pages(limit: limit) {
            size, token throws(CommandFailure) in
            let page = try await session.api.call(
                Methods.ScheduleService.listStranded,
                .with {
                    $0.pageSize = size
                    $0.pageToken = token
                    $0.locationID = place
                })
            return (page.bookings, page.nextPageToken)
        }
        try session.output.list(
            found.records, as: .stranded, try await session.directoryOfStranded())
        if found.isTruncated { session.output.note("There are more; --limit goes on.") }
    }
}
