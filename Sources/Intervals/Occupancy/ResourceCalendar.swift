/// Everything that occupies one exclusive resource, past and future: the slot index's first, simple
/// form, behind the questions that the gap-augmented tree of slot-index.md will answer.
///
/// Theory. Occupancies are kept in one array, ordered by start. Were they disjoint, a binary search
/// would do; but an override may lay one over another, an expired hold stays until it is swept, and
/// blocks and bookings overlap at will. Among those that start before a given minute, any may still
/// be running then, and a plain array would have to look at all of them. So each place also knows
/// which occupancy, from the front up to there, ends last. Whether anything that started earlier
/// reaches into a query is then one comparison, and a walk backwards ends as soon as nothing
/// further back reaches that far: a booking of 27 days in 1928 is never looked at for a slot in
/// 2026. The longest duration as a bound would have made every lookup look back 27 days.
///
/// Invariants:
/// 1. `occupancies` ascends strictly by start, then owner.
/// 2. `latest[i]` is the first index among those in `0...i` whose occupancy ends last.
///
/// Equal sets of occupancies make equal calendars, whatever the order in which they came: undoing
/// an insertion restores the value.
///
/// Cost, for n occupancies: `isFree` and the gaps O(log n) plus what lies in the queried interval.
/// Stepping over what the view ignores costs at most what started since that began; so does listing
/// conflicts below an overlapping one that still runs. Insertion and removal move what lies behind,
/// O(n), and O(1) at the end, where an import appends. Lookups allocate nothing.
///
/// A value without a lock: its owner is the organization's state, under the organization's lock.
public struct ResourceCalendar: Hashable, Sendable {
    /// Everything in it, by start, then owner; expired holds included.
    public private(set) var occupancies: [Occupancy]
    private var latest: [Int32]

    /// An empty calendar.
    public init() {
        occupancies = []
        latest = []
    }

    /// A calendar of many occupancies at once, in any order: a sort instead of n insertions. Of two
    /// with the same start and owner the first is kept.
    public init(_ unordered: [Occupancy]) {
        occupancies = []
        latest = []
        occupancies.reserveCapacity(unordered.count)
        for occupancy in unordered.sorted(by: { $0.precedes($1.start, $1.owner) }) {
            if let last = occupancies.last, !last.precedes(occupancy.start, occupancy.owner) {
                continue
            }
            occupancies.append(occupancy)
        }
        rebuildLatest(from: 0)
    }

    // MARK: Changing

    /// Adds an occupancy, whether or not it overlaps others: to refuse is the caller's business.
    ///
    /// False, and nothing changes, when the owner already has one with this start.
    @discardableResult
    public mutating func insert(_ occupancy: Occupancy) -> Bool {
        let index = position(start: occupancy.start, owner: occupancy.owner)
        guard !holds(occupancy.owner, occupancy.start, at: index) else { return false }
        occupancies.insert(occupancy, at: index)
        rebuildLatest(from: index)
        return true
    }

    /// Takes out the occupancy that an owner has from a start, and returns it; nil when it has
    /// none.
    @discardableResult
    public mutating func remove(owner: UInt128, start: Minute) -> Occupancy? {
        let index = position(start: start, owner: owner)
        guard holds(owner, start, at: index) else { return nil }
        let removed = occupancies.remove(at: index)
        rebuildLatest(from: index)
        return removed
    }

    // MARK: Conflicts

    /// Whether nothing that counts overlaps the interval.
    public func isFree(_ interval: Interval, _ view: CalendarView) -> Bool {
        var index = firstIndex(startingAtOrAfter: interval.end)
        while index > 0 {
            let last = occupancies[Int(latest[index - 1])]
            if last.end <= interval.start { return true }
            if view.counts(last) { return false }
            index -= 1
            let here = occupancies[index]
            if here.end > interval.start && view.counts(here) { return false }
        }
        return true
    }

    /// The earliest-starting occupancy that counts and overlaps the interval, or nil.
    public func firstConflict(with interval: Interval, _ view: CalendarView) -> Occupancy? {
        firstConflict(with: interval, view) { _ in true }
    }

    /// Everything that counts and overlaps the interval, in the order of the calendar.
    public func forEachConflict(
        with interval: Interval, _ view: CalendarView, _ body: (Occupancy) -> Void
    ) {
        _ = firstConflict(with: interval, view) {
            body($0)
            return false
        }
    }

