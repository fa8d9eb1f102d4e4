internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking move`.
struct BookingMove: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move bookings to another stage of the board.",
        discussion: """
            Several bookings move all together or not at all; the error names each that cannot.


            """
                + examples(
                    "slotctl booking move booking_01h455vb4pex5vsknk084sn02q check-in",
                    "slotctl booking move sn02q no-show --if-version 3",
                    "slotctl booking move sn02q k7p1x w4d9e confirmed",
                    "slotctl booking move sn02q checkout --override charge-open \\",
                    "    --reason \"pays next week\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: ArgumentHelp(
            "The bookings, each by id, ref:REFERENCE or the end of the id as the board shows it; "
                + "then the stage.",
            valueName: "booking ... stage"),
        completion: .list(StageArgument.allValueStrings))
    var words: [String]
    @Option(help: "Why; nothing that identifies a person. Needed with --override.")
    var reason = ""
    @Option(help: "A rule that may be broken: charge-open, or procedure-active back to check-in.")
    var override: [String] = []
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func validate() throws {
        guard words.count >= 2, let last = words.last else {
            throw ValidationError("name a booking and the stage that it goes to")
        }
        guard StageArgument(argument: last) != nil else {
            let known = StageArgument.allValueStrings.joined(separator: ", ")
            throw ValidationError("'\(last)' is no stage; one of: \(known)")
        }
        if words.count > 2, version.ifVersion != nil {
            throw ValidationError("--if-version is for one booking alone")
        }
        for word in override where ReasonText(word: word) == nil {
            throw ValidationError("'\(word)' is no rule; charge-open is one")
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        var bookingIDs: [String] = []
        for name in words.dropLast() { bookingIDs.append(try await session.bookingID(name)) }
        let stage = words.last.flatMap { StageArgument(argument: $0) }?.stage ?? .unspecified
        let overrides = override.compactMap { ReasonText(word: $0)?.reason }
        let id = request.make(session)
        guard bookingIDs.count > 1 else {
            let reply = try await session.api.call(
                Methods.BoardService.moveBooking,
                .with {
                    $0.requestID = id
                    $0.expectedVersion = version.expected
                    $0.bookingID = bookingIDs[0]
                    $0.stage = stage
                    $0.reason = reason
                    $0.overrides = overrides
                })
            session.noteReplay(reply.replayed)
            return try await session.show(reply.booking, reply: reply)
        }
        let moves = bookingIDs.map { bookingID in
            Slotd_V1_StageMove.with {
                $0.bookingID = bookingID
                $0.stage = stage
                $0.reason = reason
                $0.overrides = overrides
            }
        }
        let reply = try await session.api.call(
            Methods.BoardService.moveBookings,
            .with {
                $0.requestID = id
                $0.moves = moves
            })
        session.noteReplay(reply.replayed)
        let directory = try await session.directory(bookings: reply.bookings)
        try session.output.list(reply.bookings, as: .booking, directory)
    }
}
