internal import Intervals

// Bookings for which too few rooms or devices are left: of a pool that shrank, by outages, shorter
// hours or archiving, or of a resource with fewer units than it had.
//
// Which room a visit of a pool gets is open, so no outage points at one booking. Those that touch
// each other are given places in the order in which they were booked, and whoever finds none is the
// one that must be told. Buffers count against visits alone, since neighbors may have shared them.

/// A visit that wants a place of some resources for all of its time.
private struct PlacedVisit {
    /// Names the booking that has it first.
    var owner: UInt128
    /// Those of one session, who share a place.
    var owners: Set<UInt128>
    var core: Interval
    var padded: Interval
    var session: UInt64
    var units: Int32
    /// The resources that would do, as indexes.
    var suitable: [Int]

    func meets(_ other: PlacedVisit) -> Bool {
        core.overlaps(other.padded) || padded.overlaps(other.core)
    }
}

extension Organization {
    /// Whether a booking finds no place among what is left of the rooms and devices that a segment
    /// takes. Cheap where places are not scarce.
    func lacksResources(
        _ segment: BookingSegment, of booking: Booking, at location: Location
    ) -> Bool {
        segment.uses.contains { use in
            guard use.provider == nil else { return false }
            var pool = use.pool
            if let id = use.resource { pool = resources[id]?.details.pool ?? "" }
            let members = pool.isEmpty ? [] : members(of: pool, at: location)
            let named = use.resource.flatMap { resources[$0] }.map { [$0] } ?? []
            let places = PoolPlaces(
                organization: self, location: location, pool: pool,
                members: members.isEmpty ? named : members)
            return places.lacksPlace(for: booking.id.value, around: segment.padded)
        }
    }

    private func members(of pool: String, at location: Location) -> [Resource] {
        (poolMembers[.pool(location.id, pool)] ?? []).compactMap { resources[$0] }
            .filter { !$0.details.isArchived }
    }
}

/// The places of a pool, or of one resource, and who wants them.
private struct PoolPlaces {
    let organization: Organization
    let location: Location
    let pool: String
    let members: [Resource]

    private var view: CalendarView { CalendarView(nowMilliseconds: .min).only(.booking) }

    func lacksPlace(for owner: UInt128, around interval: Interval) -> Bool {
        let near = visits(in: interval)
        let own = near.filter { $0.owners.contains(owner) }
        if own.isEmpty { return false }
        if own.allSatisfy({ isEasy($0, among: near) }) { return false }
        var placed: [PlacedVisit] = []
        let inOrder = visits(touching: interval)
            .sorted { ($0.owner, $0.core.start) < ($1.owner, $1.core.start) }
        for visit in inOrder where visit.owner <= owner {
            if Self.fit(placed + [visit], units: members.map(\.details.units)) {
                placed.append(visit)
            } else if visit.owners.contains(owner) {
                return true
            }
        }
        return false
    }

    /// Even if everyone else took what it could have, something would be left.
    private func isEasy(_ visit: PlacedVisit, among near: [PlacedVisit]) -> Bool {
        let left = visit.suitable.reduce(Int64(0)) { $0 + Int64(members[$1].details.units) }
        let others = near.reduce(Int64(0)) { sum, other in
            sum + (other.owner != visit.owner && other.meets(visit) ? Int64(other.units) : 0)
        }
        return left >= others + Int64(visit.units)
    }

    /// The visits in an interval with everything that touches them through others.
    private func visits(touching interval: Interval) -> [PlacedVisit] {
        var hull = interval
        while true {
            let found = visits(in: hull)
            let next = found.reduce(hull) {
                Interval(min($0.start, $1.padded.start), max($0.end, $1.padded.end)) ?? $0
            }
            if next == hull { return found }
            hull = next
        }
    }

    private func visits(in interval: Interval) -> [PlacedVisit] {
        var visits: [PlacedVisit] = []
        func add(_ occupancy: Occupancy, _ suitable: (Interval) -> [Int]) {
            let known =
                occupancy.session == 0
                ? nil
                : visits.firstIndex {
                    $0.session == occupancy.session && $0.core == occupancy.core
                }
            if let known {
                visits[known].owner = min(visits[known].owner, occupancy.owner)
                visits[known].owners.insert(occupancy.owner)
                return
            }
            visits.append(
                PlacedVisit(
                    owner: occupancy.owner, owners: [occupancy.owner], core: occupancy.core,
                    padded: occupancy.padded,
                    session: occupancy.session, units: occupancy.units,
                    suitable: suitable(occupancy.core)))
        }
        if !pool.isEmpty {
            organization.calendar(.pool(location.id, pool))
                .forEachConflict(with: interval, view) { occupancy in
                    add(occupancy) { core in members.indices.filter { isIn(members[$0], core) } }
                }
        }
        for (index, member) in members.enumerated() {
            // Whoever takes one by name is judged by its own outages elsewhere.
            organization.calendar(.resource(member.id)).forEachConflict(with: interval, view) {
                add($0) { _ in [index] }
            }
        }
        return visits
    }

    /// The member can be used throughout an interval.
    private func isIn(_ member: Resource, _ interval: Interval) -> Bool {
        let schedule = organization.schedules.schedule(
            of: member, at: location, from: interval.start, to: interval.end)
        guard let schedule else { return false }
        return !schedule.outages.overlaps(interval) && schedule.hours?.contain(interval) ?? true
    }

    /// Places tried before the search gives up and says that all find one: nobody is told of a
    /// shortage that there may not be.
    private static let effort = 20_000

    /// Whether all visits can have places at the same time.
    private static func fit(_ visits: [PlacedVisit], units: [Int32]) -> Bool {
        let sorted = visits.sorted { ($0.core.start, $0.owner) < ($1.core.start, $1.owner) }
        // Of a visit of several units each unit may lie in another member.
        let wanted = sorted.flatMap { Array(repeating: $0, count: Int(max(1, $0.units))) }
        var chosen: [Int] = []
        var next: [Int] = [0]
        var effort = effort
        while chosen.count < wanted.count {
            effort -= 1
            if effort < 0 { return true }
            let visit = wanted[chosen.count]
            let from = next[chosen.count]
            let place = visit.suitable.indices.dropFirst(from).first { candidate in
                let member = visit.suitable[candidate]
                let there = chosen.indices.count {
                    chosen[$0] == member && wanted[$0].meets(visit)
                }
                return there < Int(units[member])
            }
            if let place {
                next[chosen.count] = place + 1
                chosen.append(visit.suitable[place])
                next.append(0)
            } else {
                next.removeLast()
                guard chosen.popLast() != nil else { return false }
            }
        }
        return true
    }
}
