internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl charge void`.
struct ChargeVoid: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "void", abstract: "Say that a charge counts no more, billed or not.",
        discussion: """
            Asks for the last five characters of its id first; where nobody can answer, --yes is \
            needed.


            """
                + examples(
                    "slotctl charge void charge_01h455vb4pex5vsknk084sn02q \\",
                    "    --reason \"credit note 9\" --yes"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The charge's id.") var charge: String
    @Option(help: "Why; nothing that identifies a person.") var reason: String
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try confirmation.check(session)
        try confirmation.confirm(
            "Void \(plainText(charge)).", typing: String(charge.suffix(5)), session)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BillingService.voidCharge,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.chargeID = charge
                $0.reason = reason
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.charge, as: .charge, reply: reply)
    }
}
