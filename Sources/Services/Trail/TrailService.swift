internal import Engine
internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    /// `ListEvents` and `Verify`.
    func registerTrail(in table: inout ServiceTable) {
        let zones = zones
        trailQuery(Methods.AdminService.listEvents, in: &table) {
            request, reader, _ throws(Rejection) in
            try EventList(request, reader, zones: zones).reply()
        }
        let engine = engine
        trailQuery(Methods.AdminService.verify, in: &table, .long) {
            request, reader, caller throws(Rejection) in
            try verify(reader, try anchors(request), of: engine.snapshot(caller.cell))
        }
    }
}

private func anchors(_ request: Slotd_V1_VerifyRequest) throws(Rejection) -> [ChainAnchor] {
    var anchors: [ChainAnchor] = []
    for (index, line) in try list(request.anchors, "anchors", atMost: 1000).enumerated() {
        guard let anchor = ChainAnchor(line) else {
            throw .invalid("anchors[\(index)]", "is no line that Verify gave")
        }
        anchors.append(anchor)
    }
    return anchors
}

/// At most so many findings are told.
private let findingsMax = 100

private func verify(
    _ reader: TrailReader, _ anchors: [ChainAnchor], of organization: Organization
) throws(Rejection) -> Slotd_V1_VerifyResponse {
    let report = try reader.check(anchors: anchors, findingsMax: findingsMax)
    let findings = report.findings.map(\.description) + organization.violations()
    var bookings: Int64 = 0
    organization.bookings.forEach { booking in
        if !booking.occupancies.isEmpty { bookings += 1 }
        return true
    }
    return .with {
        $0.sound = findings.isEmpty
        $0.findings = Array(findings.prefix(findingsMax))
        $0.events = report.count
        $0.bookings = bookings
        $0.anchor = report.anchor?.description ?? ""
        $0.revision = reader.end
    }
}

/// Finds a page of events.
private struct EventList {
    private let reader: TrailReader
    private let request: Slotd_V1_ListEventsRequest
    private let limit: Int
    /// The organization without its records, for messages that look for others in it.
    private let empty: Organization
    private let record: RecordKey?

    /// Entries that are looked at for one page: what bounds the time that it takes. A record's own
    /// are found by the index, so that they are few.
    private static let readMax = 10_000

    init(
        _ request: Slotd_V1_ListEventsRequest, _ reader: TrailReader, zones: TimeZoneDatabase
    ) throws(Rejection) {
        self.reader = reader
        self.request = request
        limit = try request.limit()
        if request.recordID.isEmpty {
            record = nil
        } else {
            guard let key = RecordKey(idText: request.recordID) else {
                throw .invalid("record_id", "is no id")
            }
            record = key
        }
        _ = try text(request.actor, "actor", 0...256)
        _ = try text(request.rpc, "rpc", 0...128)
        _ = try text(request.withRequestID, "with_request_id", 0...128)
        var details = OrganizationProfile.Details()
        details.externalRef = reader.organization.description
        empty = Organization(
            profile: OrganizationProfile(id: reader.organization, version: 1, details: details),
            zones: zones)
    }

    func reply() throws(Rejection) -> Slotd_V1_ListEventsResponse {
        var reply = Slotd_V1_ListEventsResponse()
        reply.revision = reader.end
        guard let positions = try positions() else { return reply }
        let window = TrailWindow(
            about: record.map { .record($0.id) }, positions, newestFirst: request.newestFirst,
            limit: limit, readMax: Self.readMax)
        let page = try reader.page(window) { head in
            (request.actor.isEmpty || head.actor == request.actor)
                && (request.rpc.isEmpty || head.rpc == request.rpc)
                && (request.withRequestID.isEmpty || head.requestID == request.withRequestID)
        }
        reply.nextPageToken = page.next.map { request.token(for: [String($0)]) } ?? ""
        for entry in page.entries {
            if let event = try message(entry) { reply.events.append(event) }
        }
        return reply
    }

    /// The positions that come into question; nil for none.
    private func positions() throws(Rejection) -> ClosedRange<Int64>? {
        var (first, last) = (1 as Int64, reader.end)
        if request.hasFrom {
            first = try reader.position(at: try instant(request.from, "from").before) + 1
        }
        if request.hasTo { last = try reader.position(at: try instant(request.to, "to").before) }
        if let parts = try request.place(parts: 1) {
            guard let place = Int64(parts[0]), place > 0 else {
                throw .unknownPage
            }
            if request.newestFirst { last = min(last, place) } else { first = max(first, place) }
        }
        return first <= last ? first...last : nil
    }

    /// The event as it is told; nil when it is not about the record, whose id may be that of
    /// another organization.
    private func message(_ entry: TrailEntry) throws(Rejection) -> Slotd_V1_TrailEvent? {
        var message = Slotd_V1_TrailEvent(entry)
        guard let record else { return message }
        let indices = entry.event.indices(about: record.id)
        if indices.isEmpty { return nil }
        for index in indices {
            message.changes[index].fields = try fields(entry.event, index)
        }
        return message
    }

    private func fields(
        _ event: Event, _ index: Int
    ) throws(Rejection) -> [Slotd_V1_FieldChange] {
        let write = event.writes[index]
        var before: Record?
        // A record may be written more than once by one event.
        if let earlier = event.writes[..<index].last(where: { $0.key == write.key }) {
            if case .put(let record) = earlier { before = record }
        } else if event.versionBefore(index) > 0 || write.version == 0 {
            before = try reader.record(write.key.id, at: event.position - 1)
        }
        let old = before.map { FieldValues($0, in: empty) } ?? FieldValues()
        guard case .put(let record) = write else { return old.changes(to: FieldValues()) }
        return old.changes(to: FieldValues(record, in: empty))
    }
}

extension Instant {
    fileprivate var before: Instant { Instant(milliseconds: milliseconds - 1) }
}
