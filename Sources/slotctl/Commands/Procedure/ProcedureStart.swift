internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure start`.
struct ProcedureStart: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start the procedure of a checked-in booking.",
        discussion: """
            Moves the booking to In Procedure and returns its draft, with patient, booking and, \
            where the service tells it, type filled in. A second call returns the same draft.


            """
                + examples(
                    "slotctl procedure start sn02q",
                    "slotctl procedure start ref:APPT-9 --view single-page -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "The booking: its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String
    @Option(help: "Which segment; not needed when it is the only one.") var segment: Int32?
    @Option(help: "How it will be filled in.") var view = ViewArgument.multiPage
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let bookingID = try await session.bookingID(booking)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.startProcedure,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.bookingID = bookingID
                $0.segment = segment ?? 0
                $0.view = view.view
            })
        session.noteReplay(reply.replayed)
        if reply.existing { session.output.note("It was started before; this is that procedure.") }
        try await session.show(reply.procedure, reply: reply, booking: reply.booking)
    }
}
