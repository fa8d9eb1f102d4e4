internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure reattach`.
struct ProcedureReattach: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "reattach", abstract: "Put another booking in the place of the one it has.",
        discussion: examples(
            "slotctl procedure reattach ref:P-7 --from sn02q --to k7p1x \\",
            "    --reason \"wrong card\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The procedure: its id or ref:REFERENCE.") var procedure: String
    @Option(help: "The booking that it has.") var from: String
    @Option(help: "The booking that it shall have, of the same patient.") var to: String
    @Option(help: "Which segment of it, 1 for the first; default: the only one.")
    var segment: Int32 = 0
    @Option(help: "Why; nothing that identifies a person.") var reason: String
    @Flag(help: "Also move the new booking from Check-in to In Procedure.") var advanceStage = false
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let fromID = try await session.bookingID(from)
        let toID = try await session.bookingID(to)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.reattachBooking,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.procedureID = procedure
                $0.fromBookingID = fromID
                $0.toBookingID = toID
                $0.segment = segment
                $0.reason = reason
                $0.advanceStage = advanceStage
            })
        session.noteReplay(reply.replayed)
        session.note(warnings: reply.warnings)
        try await session.show(reply.procedure, reply: reply)
    }
}
