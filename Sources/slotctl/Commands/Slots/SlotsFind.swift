internal import ArgumentParser
internal import SlotdAPI

/// `slotctl slots find`.
struct SlotsFind: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "List bookable starts.",
        discussion: """
            On a terminal: the local starts of each day, provider by provider. In a pipe: one line \
            for each start and provider, of start, end, provider id and provider name. Of several \
            services: who is free for the first.


            """
                + examples(
                    "slotctl slots find --service Botox",
                    "slotctl slots find --service Botox --duration 45 --provider Kim \\",
                    "    --date mon --days 5",
                    "slotctl slots find --segment Peel:30@Kim --segment Facial --date mon",
                    "slotctl slots find --service ref:BTX -o tsv | head -1"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup(title: "The visit") var query: VisitQueryOptions
    @OptionGroup(title: "When (default: 7 days from now)") var when: WindowOptions
    @Option(help: "At most so many starts.") var limit = 1000
    @Flag(help: "All of them, however many.") var all = false

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes 1 or more") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let location = try await session.location(query.location)
        let times = session.times(in: try Zone(name: location.timeZone))
        let window = try when.window(times, defaultDays: 7)
        var request = Slotd_V1_FindSlotsRequest(try await query.visit(session))
        request.locationID = location.id
        request.from = window.from.timestamp
        request.to = window.to.timestamp
        let found = try await session.slots(request, limit: all ? .max : limit)
        try await show(found, at: location, session)
        if found.truncated {
            session.output.note(
                "There are more starts after these; --all, --limit or --from goes on.")
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

extension Slotd_V1_FindSlotsRequest {
    /// A search for a visit; of one segment in the plain form.
    init(_ visit: Slotd_V1_VisitQuery) {
        self.init()
        if visit.segments.count == 1 {
            serviceID = visit.segments[0].serviceID
            durationMinutes = visit.segments[0].durationMinutes
            providerIds = visit.segments[0].providerIds
        } else {
            segments = visit.segments
        }
        patientID = visit.patientID
        selfService = visit.selfService
        ignoreBookingID = visit.ignoreBookingID
        holdID = visit.holdID
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
            func renumbered(_ indexes: [Int32]) -> [Int32] {
                indexes.compactMap {
                    places.indices.contains(Int($0)) ? places[Int($0)] : nil
                }
            }
            for var slot in page.slots {
                slot.providerIndexes = renumbered(slot.providerIndexes)
                for part in slot.segments.indices {
                    slot.segments[part].providerIndexes = renumbered(
                        slot.segments[part].providerIndexes)
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
