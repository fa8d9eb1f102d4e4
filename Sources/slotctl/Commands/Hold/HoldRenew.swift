internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl hold renew`.
struct HoldRenew: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: "Let a hold live on.",
        discussion: """
            It lives so many seconds from now, but never longer than half an hour in all.


            """ + examples("slotctl hold renew hold_01h455vb4pex5vsknk084sn02q --ttl 600"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id.") var hold: String
    @Option(help: "Seconds that it lives from now, 15 to 1800.") var ttl: Int32 = 300
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.renewHold,
            .with {
                $0.requestID = id
                $0.holdID = hold
                $0.ttlSeconds = ttl
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.hold, as: .hold, reply: reply)
    }
}
