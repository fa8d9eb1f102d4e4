internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl slots check`.
struct SlotsCheck: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Tell whether starts can be booked.",
        discussion: """
            Every start is judged at the same moment. Exit status 5 when one cannot be booked.


            """
                + examples(
                    "slotctl slots check --service Botox --start \"tomorrow 9:00\"",
                    "slotctl slots check --segment Peel@Kim --segment Facial \\",
                    "    --start \"mon 10:00\" --start \"mon 10:30\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup(title: "The visit") var query: VisitQueryOptions
    @Option(name: .long, help: "A first minute; may be given several times.")
    var start: [String]

    func run(_ session: Session) async throws(CommandFailure) {
        let location = try await session.location(query.location)
        let zone = try Zone(name: location.timeZone)
        var visit = try await query.visit(session)
        visit.locationID = location.id
        var moments: [Moment] = []
        let times = try await session.daemonTimes(in: zone)
        for text in start { moments.append(try times.moment(text)) }
        let reply = try await session.api.call(
            Methods.AvailabilityService.checkSlots,
            .with {
                $0.checks = moments.map { moment in
                    .with {
                        $0.visit = visit
                        $0.start = moment.timestamp
                    }
                }
            }, in: zone)
        try show(reply, moments, zone, try await session.directoryOfCatalog(), session.output)
        guard reply.verdicts.allSatisfy(\.available) else {
            var failure = CommandFailure.local(
                "not every start can be booked: slotctl slots explain tells why")
            failure.exitStatus = .conflict
            throw failure
        }
    }

    private func show(
        _ reply: Slotd_V1_CheckSlotsResponse, _ moments: [Moment], _ zone: Zone,
        _ directory: Directory, _ output: Output
    ) throws(CommandFailure) {
        guard output.format != .json else {
            return output.writeLine(
                JSONText.indented(JSONText.versioned(try JSONText.message(reply))))
        }
        var cells: [[Cell]] = []
        var values: [[String]] = []
        var objects: [String] = []
        for (moment, verdict) in zip(moments, reply.verdicts) {
            objects.append(try JSONText.message(verdict))
            let reading = zone.reading(moment)
            let providers = verdict.providerIds
            cells.append([
                Cell("\(reading.day.spelledOut) \(reading.clock)"),
                Cell(verdict.available ? "free" : "no"),
                Cell(
                    verdict.available
                        ? providers.map(directory.name).joined(separator: ", ")
                        : verdict.message),
            ])
            values.append([
                moment.rfc3339(in: zone), "\(verdict.available)",
                verdict.available ? "" : verdict.reason.word, providers.joined(separator: " "),
            ])
        }
        output.rows(
            TextTable(
                columns: [
                    .init(title: "start"), .init(title: "free"),
                    .init(title: "with, or why not", isFlexible: true),
                ], rows: cells),
            names: ["start", "available", "reason", "provider_ids"], values: values, json: objects,
            key: "verdicts")
    }
}
