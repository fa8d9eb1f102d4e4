internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure mark-error`.
struct ProcedureMarkError: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark-error", abstract: "Say that a procedure should never have been.",
        discussion: """
            Asks for the patient's name first; where nobody can answer, --yes is needed.


            """
                + examples(
                    "slotctl procedure mark-error ref:P-7 --reason \"wrong patient\" --yes"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The procedure: its id or ref:REFERENCE.") var procedure: String
    @Option(help: "Why; nothing that identifies a person.") var reason: String
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try confirmation.check(session)
        try await confirmation.confirm(
            "Mark \(plainText(procedure)) as entered in error", procedure: procedure, session)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.markProcedureInError,
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
