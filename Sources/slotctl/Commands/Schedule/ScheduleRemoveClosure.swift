internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl schedule remove-closure`.
struct ScheduleRemoveClosure: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-closure", abstract: "Take a closure back.",
        discussion: """
            Its ends must be those that it was added with.


            """
                + examples(
                    "slotctl schedule remove-closure Downtown 2026-12-24"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Where: id, ref:REFERENCE, name, or the unique beginning of the name.")
    var location: String
    @OptionGroup var stretch: StretchArgument
    @OptionGroup var trial: TrialOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var change = Slotd_V1_RemoveClosureRequest()
        change.locationID = try await session.location(location).id
        change.closure = try stretch.closure()
        try await trial.send(Methods.ScheduleService.removeClosure, change, session)
    }
}
