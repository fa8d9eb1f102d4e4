internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl waitlist show`.
struct WaitlistShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one entry of the waitlist, and how to take its offer.",
        discussion: examples(
            "slotctl waitlist show waitlist_01h455vb4pex5vsknk084sn02q",
            "slotctl waitlist show sn02q -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, or the end of it.") var entry: String

    func run(_ session: Session) async throws(CommandFailure) {
        let found = try await session.waitlistEntry(entry)
        try await session.show(found, reply: found)
    }
}
