internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure sign`.
struct ProcedureSign: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign a completed procedure, which locks it.",
        discussion: examples(
            "slotctl procedure sign procedure_01h455vb4pex5vsknk084sn02q",
            "slotctl procedure sign ref:P-7 --permitted-by dr-grey"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The procedure: its id or ref:REFERENCE.") var procedure: String
    @Option(help: "The physician who permits it: your own id of them.") var permittedBy = ""
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.signProcedure,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.procedureID = procedure
                $0.permittedBy = permittedBy
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.procedure, reply: reply)
    }
}
