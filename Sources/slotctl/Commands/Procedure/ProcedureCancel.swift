internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure cancel`.
struct ProcedureCancel: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Give a procedure up; its booking is free for another.",
        discussion: """
            Asks for the patient's name first; where nobody can answer, --yes is needed.


            """
                + examples("slotctl procedure cancel ref:P-7 --reason \"patient left\" --yes"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The procedure: its id or ref:REFERENCE.") var procedure: String
    @Option(help: "Why; nothing that identifies a person.") var reason: String
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try confirmation.check(session)
        try await confirmation.confirm(
            "Cancel \(plainText(procedure))", procedure: procedure, session)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.cancelProcedure,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.procedureID = procedure
                $0.reason = reason
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.procedure, reply: reply)
    }
}
