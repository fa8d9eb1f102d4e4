internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure complete`.
struct ProcedureComplete: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete", abstract: "Say that the treatment is done.",
        discussion: examples("slotctl procedure complete procedure_01h455vb4pex5vsknk084sn02q"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The procedure: its id or ref:REFERENCE.") var procedure: String
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.completeProcedure,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.procedureID = procedure
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.procedure, reply: reply)
    }
}
