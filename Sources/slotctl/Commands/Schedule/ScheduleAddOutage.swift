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
    @OptionGroup var stretch: StretchArgument
    @OptionGroup var note: NoteOption
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_AddOutageRequest()
        change.resourceID = try await session.resource(resource).id
        change.outage = try stretch.closure(note)
        try await trial.send(Methods.ScheduleService.addOutage, change, session)
    }
}
