internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// What is exported, and where to.
struct ExportOptions: ParsableArguments {
    @Argument(help: "bookings, patients or procedures.") var kind: SheetKind
    @Option(help: "Only bookings at this location, and their procedures.", completion: .locations)
    var location: String?
    @Option(
        help: ArgumentHelp(
            "Only bookings that start at or after this, and their procedures: RFC 3339, or local "
                + "“2026-11-24 09:00”, today, mon.",
            valueName: "time"))
    var from: String?
    @Option(
        help: ArgumentHelp("Only bookings that start before this.", valueName: "time"))
    var to: String?
    @Option(
        help: ArgumentHelp(
            "Write to this file, which is there when it is whole; default: stdout.",
            valueName: "path"),
        completion: .file())
    var file: String?

    func validate() throws {
        if kind == .patients, location != nil || from != nil || to != nil {
            throw ValidationError("patients have no --location, --from and --to")
        }
    }

    /// The request, with names looked up.
    func request(_ session: Session) async throws(CommandFailure) -> Slotd_V1_ExportRequest {
        var request = Slotd_V1_ExportRequest()
        request.kind = kind.export
        var zone = Zone.ofThisMachine
        if let location {
            let place = try await session.location(location)
            request.locationID = place.id
            zone = try Zone(name: place.timeZone)
        }
        let times = session.times(in: zone)
        if let from { request.from = try times.moment(from).wholeMinute.timestamp }
        if let to { request.to = try times.moment(to).wholeMinute.timestamp }
        return request
    }

    /// Writes a heading, and what `text` makes of each record; says how many there were.
    func export(
        _ session: Session, heading: String,
        _ text: (Slotd_V1_ImportRequest) throws(CommandFailure) -> String?
    ) async throws(CommandFailure) {
        let target: OutputFile? = if let file { try OutputFile(replacing: file) } else { nil }
        func write(_ text: String) throws(CommandFailure) {
            if let target { return try target.write(text) }
            // `writeLine` adds the line feed.
            session.output.writeLine(String(decoding: text.utf8.dropLast(), as: UTF8.self))
        }
        if !heading.isEmpty { try write(heading) }
        var count = 0
        try await session.api.forEachReply(
            Methods.ExportService.export, try await request(session)
        ) { reply throws(CommandFailure) in
            var lines = ""
            for record in reply.records {
                guard let line = try text(record) else { continue }
                lines += line
                count += 1
            }
            if !lines.isEmpty { try write(lines) }
        }
        try target?.commit()
        let word = count == 1 ? String(kind.rawValue.dropLast()) : kind.rawValue
        session.output.note("\(count) \(word).")
    }
}
