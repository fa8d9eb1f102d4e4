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
            "slotctl booking create --patient Lovelace --start \"mon 10:00\" \\",
            "    --segment Peel:30@Kim --segment Facial",
            "slotctl booking create --patient Lovelace --service Peel --room \"Room 2\" \\",
            "    --start \"mon 8:30\" --role manager --allow OUTSIDE_HOURS \\",
            "    --because \"flies at noon\"",
            "slotctl booking create --patient Lovelace \\",
            "    --hold hold_01h455vb4pex5vsknk084sn02q"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Who comes.", completion: .patients) var patient: String
    @OptionGroup(title: "The visit") var visit: VisitOptions
    @Option(
        name: .long,
        help: ArgumentHelp(
            "One of several services, in their order, in place of --service: "
                + "SERVICE[:MINUTES][@PROVIDER,...].",
            valueName: "segment"))
    var segment: [String] = []
    @OptionGroup var request: RequestOptions

    func validate() throws {
        let missing = visit.missing(segments: segment)
        if !missing.isEmpty {
            throw ValidationError("missing " + missing.joined(separator: " and "))
        }
        if !segment.isEmpty, visit.service ?? visit.provider != nil || visit.duration != nil {
            throw ValidationError(
                "--segment says service, minutes and provider itself, as in Peel:30@Kim")
        }
        if !visit.room.isEmpty, segment.count > 1 {
            throw ValidationError("--room is for one service")
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let patientID = try await session.patientID(patient)
        let (new, zone) = try await visit.newBooking(session, segments: segment)
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
        for warning in reply.warnings {
            session.output.note("Booked, but mind: \(ReasonText(warning)?.meaning ?? warning.word)")
        }
        try await session.show(reply.booking, reply: reply)
    }
}
