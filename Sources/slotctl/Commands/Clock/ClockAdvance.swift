internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl clock advance`.
struct ClockAdvance: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance", abstract: "Move the test clock forward.",
        discussion: """
            When the command is done, so is what the new time brings about: offers of the waitlist \
            have gone on, no-shows are made.


            """ + examples("slotctl clock advance 15m", "slotctl clock advance P1DT30M"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "By how much: 90s, 15m, 2h30m, 1d, or ISO 8601, as in PT15M.")
    var length: String
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        guard let seconds = lengthSeconds(length) else {
            throw .usage("“\(length)” is no length of time: write 90s, 15m, 2h30m, 1d or PT15M")
        }
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.AdminService.advanceClock,
            .with {
                $0.requestID = id
                $0.by = .init(seconds: seconds)
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.clock, as: .clock, reply: reply)
    }
}
