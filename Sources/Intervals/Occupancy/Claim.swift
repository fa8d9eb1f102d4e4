/// What a part of a visit asks of a resource: how much of it, and with whom it could be shared.
public struct Claim: Hashable, Sendable {
    /// How much it takes.
    public var units: Int32
    /// How much the resource has; `Int32.max` where only those who share it set bounds.
    public var capacity: Int32
    /// The most that it tolerates to be taken in any of its minutes, its own units included.
    public var tolerance: Int32
    /// Which stretch of others it must stay clear of.
    public var span: Span

    /// Which stretch of an occupancy counts.
    public enum Span: Sendable {
        /// With its buffers.
        case padded
        /// Without them.
        case core
    }

    /// A claim on the whole resource, unless told otherwise.
    public init(
        units: Int32 = 1, capacity: Int32 = 1, tolerance: Int32 = 1, span: Span = .padded
    ) {
        self.units = units
        self.capacity = capacity
        self.tolerance = tolerance
        self.span = span
    }

    /// It asks for more than there is, whatever else is there.
    var isImpossible: Bool { units > min(capacity, tolerance) }

    /// Anything that is there already stands in its way.
    var isExclusive: Bool { units >= capacity || units >= tolerance }
}

extension Occupancy {
    /// Nil: nothing of it counts.
    fileprivate func stretch(_ span: Claim.Span) -> Interval? {
        span == .padded ? padded : isBuffer ? nil : core
    }
}

extension ResourceCalendar {
    /// Calls the body with each stretch of the interval in which the claim could be met, in the
    /// order of time; a stretch cannot be made longer inside the interval.
    ///
    /// For n occupancies, of which k lie in the interval: O(log n + k) for an exclusive claim on
    /// padded time, else O(log n + k²) at worst, where all k overlap.
    public func forEachFree(
        in interval: Interval, for claim: Claim, _ view: CalendarView, _ body: (Interval) -> Void
    ) {
        if claim.isImpossible { return }
        if claim.isExclusive, claim.span == .padded {
            forEachGap(in: interval, atLeast: 1, view, body)
            return
        }
        var free = interval.start
        for taken in blocked(in: interval, for: claim, view) {
            if let gap = Interval(free, min(taken.start, interval.end)) { body(gap) }
            free = max(free, taken.end)
        }
        if let rest = Interval(free, interval.end) { body(rest) }
    }

    /// Whether the claim could be met in all of the interval.
    public func isFree(_ interval: Interval, for claim: Claim, _ view: CalendarView) -> Bool {
        claim.isExclusive && !claim.isImpossible && claim.span == .padded
            ? isFree(interval, view) : blocked(in: interval, for: claim, view).isEmpty
    }

    /// Where in the interval the claim cannot be met, merged.
    public func blocked(
        in interval: Interval, for claim: Claim, _ view: CalendarView
    ) -> [Interval] {
        if claim.isImpossible { return [interval] }
        var taken: [(occupancy: Occupancy, stretch: Interval)] = []
        forEachConflict(with: interval, view) { occupancy in
            if let stretch = occupancy.stretch(claim.span), stretch.overlaps(interval) {
                taken.append((occupancy, stretch))
            }
        }
        if claim.isExclusive { return Interval.merged(taken.map(\.stretch)) }
        return crowded(taken, for: claim)
    }

    /// Where those that are there leave too little: between any two neighbouring ends of theirs the
    /// same ones are there, so that each such stretch is decided at its start.
    private func crowded(
        _ taken: [(occupancy: Occupancy, stretch: Interval)], for claim: Claim
    ) -> [Interval] {
        let edges = Set(taken.flatMap { [$0.stretch.start, $0.stretch.end] }).sorted()
        var blocked: [Interval] = []
        for (start, end) in zip(edges, edges.dropFirst()) {
            var sum = claim.units
            var most = min(claim.capacity, claim.tolerance)
            var sessions: [UInt64] = []
            for (other, stretch) in taken where stretch.contains(start) {
                most = min(most, other.tolerance)
                // Those who take part in one session take its place once.
                if other.session != 0 {
                    if sessions.contains(other.session) { continue }
                    sessions.append(other.session)
                }
                sum = sum.addingReportingOverflow(other.units).partialValue
            }
            if sum > most, let stretch = Interval(start, end) { blocked.append(stretch) }
        }
        return Interval.merged(blocked)
    }

    // MARK: Sessions

    /// The starts at which a visit that is part of a session begins to have the resource, of what
    /// lies in the interval, ascending; `name` gives the session that a visit from there would be
    /// part of.
    public func sessionStarts(
        in interval: Interval, named name: (Minute) -> UInt64, _ view: CalendarView
    ) -> [Minute] {
        var starts: Set<Minute> = []
        forEachConflict(with: interval, view) { occupancy in
            let start = occupancy.core.start
            if occupancy.hasSeats, occupancy.session == name(start) { starts.insert(start) }
        }
        return starts.sorted()
    }

    /// How many take part in a session that starts at an instant, and the most that any of them
    /// bears; `most` where there are none.
    public func seats(
        session: UInt64, start: Minute, most: Int32, _ view: CalendarView
    ) -> (taken: Int32, most: Int32) {
        var seats = (taken: Int32(0), most: most)
        guard let first = Interval(start: start, minutes: 1) else { return seats }
        forEachConflict(with: first, view) { occupancy in
            // Each one who takes part has one stretch that begins with the visit.
            guard occupancy.hasSeats, occupancy.session == session, occupancy.core.start == start
            else { return }
            seats.taken += occupancy.units
            seats.most = min(seats.most, occupancy.seats)
        }
        return seats
    }
}
