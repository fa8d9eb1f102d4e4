internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl hold release`.
struct HoldRelease: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Give a held slot back.",
        discussion: """
            Releasing a hold that has expired or was released is no error.


            """ + examples("slotctl hold release hold_01h455vb4pex5vsknk084sn02q"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id.") var hold: String
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.releaseHold,
            .with {
                $0.requestID = id
                $0.holdID = hold
            })
        session.noteReplay(reply.replayed)
        let output = session.output
        let word = reply.released ? "released" : "not held any more"
        output.rows(
            TextTable(
                columns: [.init(title: "hold"), .init(title: "state")],
                rows: [
                    [Cell(hold), Cell(word)]
                ]),
            names: ["id", "released"], values: [[hold, "\(reply.released)"]],
            json: [
                JSONText.object([
                    ("id", JSONText.quoted(hold)), ("released", "\(reply.released)"),
                ])
            ],
            key: "holds")
    }
}
