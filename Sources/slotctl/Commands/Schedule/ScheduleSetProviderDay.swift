internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule set-provider-day`.
struct ScheduleSetProviderDay: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-provider-day",
        abstract: "Give a provider's date hours of its own, or the week's again.",
        discussion: examples(
            "slotctl schedule set-provider-day Kim 2026-12-24=09:00-12:00 --dry-run",
            "slotctl schedule set-provider-day Kim 2026-12-25=closed --location Downtown",
            "slotctl schedule set-provider-day Kim 2026-12-25=week"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Whose: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var provider: String
    @Argument(
        help: ArgumentHelp(
            "The date and its hours, as in 2026-12-24=09:00-12:00; 2026-12-25=closed for none, "
                + "2026-12-25=week for the week's again.",
            valueName: "date=hours"))
    var day: String
    @Option(help: "Where; not needed when there is one location, or the context has one.")
    var location: String?
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_SetProviderDayRequest()
        change.providerID = try await session.provider(provider).id
        change.day.locationID = try await session.location(location).id
        (change.day.day, change.clear) = try DayText.parseOrClear(day)
        try await trial.send(Methods.ScheduleService.setProviderDay, change, session)
    }
}
