internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI

extension Services {
    func registerAvailability(in table: inout ServiceTable) {
        query(Methods.AvailabilityService.findSlots, in: &table, isAdvice: true) {
            request, organization, now throws(Rejection) in
            try findSlots(request, organization, now)
        }
    }
}

private func findSlots(
    _ request: Slotd_V1_FindSlotsRequest, _ organization: Organization, _ now: Instant
) throws(Rejection) -> [UInt8] {
    let limit = try pageSize(request.pageSize, most: 10_000, usual: 500)
    var from = try minute(request.from, isSet: request.hasFrom, "from")
    let to = try minute(request.to, isSet: request.hasTo, "to")
    guard from <= to else { throw .invalid("to", "lies before from") }
    guard from.minutes(until: to) <= Int(Limits.windowDays) * 1440 else {
        throw .invalid("to", "lies more than \(Limits.windowDays) days after from")
    }
    if let parts = try PageToken.decode(request.pageToken, parts: 1) {
        guard let next = Int32(parts[0]).map({ Minute(sinceEpoch: $0) }), from <= next, next <= to
        else { throw .invalid("page_token", "is not one that this list gave") }
        from = next
    }
    let slots = SlotRequest(
        location: try identifier(request.locationID, "location_id", .location, in: organization),
        service: try identifier(request.serviceID, "service_id", .service, in: organization),
        duration: try durationWish(request.durationMinutes, "duration_minutes"),
        providers: try providers(request.providerIds, in: organization),
        ignoring: try optionalIdentifier(
            request.ignoreBookingID, "ignore_booking_id", .booking, in: organization),
        hold: try hold(request.holdID))
    let page = try organization.findSlots(slots, from: from, to: to, limit: limit, now: now)
    return SlotReply.encode(page, revision: organization.position)
}

private func providers(
    _ names: [String], in organization: Organization
) throws(Rejection) -> [Identifier<Provider>] {
    var ids: [Identifier<Provider>] = []
    for (index, name) in try list(names, "provider_ids", atMost: 1024).enumerated() {
        let id: Identifier<Provider> = try identifier(
            name, "provider_ids[\(index)]", .provider, in: organization)
        if !ids.contains(id) { ids.append(id) }
    }
    return ids
}

private func hold(_ text: String) throws(Rejection) -> Identifier<Hold>? {
    if text.isEmpty { return nil }
    guard let id = Identifier<Hold>(text) else { throw .invalid("hold_id", "is no hold id") }
    return id
}
