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

    /// Anything that is there already stands in its way.
    var isExclusive: Bool { units >= capacity || units >= tolerance }
}

extension Occupancy {
    fileprivate func interval(_ span: Claim.Span) -> Interval {
        span == .padded ? padded : core
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
        claim.isExclusive && claim.span == .padded
            ? isFree(interval, view) : blocked(in: interval, for: claim, view).isEmpty
    }

    /// Where in the interval the claim cannot be met, merged.
    public func blocked(
        in interval: Interval, for claim: Claim, _ view: CalendarView
    ) -> [Interval] {
        guard claim.units <= min(claim.capacity, claim.tolerance) else { return [interval] }
        var taken: [Occupancy] = []
        forEachConflict(with: interval, view) { occupancy in
            if occupancy.interval(claim.span).overlaps(interval) { taken.append(occupancy) }
        }
        if claim.isExclusive { return Interval.merged(taken.map { $0.interval(claim.span) }) }
        return crowded(taken, for: claim)
    }

    /// Where those that are there leave too little: between any two neighbouring ends of theirs the
    /// same ones are there, so that each such stretch is decided at its start.
    private func crowded(_ taken: [Occupancy], for claim: Claim) -> [Interval] {
        let edges = Set(
            taken.flatMap { [$0.interval(claim.span).start, $0.interval(claim.span).end] }
        ).sorted()
        var blocked: [Interval] = []
        for (start, end) in zip(edges, edges.dropFirst()) {
            var sum = claim.units
            var most = min(claim.capacity, claim.tolerance)
            var sessions: [Occupancy] = []
            for other in taken where other.interval(claim.span).contains(start) {
                most = min(most, other.tolerance)
                // Those who take part in one session take its place once.
                if other.session != 0 {
                    let isKnown = sessions.contains {
                        $0.session == other.session && $0.core == other.core
                    }
                    if isKnown { continue }
                    sessions.append(other)
                }
                sum = sum.addingReportingOverflow(other.units).partialValue
            }
            if sum > most, let stretch = Interval(start, end) { blocked.append(stretch) }
        }
        return Interval.merged(blocked)
    }

    // MARK: Sessions

    /// The cores of the sessions of this name that lie in the interval, in order of start.
    public func sessions(
        named session: UInt64, in interval: Interval, _ view: CalendarView
    ) -> [Interval] {
        var cores: [Interval] = []
        forEachConflict(with: interval, view) { occupancy in
            if occupancy.session == session, cores.last != occupancy.core {
                cores.append(occupancy.core)
            }
        }
        return cores
    }

    /// Whether there is a session of this name and core that one more could join, and nothing else
    /// in all of the interval.
    public func hasSeat(
        in interval: Interval, session: UInt64, core: Interval, seats: Int32, _ view: CalendarView
    ) -> Bool {
        var taken: Int32 = 0
        var most = seats
        var isAlone = true
        forEachConflict(with: interval, view) { occupancy in
            if occupancy.session == session, occupancy.core == core {
                taken += occupancy.units
                most = min(most, occupancy.seats)
            } else {
                isAlone = false
            }
        }
        return isAlone && taken > 0 && taken < most
    }
}
