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
    @OptionGroup var options: TimeOffOptions
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_RemoveTimeOffRequest()
        change.providerID = try await session.provider(provider).id
        change.timeOff = try await options.timeOff(session)
        try await trial.send(Methods.ScheduleService.removeTimeOff, change, session)
    }
}
