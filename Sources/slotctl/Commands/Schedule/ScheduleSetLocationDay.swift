internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule set-location-day`.
struct ScheduleSetLocationDay: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-location-day",
        abstract: "Give one date hours of its own, or the week's again.",
        discussion: examples(
            "slotctl schedule set-location-day Downtown 2026-12-24=09:00-12:00 --dry-run",
            "slotctl schedule set-location-day Downtown 2026-12-25=closed --refuse-if-any",
            "slotctl schedule set-location-day Downtown 2026-12-25=week"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Where: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var location: String
    @Argument(
        help: ArgumentHelp(
            "The date and its hours, as in 2026-12-24=09:00-12:00; 2026-12-25=closed for none, "
                + "2026-12-25=week for the week's again.",
            valueName: "date=hours"))
    var day: String
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_SetLocationDayRequest()
        change.locationID = try await session.location(location).id
        (change.day, change.clear) = try DayText.parseOrClear(day)
        try await trial.send(Methods.ScheduleService.setLocationDay, change, session)
    }
}
