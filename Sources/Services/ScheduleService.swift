internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Single edits of schedules: each reads its change, and ChangeSchedule does the rest.

private typealias Methods = SlotdAPI.Methods.ScheduleService

extension Services {
    func registerSchedules(in table: inout ServiceTable) {
        registerLocationSchedules(in: &table)
        registerProviderSchedules(in: &table)
        registerOutages(in: &table)
        registerBuffers(in: &table)
        query(Methods.listStranded, in: &table) { request, organization, now throws(Rejection) in
            try listStranded(request, organization, now)
        }
    }

    private func registerLocationSchedules(in table: inout ServiceTable) {
        schedule(
            Methods.setLocationHours, \.locationID, "location_id", reply: \.location, in: &table
        ) {
            request, _ throws(Rejection) in
            let hours = try weekly(request.hours, "hours")
            return { details throws(Rejection) in details.hours = hours }
        }
        schedule(Methods.setLocationDay, \.locationID, "location_id", reply: \.location, in: &table)
        {
            request, _ throws(Rejection) in
            let day = try dayHours(request.day, "day")
            let clear = try clears(request.clear, day, "day.hours")
            return { details throws(Rejection) in
                details.days.removeAll { $0.date == day.date }
                if !clear {
                    details.days.append(day)
                    try checkCount(details.days, atMost: 512, "day")
                }
            }
        }
        schedule(Methods.addClosure, \.locationID, "location_id", reply: \.location, in: &table) {
            request, _ throws(Rejection) in
            let closure = try closedTime(request.closure, isSet: request.hasClosure, "closure")
            return { details throws(Rejection) in
                try details.closures.add(closure, "closure")
            }
        }
        schedule(Methods.removeClosure, \.locationID, "location_id", reply: \.location, in: &table)
        {
            request, _ throws(Rejection) in
            let closure = try closedTime(request.closure, isSet: request.hasClosure, "closure")
            return { details throws(Rejection) in
                try details.closures.take(closure, "closure")
            }
        }
    }

    private func registerProviderSchedules(in table: inout ServiceTable) {
        schedule(
            Methods.setProviderHours, \.providerID, "provider_id", reply: \.provider, in: &table
        ) {
            request, organization throws(Rejection) in
            let schedule = try ProviderSchedule(request.schedule, "schedule", in: organization)
            return { details throws(Rejection) in
                details.schedules.removeAll {
                    $0.location == schedule.location
                        && $0.effectiveStart == schedule.effectiveStart
                        && $0.effectiveEnd == schedule.effectiveEnd
                }
                if !schedule.hours.isEmpty {
                    details.schedules.append(schedule)
                    try checkCount(details.schedules, atMost: 64, "schedule")
                }
            }
        }
        schedule(Methods.setProviderDay, \.providerID, "provider_id", reply: \.provider, in: &table)
        {
            request, organization throws(Rejection) in
            let day = try ProviderDay(request.day, "day", in: organization)
            let clear = try clears(request.clear, day.day, "day.day.hours")
            return { details throws(Rejection) in
                details.days.removeAll {
                    $0.location == day.location && $0.day.date == day.day.date
                }
                if !clear {
                    details.days.append(day)
                    try checkCount(details.days, atMost: 1024, "day")
                }
            }
        }
        schedule(Methods.addTimeOff, \.providerID, "provider_id", reply: \.provider, in: &table) {
            request, organization throws(Rejection) in
            let off = try TimeOff(request.timeOff, "time_off", in: organization)
            return { details throws(Rejection) in
                details.timeOff.removeAll { $0.isSame(as: off) }
                details.timeOff.append(off)
                try checkCount(details.timeOff, atMost: 512, "time_off")
            }
        }
        schedule(Methods.removeTimeOff, \.providerID, "provider_id", reply: \.provider, in: &table)
        {
            request, organization throws(Rejection) in
            let off = try TimeOff(request.timeOff, "time_off", in: organization)
            return { details throws(Rejection) in
                let count = details.timeOff.count
                details.timeOff.removeAll { $0.isSame(as: off) }
                if details.timeOff.count == count {
                    throw .unknown("time_off", "with this start and end", field: "time_off")
                }
            }
        }
    }

    private func registerOutages(in table: inout ServiceTable) {
        schedule(Methods.addOutage, \.resourceID, "resource_id", reply: \.resource, in: &table) {
            request, _ throws(Rejection) in
            let outage = try closedTime(request.outage, isSet: request.hasOutage, "outage")
            return { details throws(Rejection) in
                try details.outages.add(outage, "outage")
            }
        }
        schedule(Methods.removeOutage, \.resourceID, "resource_id", reply: \.resource, in: &table) {
            request, _ throws(Rejection) in
            let outage = try closedTime(request.outage, isSet: request.hasOutage, "outage")
            return { details throws(Rejection) in
                try details.outages.take(outage, "outage")
            }
        }
    }

    private func registerBuffers(in table: inout ServiceTable) {
        mutation(Methods.reapplyBuffers, in: &table) {
            request, organization, _ throws(Rejection) in
            ReapplyBuffers(
                try identifier(request.serviceID, "service_id", .service, in: organization),
                at: try optionalIdentifier(
                    request.locationID, "location_id", .location, in: organization),
                isDryRun: request.dryRun)
        } reply: { outcome, organization in
            .with {
                $0.changed = outcome.changed.map {
                    Slotd_V1_Booking($0, in: organization, now: now)
                }
                $0.kept = outcome.kept.map { Slotd_V1_Booking($0, in: organization, now: now) }
                $0.revision = organization.position
            }
        }
    }

