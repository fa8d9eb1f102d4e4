internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule remove-outage`.
struct ScheduleRemoveOutage: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-outage", abstract: "Take an outage back.",
        discussion: """
            Its ends must be those that it was added with.


            """
                + examples(
                    "slotctl schedule remove-outage \"Room 1\" 2026-12-01"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Which: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var resource: String
    @OptionGroup var stretch: StretchArgument
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_RemoveOutageRequest()
        change.resourceID = try await session.resource(resource).id
        change.outage = try stretch.closure()
        try await trial.send(Methods.ScheduleService.removeOutage, change, session)
    }
}
