internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Questions about availability besides the list of slots. All are advice, as the list is.

extension Services {
    func registerSlotQuestions(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.AvailabilityService
        query(Methods.findEarliest, in: &table, isAdvice: true) {
            request, organization, now, role throws(Rejection) in
            encoded(try findEarliest(request, organization, now, role))
        }
        query(Methods.checkSlots, in: &table, isAdvice: true) {
            request, organization, now, role throws(Rejection) in
            encoded(try checkSlots(request, organization, now, role))
        }
        query(Methods.explainAvailability, in: &table, isAdvice: true) {
            request, organization, now, role throws(Rejection) in
            encoded(try explain(request, organization, now, role))
        }
        query(Methods.listFreeBusy, in: &table, isAdvice: true) {
            request, organization, now, _ throws(Rejection) in
            encoded(try freeBusy(request, organization, now))
        }
    }
}

/// Bounds of one question that `Proto/slotd/v1/availability.proto` states.
private enum QuestionLimits {
    static let locations = 256
    static let earliest: ClosedRange<Int32> = 1...100
    static let checks = 1000
    static let explainedDays: Int32 = 62
    static let freeBusyDays: Int32 = 62
    static let subjects = 256
}

private func findEarliest(
    _ request: Slotd_V1_FindEarliestRequest, _ organization: Organization, _ now: Instant,
    _ role: CallerRole
) throws(Rejection) -> Slotd_V1_FindEarliestResponse {
    let limit =
        request.limit == 0 ? 1 : try number(request.limit, "limit", QuestionLimits.earliest)
    let from =
        request.hasFrom ? try minute(request.from, isSet: true, "from") : now.minuteRoundedUp
    let to =
        request.hasTo
        ? try minute(request.to, isSet: true, "to")
        : from.clampedAdding(minutes: Limits.windowDays * 1440)
    try checkWindow(from: from, to: to, days: Limits.windowDays)
    var places: [Identifier<Location>] = try knownIdentifiers(
        request.locationIds, "location_ids", .location, atMost: QuestionLimits.locations,
        in: organization
    ) { organization.locations[$0] != nil }
    if places.isEmpty { places = organization.openLocations }
    let visit = try SlotRequest(
        request.visit, isSet: request.hasVisit, "visit", in: organization, role: role,
        location: places.first ?? Identifier(value: 0))
    let shown = try shownZone(request.timeZone, "time_zone", in: organization)
    do throws(Rejection) {
        var found = try organization.findEarliest(
            visit, at: places, from: from, to: to, limit: Int(limit), now: now)
        if let shown {
            for index in found.indices {
                found[index].page = found[index].page.told(in: shown.zone, named: shown.name)
            }
        }
        return Slotd_V1_FindEarliestResponse(found, in: organization)
    } catch {
        throw error.nested(in: "visit")
    }
}

private func checkSlots(
    _ request: Slotd_V1_CheckSlotsRequest, _ organization: Organization, _ now: Instant,
    _ role: CallerRole
) throws(Rejection) -> Slotd_V1_CheckSlotsResponse {
    var response = Slotd_V1_CheckSlotsResponse()
    let checks = try list(request.checks, "checks", atMost: QuestionLimits.checks)
    for (index, check) in checks.enumerated() {
        let path = "checks[\(index)]"
        let visit = try SlotRequest(
            check.visit, isSet: check.hasVisit, "\(path).visit", in: organization, role: role)
        let start = try minute(check.start, isSet: check.hasStart, "\(path).start")
        var verdict = Slotd_V1_SlotVerdict()
        switch organization.check(visit, at: start, now: now) {
        case .success(let providers):
            verdict.available = true
            verdict.providerIds = providers.map(\.description)
        case .failure(let rejection):
            // A mistake of the caller's is no verdict on the start.
            guard
                rejection.reason.code == .failedPrecondition
                    || rejection.reason == .durationNotOffered
            else { throw rejection.nested(in: "\(path).visit") }
            verdict.reason = Slotd_V1_Reason(rejection.reason)
            verdict.message = rejection.message
        }
        response.verdicts.append(verdict)
    }
    response.revision = organization.position
    return response
}

private func explain(
    _ request: Slotd_V1_ExplainAvailabilityRequest, _ organization: Organization, _ now: Instant,
    _ role: CallerRole
) throws(Rejection) -> Slotd_V1_ExplainAvailabilityResponse {
    let visit = try SlotRequest(
        request.visit, isSet: request.hasVisit, "visit", in: organization, role: role)
    var response = Slotd_V1_ExplainAvailabilityResponse()
    if request.hasAtStart {
        guard !request.hasFrom, !request.hasTo else {
            throw .invalid("at_start", "cannot stand beside from and to")
        }
        let start = try minute(request.atStart, isSet: true, "at_start")
        let told = try inVisit { () throws(Rejection) in
            try organization.explain(visit, at: start, now: now)
        }
        response.available = told.isAvailable
        response.providers = told.verdicts.map { Slotd_V1_ProviderVerdict($0) }
        if let next = told.nextFree { response.nextFree = Google_Protobuf_Timestamp(next) }
    } else {
        guard request.hasFrom || request.hasTo else {
            throw .invalid("at_start", "is missing, and so are from and to")
        }
        let from = try minute(request.from, isSet: request.hasFrom, "from")
        let to = try minute(request.to, isSet: request.hasTo, "to")
        try checkWindow(from: from, to: to, days: QuestionLimits.explainedDays)
        let told = try inVisit { () throws(Rejection) in
            try organization.explain(visit, from: from, to: to, now: now)
        }
        response.days = told.days.map { Slotd_V1_DayVerdict($0) }
        response.explainedTo = Google_Protobuf_Timestamp(told.end)
    }
    response.timeZone = organization.locations[visit.location]?.details.timeZone ?? ""
    response.revision = organization.position
    return response
}

/// What the core refuses in a visit stands in the request's field of that name.
private func inVisit<Value>(_ body: () throws(Rejection) -> Value) throws(Rejection) -> Value {
    do throws(Rejection) {
        return try body()
    } catch {
        throw error.nested(in: "visit")
    }
}

private func freeBusy(
    _ request: Slotd_V1_ListFreeBusyRequest, _ organization: Organization, _ now: Instant
) throws(Rejection) -> Slotd_V1_ListFreeBusyResponse {
    let location: Identifier<Location> = try identifier(
        request.locationID, "location_id", .location, in: organization)
    let from = try minute(request.from, isSet: request.hasFrom, "from")
    let to = try minute(request.to, isSet: request.hasTo, "to")
    try checkWindow(from: from, to: to, days: QuestionLimits.freeBusyDays)
    guard let interval = Interval(from, to) else {
        throw .invalid("to", "is not after from")
    }
    let providers: [Identifier<Provider>] = try knownIdentifiers(
        request.providerIds, "provider_ids", .provider, atMost: QuestionLimits.subjects,
        in: organization
    ) { organization.providers[$0] != nil }
    let resources: [Identifier<Resource>] = try knownIdentifiers(
        request.resourceIds, "resource_ids", .resource, atMost: QuestionLimits.subjects,
        in: organization
    ) { organization.resources[$0] != nil }
    let subjects = try organization.freeBusy(
        at: location, providers: providers.sorted(), resources: resources.sorted(), in: interval,
        now: now)
    return .with {
        $0.subjects = subjects.map { Slotd_V1_FreeBusy($0) }
        $0.timeZone = organization.locations[location]?.details.timeZone ?? ""
        $0.revision = organization.position
    }
}
