internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl charge bill`.
struct ChargeBill: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "bill", abstract: "Say that a charge was billed, under a name of your own.",
        discussion: examples("slotctl charge bill charge_01h455vb4pex5vsknk084sn02q INV-2026-7"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The charge's id.") var charge: String
    @Argument(help: "The bill's own name of it.") var reference: String
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BillingService.markBilled,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.chargeID = charge
                $0.externalRef = reference
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.charge, as: .charge, reply: reply)
    }
}