    /// Registers the edit of one record's schedules.
    ///
    /// - Parameters:
    ///   - name: the field of the request that names the record.
    ///   - edit: reads the change; what it returns makes the new details of the old ones.
    private func schedule<Request: ScheduleRequest, Response: ScheduleReply, Shown: RecordMessage>(
        _ method: Method<Request, Response>, _ name: KeyPath<Request, String> & Sendable,
        _ field: String, reply shown: WritableKeyPath<Response, Shown> & Sendable,
        in table: inout ServiceTable,
        edit:
            @escaping @Sendable (Request, Organization) throws(Rejection) ->
            @Sendable (inout Shown.Row.Details) throws(Rejection) -> Void
    ) {
        mutation(method, in: &table) { request, organization, _ throws(Rejection) in
            ChangeSchedule<Shown.Row>(
                try identifier(request[keyPath: name], field, Shown.Row.kind, in: organization),
                expectedVersion: try expected(request.expectedVersion), isDryRun: request.dryRun,
                policy: try request.policy(),
                edit: try edit(request, organization))
        } reply: { change, organization in
            .showing(change, in: shown, of: organization)
        }
    }
}

extension Slotd_V1_SetLocationHoursRequest: ScheduleRequest {}
extension Slotd_V1_SetLocationHoursResponse: ScheduleReply {}
extension Slotd_V1_SetLocationDayRequest: ScheduleRequest {}
extension Slotd_V1_SetLocationDayResponse: ScheduleReply {}
extension Slotd_V1_AddClosureRequest: ScheduleRequest {}
extension Slotd_V1_AddClosureResponse: ScheduleReply {}
extension Slotd_V1_RemoveClosureRequest: ScheduleRequest {}
extension Slotd_V1_RemoveClosureResponse: ScheduleReply {}
extension Slotd_V1_SetProviderHoursRequest: ScheduleRequest {}
extension Slotd_V1_SetProviderHoursResponse: ScheduleReply {}
extension Slotd_V1_SetProviderDayRequest: ScheduleRequest {}
extension Slotd_V1_SetProviderDayResponse: ScheduleReply {}
extension Slotd_V1_AddTimeOffRequest: ScheduleRequest {}
extension Slotd_V1_AddTimeOffResponse: ScheduleReply {}
extension Slotd_V1_RemoveTimeOffRequest: ScheduleRequest {}
extension Slotd_V1_RemoveTimeOffResponse: ScheduleReply {}
extension Slotd_V1_AddOutageRequest: ScheduleRequest {}
extension Slotd_V1_AddOutageResponse: ScheduleReply {}
extension Slotd_V1_RemoveOutageRequest: ScheduleRequest {}
extension Slotd_V1_RemoveOutageResponse: ScheduleReply {}
extension Slotd_V1_ReapplyBuffersRequest: MutationRequest {}

private func listStranded(
    _ request: Slotd_V1_ListStrandedRequest, _ organization: Organization, _ now: Instant
) throws(Rejection) -> Slotd_V1_ListStrandedResponse {
    let location: Location? = try optionalRecord(
        request.locationID, field: "location_id", in: organization)
    let page = organization.listStranded(
        at: location?.id, after: try request.afterBooking(), limit: try request.limit(), now: now)
    return .with {
        $0.bookings = page.rows.map { Slotd_V1_StrandedBooking($0) }
        $0.nextPageToken = request.token(after: page.next)
        $0.revision = organization.position
    }
}

// MARK: Reading changes

private func closedTime(
    _ message: Slotd_V1_Closure, isSet: Bool, _ field: String
) throws(Rejection) -> Closure {
    guard isSet else { throw .invalid(field, "is missing") }
    return try Closure(message, field)
}

private func clears(_ clear: Bool, _ day: DayHours, _ field: String) throws(Rejection) -> Bool {
    if clear, !day.hours.isEmpty { throw .invalid(field, "must be empty where clear is set") }
    return clear
}

private func checkCount<Element>(
    _ elements: [Element], atMost most: Int, _ field: String
) throws(Rejection) {
    guard elements.count <= most else {
        throw .invalid(field, "there would be \(elements.count), more than \(most)")
    }
}

extension [Closure] {
    fileprivate mutating func add(_ closure: Closure, _ field: String) throws(Rejection) {
        removeAll { $0.isSame(as: closure) }
        append(closure)
        try checkCount(self, atMost: 512, field)
    }

    fileprivate mutating func take(_ closure: Closure, _ field: String) throws(Rejection) {
        let before = count
        removeAll { $0.isSame(as: closure) }
        if count == before {
            throw .unknown(field, "with this start and end", field: field)
        }
    }
}

extension Closure {
    fileprivate func isSame(as other: Closure) -> Bool {
        var other = other
        other.note = note
        return self == other
    }
}

extension TimeOff {
    fileprivate func isSame(as other: TimeOff) -> Bool {
        var other = other
        other.note = note
        return self == other
    }
}
