internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking move`.
struct BookingMove: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move a booking to another stage of the board.",
        discussion: examples(
            "slotctl booking move booking_01h455vb4pex5vsknk084sn02q check-in",
            "slotctl booking move sn02q no-show --if-version 3"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String
    @Argument(help: "Where to.") var stage: StageArgument
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let bookingID = try await session.bookingID(booking)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BoardService.moveBooking,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.bookingID = bookingID
                $0.stage = stage.stage
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.booking, reply: reply)
    }
}
