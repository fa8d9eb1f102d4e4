internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure detach`.
struct ProcedureDetach: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "detach", abstract: "Take the booking off a draft again.",
        discussion: """
            Asks for the patient's name first; where nobody can answer, --yes is needed.


            """
                + examples(
                    "slotctl procedure detach procedure_01h455vb4pex5vsknk084sn02q \\",
                    "    --reason \"wrong visit\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The procedure: its id or ref:REFERENCE.") var procedure: String
    @Option(help: "Why; nothing that identifies a person.") var reason: String
    @Option(
        help: ArgumentHelp(
            "Only if the booking still has this version; else exit 5.", valueName: "version"))
    var ifBookingVersion: Int64?
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try confirmation.check(session)
        try await confirmation.confirm(
            "Detach the booking from \(plainText(procedure))", procedure: procedure, session)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.detachBooking,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.expectedBookingVersion = ifBookingVersion ?? 0
                $0.procedureID = procedure
                $0.reason = reason
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.procedure, reply: reply)
    }
}
