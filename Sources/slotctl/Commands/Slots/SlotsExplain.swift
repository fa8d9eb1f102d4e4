internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl slots explain`.
struct SlotsExplain: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell why a start cannot be booked.",
        discussion: """
            With --at: every rule that fails, provider by provider, who is in the way, and the \
            next start that passes. Without: how many starts of each day fail by which rule.


            """
                + examples(
                    "slotctl slots explain --service Botox --at \"tomorrow 9:00\"",
                    "slotctl slots explain --segment Peel@Kim --segment Facial --at 14:30",
                    "slotctl slots explain --service Botox --date mon --days 5"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup(title: "The visit") var query: VisitQueryOptions
    @Option(help: ArgumentHelp("This one start.", valueName: "time")) var at: String?
    @OptionGroup(title: "When (default: 7 days from now)") var when: WindowOptions

    func validate() throws {
        if at != nil, !when.isEmpty {
            throw ValidationError("--at asks about one start; leave --from, --to and --date out")
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let location = try await session.location(query.location)
        let zone = try Zone(name: location.timeZone)
        let times = try await session.daemonTimes(in: zone)
        var request = Slotd_V1_ExplainAvailabilityRequest()
        request.visit = try await query.visit(session)
        request.visit.locationID = location.id
        if let at {
            request.atStart = try times.moment(at).timestamp
        } else {
            let window = try when.window(times, defaultDays: 7)
            request.from = window.from.timestamp
            request.to = window.to.timestamp
        }
        let reply = try await session.api.call(
            Methods.AvailabilityService.explainAvailability, request, in: zone)
        let output = session.output
        if reply.hasExplainedTo, reply.explainedTo.seconds < request.to.seconds {
            let end = zone.reading(Moment(reply.explainedTo))
            output.note("That is as far as one call goes: --from \(end.day) goes on.")
        }
        switch output.format {
        case .json, .ndjson:
            let object = JSONText.versioned(try JSONText.message(reply))
            output.writeLine(output.format == .json ? JSONText.indented(object) : object)
        case .table:
            let directory = try await session.directoryOfCatalog()
            var text = ExplanationText(
                reply, names: directory, zone: zone, paint: output.paint,
                isVisit: request.visit.segments.count > 1)
            text.isUTF8 = session.terminal.isUTF8
            let lines =
                at == nil
                ? text.days(width: output.columns)
                : text.start(Moment(request.atStart))
            lines.forEach(output.writeLine)
            if lines.isEmpty { output.note(output.paint.dim("There are no hours then.")) }
        case .tsv, .csv:
            let isStart = at != nil
            output.rows(
                TextTable(columns: [], rows: []),
                names: isStart ? ExplanationText.failureNames : ExplanationText.dayNames,
                values: isStart
                    ? ExplanationText.failureRows(reply) : ExplanationText.dayRows(reply),
                json: [], key: "")
        }
    }
}
