internal import Intervals

/// What becomes of a change of schedules that strands bookings. The numbers are the API's.
public enum StrandedPolicy: UInt8, CaseIterable, Sendable {
    /// It is made; the bookings stay and are shown to be out of hours.
    case keepAndFlag = 1
    /// It is refused.
    case refuseIfAny = 2
}

extension StrandedPolicy {
    /// Refuses a change of a record that strands bookings, where none may be.
    func judge<Row>(
        _ stranded: [StrandedBooking], by record: Identifier<Row>
    ) throws(Rejection) {
        guard self == .refuseIfAny, !stranded.isEmpty else { return }
        var rejection = Rejection(
            .strandedBookings, "\(stranded.count) bookings would be stranded"
        ).about(record)
        rejection.blocking = stranded.prefix(100).map(\.booking.id.description)
        throw rejection
    }
}

/// A booking that a change of schedules leaves without the hours it was booked in.
public struct StrandedBooking: Equatable, Sendable {
    /// The booking as it is.
    public var booking: Booking
    /// What its time breaks after the change and did not before, in the order in which rules are
    /// checked.
    public var reasons: [Reason]
}

/// What a change of schedules did, or would do.
public struct ScheduleChange<Row: DetailedRecord>: Sendable {
    /// The record as changed.
    public var row: Row
    /// Bookings to come that it strands, in order of start.
    public var stranded: [StrandedBooking]
}

/// Changes the details of a location, a provider, a service or a resource, and tells which bookings
/// to come that would strand.
public struct ChangeSchedule<Row: DetailedRecord>: Command {
    /// Which.
    public var id: Identifier<Row>
    /// The version to be changed; 0: whichever it is.
    public var expectedVersion: Int64
    /// Only tells what it would do.
    public var isDryRun: Bool
    /// What becomes of it when it strands bookings.
    public var policy: StrandedPolicy
    /// Makes the new details of the old ones.
    public var edit: @Sendable (inout Row.Details) throws(Rejection) -> Void

    /// A change of a record.
    public init(
        _ id: Identifier<Row>, expectedVersion: Int64, isDryRun: Bool, policy: StrandedPolicy,
        edit: @escaping @Sendable (inout Row.Details) throws(Rejection) -> Void
    ) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.isDryRun = isDryRun
        self.policy = policy
        self.edit = edit
    }

    /// Costs a look at each booking to come that takes the record.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<ScheduleChange<Row>> {
        guard let old = organization[keyPath: Row.table][id] else {
            throw .unknown(Row.idPrefix, id.description)
        }
        var details = old.details
        try edit(&details)
        let update = try UpdateRecord(id, expectedVersion: expectedVersion, details: details)
            .decide(on: organization, &context)
        let stranded = organization.stranded(by: update.writes, to: id.value, now: context.now)
        if !isDryRun { try policy.judge(stranded, by: id) }
        return Decision(
            isDryRun ? [] : update.writes,
            ScheduleChange(row: update.outcome, stranded: stranded))
    }
}

extension Organization {
    /// The organization as it would be after some writes.
    func trial(_ writes: [RecordWrite]) -> Organization {
        var copy = self
        // What the copy works out must not be found by the original.
        copy.schedules = ScheduleCache(zones: zones)
        copy.apply(writes)
        return copy
    }

    /// Bookings to come that fit the schedules now and would not after some writes, in order of
    /// start.
    func stranded(
        by writes: [RecordWrite], to record: UInt128, now: Instant
    ) -> [StrandedBooking] {
        if writes.isEmpty { return [] }
        let after = trial(writes)
        var stranded: [StrandedBooking] = []
        for booking in bookingsToCome(taking: record, now: now) {
            let before = brokenSchedules(of: booking)
            let reasons = after.brokenSchedules(of: booking).filter { !before.contains($0) }
            if !reasons.isEmpty {
                stranded.append(StrandedBooking(booking: booking, reasons: reasons))
            }
        }
        return stranded
    }

    /// Bookings that have not begun and take a location, a provider, a service or a resource; of
    /// the organization itself: all.
    private func bookingsToCome(taking record: UInt128, now: Instant) -> [Booking] {
        var found: [BookingKey: Booking] = [:]
        let service = services[Identifier(value: record)]?.id
        func add(_ id: Identifier<Booking>) {
            guard let booking = bookings[id], booking.stage.awaitsVisit, booking.end > now.minute,
                service == nil || booking.segments.contains(where: { $0.service == service })
            else { return }
            found[BookingKey(booking)] = booking
        }
        let first = BookingKey(
            start: now.minute.clampedAdding(minutes: -longestVisitMinutes),
            id: Identifier(value: 0))
        let isAnywhere = service != nil || record == profile.id.value
        for (place, index) in bookingsByLocation where isAnywhere || place.value == record {
            index.forEach(from: first) { key in
                add(key.id)
                return true
            }
        }
        guard let toCome = Interval(now.minute, .latest) else { return [] }
        let view = CalendarView(nowMilliseconds: now.milliseconds).only(.booking)
        let resource = resources[Identifier(value: record)]
        var keys: [CalendarKey] = [
            .provider(Identifier(value: record)), .resource(Identifier(value: record)),
        ]
        if let details = resource?.details, !details.pool.isEmpty {
            // Which of the pool a visit gets is open: any of them may miss this one, and those who
            // take one of the others by name leave less for the rest.
            let pool = CalendarKey.pool(details.location, details.pool)
            keys += [pool] + (poolMembers[pool] ?? []).map { .resource($0) }
        }
        for key in keys {
            calendar(key).forEachConflict(with: toCome, view) { add(Identifier(value: $0.owner)) }
        }
        return found.values.sorted { BookingKey($0) < BookingKey($1) }
    }

    /// Bookings to come that do not fit today's schedules, or whose local time has shifted, in
    /// order of start, from after a key on.
    public func listStranded(
        at place: Identifier<Location>?, after: BookingKey?, limit: Int, now: Instant
    ) -> (rows: [StrandedBooking], next: BookingKey?) {
        var rows: [StrandedBooking] = []
        var next: BookingKey?
        var all: [BookingKey] = []
        for (id, index) in bookingsByLocation where place == nil || id == place {
            index.forEach(from: after) { key in
                if key != after { all.append(key) }
                return true
            }
        }
        for key in all.sorted() {
            guard let booking = bookings[key.id], booking.stage.awaitsVisit,
                booking.end > now.minute
            else { continue }
            let reasons =
                brokenSchedules(of: booking) + (isZoneShifted(booking) ? [.zoneShifted] : [])
            if reasons.isEmpty { continue }
            if rows.count == limit {
                next = rows.last.map { BookingKey($0.booking) }
                break
            }
            rows.append(StrandedBooking(booking: booking, reasons: reasons))
        }
        return (rows, next)
    }
}
