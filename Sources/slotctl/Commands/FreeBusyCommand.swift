internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl free-busy`.
struct FreeBusyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "free-busy", abstract: "When providers, rooms and devices work and are taken.",
        discussion: examples(
            "slotctl free-busy --date tomorrow",
            "slotctl free-busy --provider Kim --resource \"Room 1\" --date mon --days 5",
            "slotctl free-busy --date mon -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(
        help: "Where; not needed when there is one location, or the context has one.",
        completion: .locations)
    var location: String?
    @Option(
        name: .long,
        help: "Who; may be given several times; default: everyone who works there.",
        completion: .providers)
    var provider: [String] = []
    @Option(
        name: .long, help: "Which room or device; may be given several times.",
        completion: .resources)
    var resource: [String] = []
    @OptionGroup(title: "When (default: today)") var when: WindowOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let place = try await session.location(location)
        let zone = try Zone(name: place.timeZone)
        let window = try when.window(session.times(in: zone), defaultDays: 1, wholeDays: true)
        var request = Slotd_V1_ListFreeBusyRequest()
        request.locationID = place.id
        for name in provider { request.providerIds.append(try await session.providerID(name)) }
        for name in resource {
            request.resourceIds.append(try await session.resource(name).id)
        }
        request.from = window.from.timestamp
        request.to = window.to.timestamp
        let reply = try await session.api.call(
            Methods.AvailabilityService.listFreeBusy, request, in: zone)
        try show(reply, zone, try await session.directoryOfCatalog(), session.output)
    }

    private func show(
        _ reply: Slotd_V1_ListFreeBusyResponse, _ zone: Zone, _ directory: Directory,
        _ output: Output
    ) throws(CommandFailure) {
        guard output.format != .json else {
            return output.writeLine(
                JSONText.indented(JSONText.versioned(try JSONText.message(reply))))
        }
        var cells: [[Cell]] = []
        var values: [[String]] = []
        var objects: [String] = []
        for subject in reply.subjects {
            objects.append(try JSONText.message(subject))
            for (word, spans) in [("works", subject.working), ("taken", subject.busy)] {
                for span in spans {
                    cells.append([
                        Cell(directory.name(subject.id)),
                        Cell(word, word == "taken" ? .dim : .plain),
                        Cell(zone.localSpan(span)),
                    ])
                    values.append([
                        subject.id, word, Moment(span.start).rfc3339(in: zone),
                        Moment(span.end).rfc3339(in: zone),
                    ])
                }
            }
        }
        output.rows(
            TextTable(
                columns: [
                    .init(title: "who", isFlexible: true), .init(title: "is"), .init(title: "when"),
                ], rows: cells),
            names: ["id", "kind", "start", "end"], values: values, json: objects, key: "subjects")
    }
}

extension Zone {
    /// As in `Tue 24 Nov 2026 09:00–17:00`.
    fileprivate func localSpan(_ span: Slotd_V1_TimeSpan) -> String {
        let first = reading(Moment(span.start))
        let last = reading(Moment(span.end))
        let tail = first.day == last.day ? last.clock : "\(last.day.spelledOut) \(last.clock)"
        return "\(first.day.spelledOut) \(first.clock)–\(tail)"
    }
}