    private func firstConflict(
        with interval: Interval, _ view: CalendarView, where accept: (Occupancy) -> Bool
    ) -> Occupancy? {
        let upper = firstIndex(startingAtOrAfter: interval.end)
        var lower = upper
        while lower > 0, occupancies[Int(latest[lower - 1])].end > interval.start { lower -= 1 }
        for index in lower..<upper {
            let occupancy = occupancies[index]
            if occupancy.end > interval.start, view.counts(occupancy), accept(occupancy) {
                return occupancy
            }
        }
        return nil
    }

    // MARK: Gaps

    /// The first gap of at least so many minutes that satisfies a predicate, or nil.
    ///
    /// A gap is a free stretch that cannot be made longer, cut to the queried interval. They are
    /// asked in the order of time.
    public func firstGap(
        in interval: Interval, atLeast minutes: Int, _ view: CalendarView,
        where accept: (Interval) -> Bool = { _ in true }
    ) -> Interval? {
        var index = firstIndex(startingAtOrAfter: interval.start)
        var freeFrom = end(ofWhatRunsAt: interval.start, before: index, view)
        while index < occupancies.count, occupancies[index].start < interval.end {
            let occupancy = occupancies[index]
            index += 1
            guard view.counts(occupancy) else { continue }
            if let gap = Interval(freeFrom, occupancy.start), gap.durationMinutes >= minutes,
                accept(gap)
            {
                return gap
            }
            freeFrom = max(freeFrom, occupancy.end)
        }
        guard let rest = Interval(freeFrom, interval.end), rest.durationMinutes >= minutes,
            accept(rest)
        else { return nil }
        return rest
    }

    /// Every gap of at least so many minutes, in the order of time; see `firstGap`.
    public func forEachGap(
        in interval: Interval, atLeast minutes: Int, _ view: CalendarView,
        _ body: (Interval) -> Void
    ) {
        _ = firstGap(in: interval, atLeast: minutes, view) {
            body($0)
            return false
        }
    }

    /// When the resource comes free of what started before an instant: the last end of those that
    /// count among the first `upper`, but not before the instant itself.
    private func end(
        ofWhatRunsAt instant: Minute, before upper: Int, _ view: CalendarView
    ) -> Minute {
        var free = instant
        var index = upper
        while index > 0 {
            let last = occupancies[Int(latest[index - 1])]
            if last.end <= free { break }
            if view.counts(last) { return last.end }
            index -= 1
            if view.counts(occupancies[index]) { free = max(free, occupancies[index].end) }
        }
        return free
    }

    // MARK: The order

    /// The first index whose occupancy does not start before an instant.
    private func firstIndex(startingAtOrAfter instant: Minute) -> Int {
        position(start: instant, owner: 0)
    }

    /// The first index whose occupancy does not precede a start and an owner.
    private func position(start: Minute, owner: UInt128) -> Int {
        var low = 0
        var high = occupancies.count
        while low < high {
            let middle = (low + high) / 2
            if occupancies[middle].precedes(start, owner) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private func holds(_ owner: UInt128, _ start: Minute, at index: Int) -> Bool {
        index < occupancies.count && occupancies[index].start == start
            && occupancies[index].owner == owner
    }

    /// Restores invariant 2 from a changed index to the end.
    private mutating func rebuildLatest(from changed: Int) {
        latest.removeLast(max(0, latest.count - changed))
        for index in changed..<occupancies.count {
            let before = index == 0 ? 0 : latest[index - 1]
            let reachesFurther = occupancies[index].end > occupancies[Int(before)].end
            latest.append(reachesFurther ? Int32(index) : before)
        }
    }

    /// Whether both invariants hold: for tests, and for the check after recovery. Costs O(n).
    public func isSound() -> Bool {
        guard latest.count == occupancies.count else { return false }
        var expected = 0
        for (index, occupancy) in occupancies.enumerated() {
            if index > 0,
                !occupancies[index - 1].precedes(occupancy.start, occupancy.owner)
            {
                return false
            }
            if occupancy.end > occupancies[expected].end { expected = index }
            if latest[index] != Int32(expected) { return false }
        }
        return true
    }
}
