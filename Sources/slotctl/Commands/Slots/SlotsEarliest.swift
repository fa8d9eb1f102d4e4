internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl slots earliest`.
struct SlotsEarliest: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "earliest", abstract: "Find the first bookable starts over all locations.",
        discussion: examples(
            "slotctl slots earliest --service Botox",
            "slotctl slots earliest --segment Peel:30@Kim --segment Facial --limit 5",
            "slotctl slots earliest --service Botox --location Midtown --from mon"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(
        name: .long, help: "Where; may be given several times; default: anywhere.",
        completion: .locations)
    var location: [String] = []
    @OptionGroup var what: WhatOptions
    @Option(help: "For whom, if known: their own visits count then.", completion: .patients)
    var patient: String?
    @Flag(help: "As a patient who books without staff.") var selfService = false
    @Option(help: ArgumentHelp("First moment; default: now.", valueName: "time"))
    var from: String?
    @Option(help: "At most so many starts, 1 to 100.") var limit: Int32 = 1

    func validate() throws {
        if !(1...100).contains(limit) { throw ValidationError("--limit takes 1 to 100") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        var request = Slotd_V1_FindEarliestRequest()
        request.visit.segments = try await what.segments(session)
        request.visit.patientID = try await session.patientID(patient)
        request.visit.selfService = selfService
        request.limit = limit
        var zone = Zone.ofThisMachine
        for name in location {
            let place = try await session.location(name)
            if request.locationIds.isEmpty { zone = try Zone(name: place.timeZone) }
            request.locationIds.append(place.id)
        }
        if let from {
            let times = try await session.daemonTimes(in: zone)
            request.from = try times.moment(from).wholeMinute.timestamp
        }
        let reply = try await session.api.call(
            Methods.AvailabilityService.findEarliest, request, in: zone)
        try show(reply, try await session.directoryOfCatalog(), session.output)
    }

    private func show(
        _ reply: Slotd_V1_FindEarliestResponse, _ directory: Directory, _ output: Output
    ) throws(CommandFailure) {
        guard output.format != .json else {
            return output.writeLine(
                JSONText.indented(JSONText.versioned(try JSONText.message(reply))))
        }
        var cells: [[Cell]] = []
        var values: [[String]] = []
        var objects: [String] = []
        for row in reply.slots {
            objects.append(try JSONText.message(row))
            let offset = Int(row.slot.utcOffsetMinutes)
            let start = LocalReading(moment: Moment(row.slot.start), offsetMinutes: offset)
            let end = LocalReading(moment: Moment(row.slot.end), offsetMinutes: offset)
            let providers = row.slot.providers(of: reply.providerIds)
            cells.append([
                Cell("\(start.day.spelledOut) \(start.clock)–\(end.clock)"),
                Cell(directory.name(row.locationID)),
                Cell(providers.map(directory.name).joined(separator: ", ")),
            ])
            values.append([
                Moment(row.slot.start).rfc3339(offsetMinutes: offset),
                Moment(row.slot.end).rfc3339(offsetMinutes: offset), row.locationID,
                providers.joined(separator: " "),
            ])
        }
        output.rows(
            TextTable(
                columns: [
                    .init(title: "when"), .init(title: "location", isFlexible: true),
                    .init(title: "with", isFlexible: true),
                ], rows: cells),
            names: ["start", "end", "location_id", "provider_ids"], values: values, json: objects,
            key: "slots")
    }
}
