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
    /// Where two segments take the same thing at the same time, the buffer between them is the
    /// patient's own: no minute counts for both, and none that either takes is lost.
    static func occupancies(
        of segments: [BookingSegment], at location: Identifier<Location>, owner: UInt128,
        kind: Occupancy.Kind, expires: Int64
    ) -> [(key: CalendarKey, occupancy: Occupancy)] {
        let all = segments.enumerated().flatMap { index, segment in
            segment.taken(at: location, segment: index)
        }
        let taken = segments.count > 1 ? Taken.apart(all) : all
        return taken.map { taken in
            let occupancy = Occupancy(
                padded: taken.padded, core: taken.core, owner: owner, kind: kind,
                expiresAtMilliseconds: expires, units: taken.units, tolerance: taken.tolerance,
                session: taken.session, seats: taken.seats,
                segment: UInt8(truncatingIfNeeded: taken.segment), isBuffer: taken.isBuffer)
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
    /// The segment's index in its visit.
    var segment: Int
    /// There is nothing of the visit in it.
    var isBuffer: Bool

    /// The same minutes, each given to one segment of those that take it: to a visit before a
    /// buffer, to a visit's buffer before one that stands alone, to the earlier before the later.
    /// What is left of a buffer beyond another segment stays a buffer.
    static func apart(_ all: [Taken]) -> [Taken] {
        all.indices.flatMap { index in
            let own = all[index]
            var others: [Interval] = []
            for (number, other) in all.enumerated()
            where other.key == own.key && other.segment != own.segment
                && other.padded.overlaps(own.padded)
            {
                if other.isBuffer == own.isBuffer ? number < index : own.isBuffer {
                    others.append(other.padded)
                } else if !other.isBuffer {
                    others.append(other.core)
                }
            }
            return others.isEmpty ? [own] : own.subtracting(others)
        }
    }

    /// What is left beside others: the visit with the buffers that still touch it, and the other
    /// ends of its buffers.
    private func subtracting(_ others: [Interval]) -> [Taken] {
        var rest: [Interval] = []
        // The visit itself is nobody else's, whatever buffer lies over it.
        let taken = BlockedTime(
            others.flatMap { other in
                isBuffer
                    ? [other]
                    : [
                        Interval(other.start, min(other.end, core.start)),
                        Interval(max(other.start, core.end), other.end),
                    ].compactMap { $0 }
            })
        taken.forEachPiece(of: padded) { rest.append($0) }
        return rest.map { piece in
            var taken = self
            taken.padded = piece
            if isBuffer || !piece.contains(core) {
                taken.core = piece
                taken.isBuffer = true
                // Nobody joins the session here.
                taken.seats = .max
            }
            return taken
        }
    }
}

extension BookingSegment {
    /// It takes its provider from the first buffer to the last, exclusively, and nothing else: the
    /// usual visit.
    fileprivate var isPlain: Bool {
        providerPhases == .all && uses.isEmpty && capacity == 1
    }

    /// Several may take part in it together.
    var isSession: Bool { capacity > 1 && capacityRule == .sameStart }

    /// Names the session that several may take part in; 0 where each visit is its own.
    func session(in location: Identifier<Location>) -> UInt64 {
        isSession
            ? service.session(
                at: interval.start, minutes: Int32(clamping: interval.durationMinutes),
                in: location)
            : 0
    }

    fileprivate func taken(at location: Identifier<Location>, segment: Int) -> [Taken] {
        let session = session(in: location)
        let tolerance = capacityRule == .anyOverlap ? capacity : 1
        var all = parts(.provider(provider), providerPhases).map { part in
            Taken(
                key: .provider(provider), padded: part.padded, core: part.core, units: 1,
                tolerance: tolerance, session: session, seats: isSession ? capacity : 1,
                segment: segment,
                isBuffer: part.isBuffer)
        }
        for use in uses {
            if let extra = use.provider {
                all += parts(.provider(extra), use.phases).map { part in
                    Taken(
                        key: .provider(extra), padded: part.padded, core: part.core, units: 1,
                        tolerance: 1, session: session, seats: .max, segment: segment,
                        isBuffer: part.isBuffer)
                }
                continue
            }
            let key: CalendarKey =
                use.resource.map { .resource($0) } ?? .pool(location, use.pool)
            let pieces = parts(key, use.phases)
            all += pieces.map { part in
                Taken(
                    key: key, padded: part.padded, core: part.core, units: use.quantity,
                    tolerance: .max, session: session, seats: .max, segment: segment,
                    isBuffer: part.isBuffer)
            }
        }
        return all
    }

    /// The stretches of some phases; what is asked of a pool is kept from the first to the last.
    private func parts(
        _ key: CalendarKey, _ phases: PhaseSet
    ) -> [(padded: Interval, core: Interval, isBuffer: Bool)] {
        var parts = shape.parts(phases)
        if case .pool = key { parts = VisitPart.hull(parts) }
        return parts.compactMap { part in
            guard let padded = part.interval(ofVisitAt: interval.start) else { return nil }
            let core = padded.intersection(interval)
            return (padded, core ?? padded, core == nil)
        }
    }
}

extension VisitPart {
    /// One part from the first to the last.
    static func hull(_ parts: VisitParts) -> VisitParts {
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return parts }
        return VisitParts(
            VisitPart(offset: first.offset, length: last.offset + last.length - first.offset))
    }
}

extension Identifier<Service> {
    /// Names a session of the service: the same start and duration at one location. Never 0.
    ///
    /// The low half of the id is random, and multiplying by odd numbers keeps what differs apart,
    /// so that sessions that could meet on a calendar never share a name but by a chance of 2^-63.
    func session(
        at start: Minute, minutes: Int32, in location: Identifier<Location>
    ) -> UInt64 {
        let times =
            UInt64(UInt32(bitPattern: start.sinceEpoch)) << 32
            | UInt64(UInt32(bitPattern: minutes))
        let mixed = times &* 0x9e37_79b9_7f4a_7c15
        let place = UInt64(truncatingIfNeeded: location.value) &* 0xbf58_476d_1ce4_e5b9
        return (UInt64(truncatingIfNeeded: value) ^ place ^ mixed ^ mixed >> 29) | 1
    }
}
