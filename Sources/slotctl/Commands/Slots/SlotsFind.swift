internal import ArgumentParser
internal import SlotdAPI

/// `slotctl slots find`.
struct SlotsFind: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "List bookable starts.",
        discussion: """
            On a terminal: the local starts of each day, provider by provider. In a pipe: one line \
            for each start and provider, of start, end, provider id and provider name.


            """
                + examples(
                    "slotctl slots find --service Botox",
                    "slotctl slots find --service Botox --duration 45 --provider Kim \\",
                    "    --date mon --days 5",
                    "slotctl slots find --service ref:BTX -o tsv | head -1"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Where; not needed when there is one location, or the context has one.")
    var location: String?
    @Option(help: "What.") var service: String
    @Option(help: "Minutes, one of the service's durations; default: its first.")
    var duration: Int32?
    @Option(name: .long, help: "With whom; may be given several times; default: anybody.")
    var provider: [String] = []
    @OptionGroup(title: "When (default: 7 days from now)") var when: WindowOptions
    @Option(help: "At most so many starts.") var limit = 1000
    @Option(help: "As if this booking did not exist: for moving it.")
    var ignoreBooking: String?
    @Option(help: "As if this hold of yours did not exist.") var hold: String?

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes 1 or more") }
        if let duration, duration < 1 { throw ValidationError("--duration takes 1 or more") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let location = try await session.location(location)
        let times = session.times(in: try Zone(name: location.timeZone))
        let window = try when.window(times, defaultDays: 7)
        var request = Slotd_V1_FindSlotsRequest()
        request.locationID = location.id
        request.serviceID = try await session.serviceID(service)
        request.durationMinutes = duration ?? 0
        for name in provider { request.providerIds.append(try await session.providerID(name)) }
        request.from = window.from.timestamp
        request.to = window.to.timestamp
        if let ignoreBooking {
            request.ignoreBookingID = try await session.bookingID(ignoreBooking)
        }
        request.holdID = hold ?? ""
        let found = try await session.slots(request, limit: limit)
        try await show(found, at: location, session)
        if found.truncated {
            session.output.note("There are more starts after these; --limit or --from goes on.")
        }
    }

    private func show(
        _ found: Slotd_V1_FindSlotsResponse, at location: Slotd_V1_Location, _ session: Session
    ) async throws(CommandFailure) {
        let output = session.output
        switch output.format {
        case .json:
            let message = try JSONText.message(found)
            output.writeLine(JSONText.indented(JSONText.versioned(message)))
        case .ndjson:
            for slot in found.slots {
                output.writeLine(JSONText.versioned(SlotText.json(slot, found.providerIds)))
            }
        case .table, .tsv, .csv:
            var directory = Directory()
            directory.add(try await session.providers(includingDisabled: true))
            if output.format == .table {
                let grid = SlotGrid(found, names: directory)
                let lines = grid.lines(width: output.columns, paint: output.paint)
                if lines.isEmpty {
                    output.note(output.paint.dim("Nothing is free then."))
                } else {
                    output.note(
                        output.paint.dim("Local time of \(location.name) (\(found.timeZone))"))
                }
                lines.forEach(output.writeLine)
            } else {
                output.rows(
                    TextTable(columns: [], rows: []), names: SlotText.names,
                    values: found.slots.flatMap { SlotText.rows($0, found, directory) },
                    json: [], key: "slots")
            }
        }
    }
}

extension Session {
    /// All pages of a search up to so many slots, as one reply.
    func slots(
        _ request: Slotd_V1_FindSlotsRequest, limit: Int
    ) async throws(CommandFailure) -> Slotd_V1_FindSlotsResponse {
        var request = request
        var whole = Slotd_V1_FindSlotsResponse()
        var indexes: [String: Int32] = [:]
        repeat {
            request.pageSize = Int32(min(10_000, limit - whole.slots.count))
            let page = try await api.call(Methods.AvailabilityService.findSlots, request)
            // Each page numbers its own providers.
            let places = page.providerIds.map { id in
                if let known = indexes[id] { return known }
                indexes[id] = Int32(whole.providerIds.count)
                whole.providerIds.append(id)
                return Int32(whole.providerIds.count - 1)
            }
            for var slot in page.slots {
                slot.providerIndexes = slot.providerIndexes.compactMap {
                    places.indices.contains(Int($0)) ? places[Int($0)] : nil
                }
                whole.slots.append(slot)
            }
            whole.timeZone = page.timeZone
            whole.revision = page.revision
            whole.truncated = page.truncated || !page.nextPageToken.isEmpty
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty && whole.slots.count < limit
        whole.truncated = whole.truncated && !request.pageToken.isEmpty
        return whole
    }
}
