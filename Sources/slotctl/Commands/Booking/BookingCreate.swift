internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking create`.
struct BookingCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Book a visit.",
        discussion: examples(
            "slotctl booking create --patient Lovelace --service Botox \\",
            "    --start \"tomorrow 9:00\"",
            "slotctl booking create --patient ref:P-17 --service Botox \\",
            "    --start 2026-11-24T09:00:00-05:00 \\",
            "    --provider Kim --confirmed",
            "slotctl booking create --patient Lovelace \\",
            "    --hold hold_01h455vb4pex5vsknk084sn02q"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Who comes.") var patient: String
    @OptionGroup(title: "The visit") var visit: VisitOptions
    @OptionGroup var request: RequestOptions

    func validate() throws {
        if !visit.missing.isEmpty {
            throw ValidationError("missing " + visit.missing.joined(separator: " and "))
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let patientID = try await session.patientID(patient)
        let (new, zone) = try await visit.newBooking(session)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.createBooking,
            .with {
                $0.requestID = id
                $0.patientID = patientID
                $0.booking = new
            }, in: zone)
        session.noteReplay(reply.replayed)
        if reply.holdHadExpired {
            session.output.note("The hold had expired; its time was still free.")
        }
        try await session.show(reply.booking, reply: reply)
    }
}
