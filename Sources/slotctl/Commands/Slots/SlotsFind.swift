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
    @Option(help: "At most so many starts. Default: all, but on a terminal the first 1000.")
    var limit: Int?
    @Flag(help: "All of them, however many.") var all = false
    @Option(
        help: ArgumentHelp(
            "Ask for so many starts at once, 1 to \(Self.pageSizeMax).", valueName: "count"))
    var pageSize = Self.pageSizeMax

    /// What the daemon gives at most with one call.
    static let pageSizeMax = 10_000

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes 1 or more") }
        if !(1...Self.pageSizeMax).contains(pageSize) {
            throw ValidationError("--page-size takes 1 to \(Self.pageSizeMax)")
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let location = try await session.location(query.location)
        let times = try await session.daemonTimes(in: try Zone(name: location.timeZone))
        let window = try when.window(times, defaultDays: 7)
        var request = Slotd_V1_FindSlotsRequest(try await query.visit(session))
        request.locationID = location.id
        request.from = window.from.timestamp
        request.to = window.to.timestamp
        let output = session.output
        let limit = all ? Int.max : self.limit ?? (output.format.isForPeople ? 1000 : .max)
        let isTruncated: Bool
        if output.format.isStreamed {
            let directory = try await session.directoryOfStarts()
            var isFirst = true
            isTruncated = try await session.forEachSlotPage(
                request, limit: limit, pageSize: pageSize
            ) { page in
                write(page, directory, isFirst: isFirst, to: output)
                isFirst = false
            }
        } else {
            let found = try await session.slots(request, limit: limit, pageSize: pageSize)
            try await show(found, at: location, session)
            isTruncated = found.truncated
        }
        if isTruncated {
            session.output.note(
                "There are more starts after these; --all, --limit or --from goes on.")
        }
    }

    /// The grid or the JSON object of all that was found.
    private func show(
        _ found: Slotd_V1_FindSlotsResponse, at location: Slotd_V1_Location, _ session: Session
    ) async throws(CommandFailure) {
        let output = session.output
        guard output.format == .table else {
            let message = try JSONText.message(found)
            return output.writeLine(JSONText.indented(JSONText.versioned(message)))
        }
        let grid = SlotGrid(found, names: try await session.directoryOfStarts())
        let lines = grid.lines(width: output.columns, paint: output.paint)
        if lines.isEmpty {
            output.note(output.paint.dim("Nothing is free then."))
        } else {
            output.note(output.paint.dim("Local time of \(location.name) (\(found.timeZone))"))
        }
        lines.forEach(output.writeLine)
    }

    /// The lines of one page.
    private func write(
        _ page: Slotd_V1_FindSlotsResponse, _ directory: Directory, isFirst: Bool,
        to output: Output
    ) {
        let json = page.slots.map { SlotText.json($0, page.providerIds) }
        output.rows(
            TextTable(columns: [], rows: []), names: SlotText.names,
            values: page.slots.flatMap { SlotText.rows($0, page, directory) },
            json: json, key: "slots", isFirst: isFirst)
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
    /// The names of those who offer starts; empty for JSON, which has ids.
    fileprivate func directoryOfStarts() async throws(CommandFailure) -> Directory {
        guard output.format != .ndjson else { return .empty }
        var directory = Directory()
        directory.add(try await providers(includingDisabled: true))
        return directory
    }

    /// Hands over the pages of a search, up to so many slots; whether there are more.
    func forEachSlotPage(
        _ request: Slotd_V1_FindSlotsRequest, limit: Int, pageSize: Int,
        _ body: (Slotd_V1_FindSlotsResponse) -> Void
    ) async throws(CommandFailure) -> Bool {
        var request = request
        var count = 0
        repeat {
            request.pageSize = Int32(min(pageSize, limit - count))
            let page = try await api.call(Methods.AvailabilityService.findSlots, request)
            body(page)
            count += page.slots.count
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty && count < limit
        return !request.pageToken.isEmpty
    }

    /// All pages of a search up to so many slots, as one reply.
    func slots(
        _ request: Slotd_V1_FindSlotsRequest, limit: Int, pageSize: Int = 10_000
    ) async throws(CommandFailure) -> Slotd_V1_FindSlotsResponse {
        var whole = Slotd_V1_FindSlotsResponse()
        var indexes: [String: Int32] = [:]
        whole.truncated = try await forEachSlotPage(request, limit: limit, pageSize: pageSize) {
            page in
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
        }
        return whole
    }
}
