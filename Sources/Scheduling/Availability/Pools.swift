internal import Intervals

/// A location's pool as a joint resource: its members, what is taken of it openly, and what is
/// taken of its members by name.
///
/// Which member a visit gets stays open until the patient is here, so the pool can take a visit
/// when the visits that are there and the new one can all be given a member for all of their time.
/// Where no member is out, closed or taken by name in reach, counting decides it: visits are
/// intervals, and as many members as the most visits at a time always suffice. Elsewhere an
/// assignment is looked for, exactly; between two ends of what is there the answer is the same, so
/// each stretch of starts is decided once.
struct Pool {
    /// A place: one unit of a member, and when it cannot be had.
    private struct Place {
        var taken: [Interval]
    }

    private let open: ResourceCalendar
    private let view: CalendarView
    private let members: [(units: Int32, blocked: (Interval) -> [Interval])]

    /// `blocked` tells when a member cannot be had inside an interval, merged.
    init(
        open: ResourceCalendar, view: CalendarView,
        members: [(units: Int32, blocked: (Interval) -> [Interval])]
    ) {
        self.open = open
        self.view = view
        self.members = members
    }

    /// The starts at which a part could have so many places.
    func starts(_ part: VisitPart, quantity: Int32, in window: StartWindow) -> StartRanges {
        var starts = StartRanges()
        guard let reach = window.reach(part) else { return starts }
        let hull = cluster(around: reach)
        let blocked = members.map { $0.blocked(hull) }
        let places = zip(members, blocked)
            .filter { $0.1.first.map { !$0.contains(hull) } ?? true }
        let units = places.reduce(Int32(0)) { $0.addingReportingOverflow($1.0.units).partialValue }
        let claim = Claim(units: quantity, capacity: units, tolerance: .max)
        open.forEachFree(in: reach, for: claim, view) {
            starts.append(within: $0, offset: part.offset, length: part.length)
        }
        if places.allSatisfy({ $0.1.isEmpty }) { return starts }
        return exact(starts, part, quantity, among: places.map { ($0.0.units, $0.1) })
    }

    /// Whether what is taken openly around an interval can be had without a member in it.
    func isFeasible(without blocked: Interval, of member: Int) -> Bool {
        let hull = cluster(around: blocked)
        let places = members.enumerated().map { index, member in
            (member.units, member.blocked(hull))
        }
        var rest = places
        rest[member].1 = Interval.merged(rest[member].1 + [blocked])
        return Assignment(places: rest, taken(in: hull)).isPossible()
    }

    /// Whether anything is taken openly in an interval.
    func isTaken(in interval: Interval) -> Bool { !open.isFree(interval, view) }

    /// The interval with everything that touches it through others.
    private func cluster(around interval: Interval) -> Interval {
        var hull = interval
        while true {
            var next = hull
            open.forEachConflict(with: hull, view) { occupancy in
                next =
                    Interval(min(next.start, occupancy.start), max(next.end, occupancy.end)) ?? next
            }
            if next == hull { return hull }
            hull = next
        }
    }

    private func taken(in hull: Interval) -> [Assignment.Visit] {
        var visits: [Assignment.Visit] = []
        open.forEachConflict(with: hull, view) { occupancy in
            // Those who take part in one session share its places.
            let isKnown =
                occupancy.session != 0
                && visits.contains {
                    $0.session == occupancy.session && $0.interval == occupancy.padded
                }
            if isKnown { return }
            for _ in 0..<occupancy.units {
                visits.append(
                    Assignment.Visit(interval: occupancy.padded, session: occupancy.session))
            }
        }
        return visits
    }

    private func exact(
        _ starts: StartRanges, _ part: VisitPart, _ quantity: Int32,
        among places: [(units: Int32, blocked: [Interval])]
    ) -> StartRanges {
        var result = StartRanges()
        for range in starts.ranges {
            guard
                let reach = StartWindow(from: range.first, to: range.last.clampedAdding(minutes: 1))
                    .reach(part)
            else { continue }
            let hull = cluster(around: reach)
            let others = taken(in: hull)
            // The answer changes only where an end of the part passes an end of what is there.
            var edges: Set<Minute> = [range.first]
            for interval in others.map(\.interval) + places.flatMap(\.blocked) {
                for end in [interval.start, interval.end] {
                    for offset in [part.offset, part.offset + part.length] {
                        for step: Int32 in 0...1 {
                            let edge = end.clampedAdding(minutes: step - offset)
                            if range.first <= edge, edge <= range.last { edges.insert(edge) }
                        }
                    }
                }
            }
            let sorted = edges.sorted()
            for (index, edge) in sorted.enumerated() {
                let last =
                    index + 1 < sorted.count
                    ? sorted[index + 1].clampedAdding(minutes: -1) : range.last
                guard let interval = part.interval(ofVisitAt: edge) else { continue }
                let visit = Assignment.Visit(interval: interval, session: 0)
                let wanted = Array(repeating: visit, count: Int(quantity))
                let all = Assignment(places: places, others + wanted)
                if all.isPossible(), let range = StartRanges.Range(edge, last) {
                    result.append(range)
                }
            }
        }
        return result
    }
}

/// Visits that each want one of several places for all of their time.
struct Assignment {
    struct Visit {
        var interval: Interval
        var session: UInt64
    }

    private let places: [[Interval]]
    private let visits: [Interval]

    /// Nodes of the search before it gives up and says no: what is then refused could perhaps have
    /// been had, but nothing is promised that could not.
    private static var effort: Int { 20_000 }

    init(places: [(units: Int32, blocked: [Interval])], _ visits: [Visit]) {
        self.places = places.flatMap { place in
            Array(repeating: place.blocked, count: Int(place.units))
        }
        self.visits = visits.map(\.interval).sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    /// Whether all visits can have a place.
    func isPossible() -> Bool { assign() != nil }

    /// A place for each visit in order of start, as indexes; nil when there is no way.
    private func assign() -> [Int]? {
        var chosen: [Int] = []
        var effort = Self.effort
        return assign(&chosen, &effort) ? chosen : nil
    }

    private func assign(_ chosen: inout [Int], _ effort: inout Int) -> Bool {
        guard chosen.count < visits.count else { return true }
        guard effort > 0 else { return false }
        effort -= 1
        let visit = visits[chosen.count]
        var tried: [[Interval]] = []
        for (index, blocked) in places.enumerated() {
            let isTaken = chosen.indices.contains {
                chosen[$0] == index && visits[$0].overlaps(visit)
            }
            if isTaken || blocked.contains(where: { $0.overlaps(visit) }) { continue }
            // Of places that are alike from here on, one try is enough.
            let rest =
                blocked.filter { $0.end > visit.start }
                + chosen.indices.filter { chosen[$0] == index && visits[$0].end > visit.start }
                .map { visits[$0] }
            if tried.contains(rest) { continue }
            tried.append(rest)
            chosen.append(index)
            if assign(&chosen, &effort) { return true }
            chosen.removeLast()
        }
        return false
    }
}
