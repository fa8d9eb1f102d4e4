internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule add-time-off`.
struct ScheduleAddTimeOff: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-time-off", abstract: "Take a provider out for a while.",
        discussion: examples(
            "slotctl schedule add-time-off Kim 2026-12-24 --dry-run",
            "slotctl schedule add-time-off Kim \"2026-12-24 12:00..2026-12-27 00:00\" \\",
            "    --location Downtown --refuse-if-any"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Whose: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var provider: String
    @OptionGroup var options: TimeOffOptions
    @OptionGroup var note: NoteOption
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_AddTimeOffRequest()
        change.providerID = try await session.provider(provider).id
        change.timeOff = try await options.timeOff(session)
        change.timeOff.note = note.note
        try await trial.send(Methods.ScheduleService.addTimeOff, change, session)
    }
}
