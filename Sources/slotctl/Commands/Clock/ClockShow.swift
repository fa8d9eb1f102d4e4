internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl clock show`.
struct ClockShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what time it is for the daemon.",
        discussion: examples("slotctl clock show"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let reply = try await session.api.call(Methods.AdminService.getClock, .init())
        try session.output.single(reply.clock, as: .clock, reply: reply)
    }
}
