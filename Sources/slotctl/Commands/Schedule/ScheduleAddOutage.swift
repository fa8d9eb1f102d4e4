internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule add-outage`.
struct ScheduleAddOutage: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-outage", abstract: "Take a room or device out of use for a while.",
        discussion: examples(
            "slotctl schedule add-outage \"Room 1\" \"2026-12-01 08:00..2026-12-01 12:00\" \\",
            "    --dry-run"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Which: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var resource: String
    @Argument(
        help: ArgumentHelp(
            "Local time: a date, or “2026-12-24 12:00..2026-12-27 00:00”.", valueName: "from..to"))
    var when: String
    @Option(help: "Why, for people.") var note = ""
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_AddOutageRequest()
        change.resourceID = try await session.resource(resource).id
        change.outage = try Slotd_V1_Closure(when)
        change.outage.note = note
        try await trial.send(Methods.ScheduleService.addOutage, change, session)
    }
}
