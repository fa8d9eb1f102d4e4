internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking undo`.
struct BookingUndo: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take the last move back; again goes one further back.",
        discussion: examples(
            "slotctl booking undo sn02q",
            "slotctl booking undo sn02q --override procedure-active \\",
            "    --reason \"wrong patient in the chair\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String
    @Option(help: "Why; nothing that identifies a person. Needed with --override.")
    var reason = ""
    @Option(help: "A rule that may be broken: charge-open, or procedure-active back to check-in.")
    var override: [String] = []
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func validate() throws {
        for word in override where ReasonText(word: word) == nil {
            throw ValidationError("'\(word)' is no rule; charge-open is one")
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let bookingID = try await session.bookingID(booking)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BoardService.undoMove,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.bookingID = bookingID
                $0.reason = reason
                $0.overrides = override.compactMap { ReasonText(word: $0)?.reason }
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.booking, reply: reply)
    }
}
