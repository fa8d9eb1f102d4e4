internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule remove-time-off`.
struct ScheduleRemoveTimeOff: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-time-off", abstract: "Take time off back.",
        discussion: """
            Its ends, location and service must be those that it was added with.


            """
                + examples(
                    "slotctl schedule remove-time-off Kim 2026-12-24"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Whose: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var provider: String
    @Argument(
        help: ArgumentHelp(
            "Local time: a date, or “2026-12-24 12:00..2026-12-27 00:00”.", valueName: "from..to"))
    var when: String
    @Option(help: "Only there; default: everywhere.") var location: String?
    @Option(help: "Only from this service; default: from all.") var service: String?
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_RemoveTimeOffRequest()
        change.providerID = try await session.provider(provider).id
        (change.timeOff.start, change.timeOff.end) = try LocalStretchText.parse(when)
        if let location { change.timeOff.locationID = try await session.location(location).id }
        change.timeOff.serviceID = try await session.serviceID(service)
        try await trial.send(Methods.ScheduleService.removeTimeOff, change, session)
    }
}
