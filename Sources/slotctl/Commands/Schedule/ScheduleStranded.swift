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
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var place = ""
        if let location { place = try await session.location(location).id }
        try await session.list(
            list, as: .stranded,
            naming: { _ throws(CommandFailure) in try await session.directoryOfStranded() },
            Methods.ScheduleService.listStranded, .with { $0.locationID = place })
    }
}
