internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule add-closure`.
struct ScheduleAddClosure: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-closure", abstract: "Close a location for a while.",
        discussion: examples(
            "slotctl schedule add-closure Downtown 2026-12-24 --dry-run",
            "slotctl schedule add-closure Downtown \\",
            "    \"2026-12-24 12:00..2026-12-27 00:00\" --note Christmas --refuse-if-any"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Where: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var location: String
    @OptionGroup var stretch: StretchArgument
    @OptionGroup var note: NoteOption
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_AddClosureRequest()
        change.locationID = try await session.location(location).id
        change.closure = try stretch.closure(note)
        try await trial.send(Methods.ScheduleService.addClosure, change, session)
    }
}
