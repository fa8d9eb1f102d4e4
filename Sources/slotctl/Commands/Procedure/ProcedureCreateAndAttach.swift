internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure create-and-attach`.
struct ProcedureCreateAndAttach: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create-and-attach",
        abstract: "Create a booking for a draft's patient and attach it, all or nothing.",
        discussion: examples(
            "slotctl procedure create-and-attach procedure_01h… --service Botox \\",
            "    --start \"mon 9:00\"",
            "slotctl procedure create-and-attach procedure_01h… --service Botox \\",
            "    --start now --walk-in"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The draft: its id or ref:REFERENCE.") var procedure: String
    @OptionGroup(title: "The visit") var visit: VisitOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func validate() throws {
        if !visit.missing.isEmpty {
            throw ValidationError("missing " + visit.missing.joined(separator: " and "))
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let (new, zone) = try await visit.newBooking(session)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.createBookingAndAttach,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.procedureID = procedure
                $0.booking = new
            }, in: zone)
        session.noteReplay(reply.replayed)
        session.note(warnings: reply.warnings)
        try await session.show(reply.procedure, reply: reply, booking: reply.booking)
    }
}
