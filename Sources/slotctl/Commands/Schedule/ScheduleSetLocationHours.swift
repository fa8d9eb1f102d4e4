internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule set-location-hours`.
struct ScheduleSetLocationHours: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-location-hours", abstract: "Replace a location's weekly hours.",
        discussion: examples(
            "slotctl schedule set-location-hours Downtown \"mon-fri 09:00-18:00\" \\",
            "    \"sat 10:00-14:00\" --dry-run"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Where: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var location: String
    @Argument(
        help: ArgumentHelp(
            "The hours, as in “mon-fri 09:00-12:00,13:00-17:00”; several are joined; none: no "
                + "hours at all.",
            valueName: "hours"))
    var hours: [String]
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_SetLocationHoursRequest()
        change.locationID = try await session.location(location).id
        change.hours = try HoursText.parse(all: hours)
        try await trial.send(Methods.ScheduleService.setLocationHours, change, session)
    }
}
