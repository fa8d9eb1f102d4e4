internal import Intervals

/// Names a calendar of an organization.
enum CalendarKey: Hashable, Sendable {
    case provider(Identifier<Provider>)
    /// A room or device that is taken by name, or pinned.
    case resource(Identifier<Resource>)
    /// What is taken of a location's pool while it is open of which.
    case pool(Identifier<Location>, String)
}

extension Organization {
    /// What the segments of a booking or hold take, where, and when.
    ///
    /// Where two segments take the same thing, the buffer between them is the patient's own: the
    /// earlier one ends at the latest where the later visit begins, and the later one begins at the
    /// earliest where the earlier one ends, so that nothing is counted twice.
    static func occupancies(
        of segments: [BookingSegment], at location: Identifier<Location>, owner: UInt128,
        kind: Occupancy.Kind, expires: Int64
    ) -> [(key: CalendarKey, occupancy: Occupancy)] {
        var taken: [Taken] = []
        for segment in segments {
            for var next in segment.taken(at: location) {
                for index in taken.indices where taken[index].key == next.key {
                    let cut = min(taken[index].padded.end, next.core.start)
                    guard cut > next.padded.start, taken[index].padded.start < cut,
                        let earlier = Interval(taken[index].padded.start, cut),
                        let later = Interval(cut, next.padded.end)
                    else { continue }
                    taken[index].padded = earlier
                    next.padded = later
                }
                taken.append(next)
            }
        }
        return taken.map { taken in
            let occupancy = Occupancy(
                padded: taken.padded, core: taken.core, owner: owner, kind: kind,
                expiresAtMilliseconds: expires, units: taken.units, tolerance: taken.tolerance,
                session: taken.session, seats: taken.seats)
            guard let occupancy else { preconditionFailure("a part encloses its core") }
            return (taken.key, occupancy)
        }
    }

    mutating func occupy(
        _ segments: [BookingSegment], at location: Identifier<Location>, owner: UInt128,
        kind: Occupancy.Kind, expires: Int64
    ) {
        if segments.count == 1, segments[0].isPlain {
            let segment = segments[0]
            let occupancy = Occupancy(
                padded: segment.padded, core: segment.interval, owner: owner, kind: kind,
                expiresAtMilliseconds: expires)
            guard let occupancy else { preconditionFailure("buffers are never negative") }
            calendars[segment.provider, default: ResourceCalendar()].insert(occupancy)
            return
        }
        let all = Self.occupancies(
            of: segments, at: location, owner: owner, kind: kind, expires: expires)
        for (key, occupancy) in all {
            switch key {
            case .provider(let id): calendars[id, default: ResourceCalendar()].insert(occupancy)
            default: resourceCalendars[key, default: ResourceCalendar()].insert(occupancy)
            }
        }
    }

    mutating func vacate(
        _ segments: [BookingSegment], at location: Identifier<Location>, owner: UInt128
    ) {
        if segments.count == 1, segments[0].isPlain {
            calendars[segments[0].provider]?.remove(owner: owner, start: segments[0].padded.start)
            return
        }
        let all = Self.occupancies(
            of: segments, at: location, owner: owner, kind: .booking, expires: 0)
        for (key, occupancy) in all {
            switch key {
            case .provider(let id): calendars[id]?.remove(owner: owner, start: occupancy.start)
            default: resourceCalendars[key]?.remove(owner: owner, start: occupancy.start)
            }
        }
    }
}

/// A part of a segment on one calendar.
private struct Taken {
    var key: CalendarKey
    var padded: Interval
    var core: Interval
    var units: Int32
    var tolerance: Int32
    var session: UInt64
    var seats: Int32
}

extension BookingSegment {
    /// It takes its provider from the first buffer to the last, exclusively, and nothing else: the
    /// usual visit.
    fileprivate var isPlain: Bool {
        providerPhases == .all && uses.isEmpty && capacity == 1
    }

    /// Names the sessions of a service that several may take part in; 0 where each visit is its
    /// own. The low half of the id is random, so that two services never share a name.
    var session: UInt64 {
        capacity > 1 && capacityRule == .sameStart
            ? UInt64(truncatingIfNeeded: service.value) | 1 : 0
    }

    fileprivate func taken(at location: Identifier<Location>) -> [Taken] {
        let isSession = session != 0
        let tolerance = capacityRule == .anyOverlap ? capacity : 1
        var all = parts(.provider(provider), providerPhases).map { part in
            Taken(
                key: .provider(provider), padded: part.padded, core: part.core, units: 1,
                tolerance: tolerance, session: session, seats: isSession ? capacity : 1)
        }
        for use in uses {
            if let extra = use.provider {
                all += parts(.provider(extra), use.phases).map { part in
                    Taken(
                        key: .provider(extra), padded: part.padded, core: part.core, units: 1,
                        tolerance: 1, session: session, seats: .max)
                }
                continue
            }
            let key: CalendarKey =
                use.resource.map { .resource($0) } ?? .pool(location, use.pool)
            let pieces = parts(key, use.phases)
            all += pieces.map { part in
                Taken(
                    key: key, padded: part.padded, core: part.core, units: use.quantity,
                    tolerance: .max, session: session, seats: .max)
            }
        }
        return all
    }

    /// The stretches of some phases; what is asked of a pool is kept from the first to the last.
    private func parts(
        _ key: CalendarKey, _ phases: PhaseSet
    ) -> [(padded: Interval, core: Interval)] {
        var parts = shape.parts(phases)
        if case .pool = key { parts = VisitPart.hull(parts) }
        return parts.compactMap { part in
            guard let padded = part.interval(ofVisitAt: interval.start) else { return nil }
            return (padded, padded.intersection(interval) ?? padded)
        }
    }
}

extension VisitPart {
    /// One part from the first to the last.
    static func hull(_ parts: [VisitPart]) -> [VisitPart] {
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return parts }
        return [
            VisitPart(offset: first.offset, length: last.offset + last.length - first.offset)
        ]
    }
}
