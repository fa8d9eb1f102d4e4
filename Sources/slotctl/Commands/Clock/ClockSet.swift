internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl clock set`.
struct ClockSet: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set the test clock to a later time.",
        discussion: """
            When the command is done, so is what the new time brings about: offers of the waitlist \
            have gone on, no-shows are made. The clock never goes back.


            """ + examples("slotctl clock set 2026-03-02T09:00:00-05:00"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "RFC 3339; a time without an offset is UTC.") var time: String
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let zone = try Zone(name: "UTC")
        let now = try session.times(in: zone).moment(time)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.AdminService.setClock,
            .with {
                $0.requestID = id
                $0.now = now.timestamp
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.clock, as: .clock, reply: reply)
    }
}
