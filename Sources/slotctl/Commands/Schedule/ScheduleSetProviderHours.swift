internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule set-provider-hours`.
struct ScheduleSetProviderHours: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-provider-hours",
        abstract: "Replace a provider's weekly hours at a location.",
        discussion: """
            The hours of the same location and the same dates are replaced; those of other dates \
            stay.


            """
                + examples(
                    "slotctl schedule set-provider-hours Kim \"mon-thu 09:00-17:00\" --dry-run",
                    "slotctl schedule set-provider-hours Kim \"fri 10:00-14:00\" \\",
                    "    --location Downtown --from 2027-01-01 --until 2027-03-31"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Whose: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var provider: String
    @Argument(
        help: ArgumentHelp(
            "The hours, as in “mon-fri 09:00-12:00,13:00-17:00”; several are joined; none: no "
                + "hours at all.",
            valueName: "hours"))
    var hours: [String]
    @Option(help: "Where; not needed when there is one location, or the context has one.")
    var location: String?
    @Option(help: "First date that they count on, as in 2027-01-01; default: always.")
    var from: String?
    @Option(help: "Last date that they count on; default: for ever.") var until: String?
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_SetProviderHoursRequest()
        change.providerID = try await session.provider(provider).id
        change.schedule.locationID = try await session.location(location).id
        change.schedule.hours = try HoursText.parse(all: hours)
        if let from { change.schedule.effectiveStart = try DayText.date(from) }
        if let until { change.schedule.effectiveEnd = try DayText.date(until) }
        try await trial.send(Methods.ScheduleService.setProviderHours, change, session)
    }
}
