internal import Engine
internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerAvailability(in table: inout ServiceTable) {
        query(Methods.AvailabilityService.findSlots, in: &table, isAdvice: true) {
            request, organization, now, role throws(Rejection) in
            try SlotSearch(request, in: organization, role: role).page(organization, now)
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
        let page = try SlotSearch(query, in: organization, role: role).find(organization, now)
        let bytes = SlotReply.encodeStreamed(page, revision: organization.position)
        return (bytes, page.next.map { PageToken.encode([String($0.sinceEpoch)]) } ?? "")
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

    init(
        _ message: Slotd_V1_FindSlotsRequest, in organization: Organization, role: CallerRole
    ) throws(Rejection) {
        limit = try pageSize(message.pageSize, most: 10_000, usual: 500)
        from = try minute(message.from, isSet: message.hasFrom, "from")
        to = try minute(message.to, isSet: message.hasTo, "to")
        try checkWindow(from: from, to: to, days: Limits.windowDays)
        if let parts = try PageToken.decode(message.pageToken, parts: 1) {
            guard let next = Int32(parts[0]).map({ Minute(sinceEpoch: $0) }), from <= next,
                next <= to
            else { throw .invalid("page_token", "is not one that this list gave") }
            from = next
        }
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
        request.ignoring = try optionalIdentifier(
            message.ignoreBookingID, "ignore_booking_id", .booking, in: organization)
        request.hold = try optionalHoldID(message.holdID, "hold_id")
    }

    func find(_ organization: Organization, _ now: Instant) throws(Rejection) -> SlotPage {
        try organization.findSlots(request, from: from, to: to, limit: limit, now: now)
    }

    func page(_ organization: Organization, _ now: Instant) throws(Rejection) -> [UInt8] {
        SlotReply.encode(try find(organization, now), revision: organization.position)
    }
}
