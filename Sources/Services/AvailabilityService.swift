internal import Engine
internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerAvailability(in table: inout ServiceTable) {
        query(
            Methods.AvailabilityService.findSlots, in: &table, isAdvice: true,
            reading: { Slotd_V1_FindSlotsRequest(plain: $0) }
        ) {
            request, organization, now, role throws(Rejection) in
            try SlotSearch(request, in: organization, role: role).reply(organization, now)
        }
        registerSlotStream(in: &table)
        registerSlotQuestions(in: &table)
    }

    /// Answers page by page: the organization is held for one page at a time, and the next is not
    /// looked for before the peer has room for it. Ends early when the caller goes.
    private func registerSlotStream(in table: inout ServiceTable) {
        let method = Methods.AvailabilityService.streamSlots
        table.stream(method.path, kind: .server) { stream throws(Status) in
            let (request, caller) = try await opening(stream, of: method)
            var query = request.query
            do throws(Rejection) {
                guard request.hasQuery else { throw .invalid("query", "is missing") }
                guard query.pageToken.isEmpty else {
                    throw .invalid("query.page_token", "must be empty")
                }
            } catch {
                throw Status(error, now: engine.now)
            }
            repeat {
                let found = engine.advise(caller.cell) { organization, now throws(Rejection) in
                    try streamed(query, organization, caller.role, now)
                }
                switch found {
                case .success(let page):
                    try await stream.send(page.bytes)
                    query.pageToken = page.next
                case .failure(let rejection):
                    throw Status(rejection, now: engine.now)
                }
            } while !query.pageToken.isEmpty
        }
    }
}

private func streamed(
    _ query: Slotd_V1_FindSlotsRequest, _ organization: Organization, _ role: CallerRole,
    _ now: Instant
) throws(Rejection) -> (bytes: [UInt8], next: String) {
    do throws(Rejection) {
        let search = try SlotSearch(query, in: organization, role: role)
        let page = try search.find(organization, now)
        let tail = search.tail(of: page, in: organization)
        return (SlotReply.encodeStreamed(page, tail), tail.nextPageToken)
    } catch {
        throw error.nested(in: "query")
    }
}

/// A FindSlots request, read.
private struct SlotSearch {
    var request: SlotRequest
    var from: Minute
    var to: Minute
    var limit: Int
    /// The zone that the reply is told in, and its name; nil: the location's.
    var shown: (zone: TimeZoneRules, name: String)?
    private let message: Slotd_V1_FindSlotsRequest
    private let revision: Int64

    /// The organization is borrowed, since an initializer would otherwise get a copy: of all its
    /// tables, one by one.
    init(
        _ message: Slotd_V1_FindSlotsRequest, in organization: borrowing Organization,
        role: CallerRole
    ) throws(Rejection) {
        limit = try message.limit(most: 10_000, usual: 500)
        from = try minute(message.from, isSet: message.hasFrom, "from")
        to = try minute(message.to, isSet: message.hasTo, "to")
        try checkWindow(from: from, to: to, days: Limits.windowDays)
        self.message = message
        revision = organization.position
        if let next = try message.pageStart(at: revision) {
            guard from <= next, next <= to else { throw .unknownPage }
            from = next
        }
        shown = try shownZone(message.timeZone, "time_zone", in: organization)
        let location: Identifier<Location> = try identifier(
            message.locationID, "location_id", .location, in: organization)
        if message.segments.isEmpty {
            request = SlotRequest(
                location: location,
                service: try identifier(
                    message.serviceID, "service_id", .service, in: organization),
                duration: try durationWish(message.durationMinutes, "duration_minutes"),
                providers: try identifiers(
                    message.providerIds, "provider_ids", .provider, atMost: 1024,
                    in: organization))
        } else {
            try refuseBesideSegments([
                ("service_id", !message.serviceID.isEmpty),
                ("duration_minutes", message.durationMinutes != 0),
                ("provider_ids", !message.providerIds.isEmpty),
            ])
            request = SlotRequest(
                listing: try segmentRequests(message.segments, "segments", in: organization),
                at: location)
        }
        request.patient = try optionalIdentifier(
            message.patientID, "patient_id", .patient, in: organization)
        request.isSelfService = message.selfService || role == .patient
        request.ignoring = try ignoredBooking(
            message.ignoreBookingID, "ignore_booking_id", in: organization)
        request.hold = try optionalHoldID(message.holdID, "hold_id")
    }

    func find(_ organization: Organization, _ now: Instant) throws(Rejection) -> SlotPage {
        let page = try organization.findSlots(request, from: from, to: to, limit: limit, now: now)
        guard let shown else { return page }
        return page.told(in: shown.zone, named: shown.name)
    }

    func tail(of page: SlotPage, in organization: Organization) -> SlotReplyTail {
        SlotReplyTail(
            nextPageToken: page.next.map { message.token(from: $0, at: revision) } ?? "",
            slotToken: SlotToken.encode(in: organization), revision: organization.position)
    }

    func reply(_ organization: Organization, _ now: Instant) throws(Rejection) -> [UInt8] {
        let page = try find(organization, now)
        return SlotReply.encode(page, tail(of: page, in: organization))
    }
}

/// The zone of a name that times shall be told in; nil for no name.
func shownZone(
    _ name: String, _ field: String, in organization: Organization
) throws(Rejection) -> (zone: TimeZoneRules, name: String)? {
    if name.isEmpty { return nil }
    guard name.utf8.count <= 64, let zone = try? organization.zones.zone(name) else {
        throw .invalid(field, "is no IANA time zone that is known here")
    }
    return (zone, name)
}
