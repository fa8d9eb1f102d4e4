/// Where in a window a booking may start: every `step` minutes, counted from an anchor.
///
/// The grid is one of wall times. A start on it exists as often as the clock shows it: not at all
/// in a gap, twice where the clock is set back, and both instants are starts. It does not depend on
/// what is booked, nor on how long a booking takes; with `Anchor.instant` the caller makes it
/// depend on a gap.
public struct StartGrid: Hashable, Sendable {
    /// What the steps are counted from.
    public enum Anchor: Hashable, Sendable {
        /// Local midnight of the window's date, going on past the next midnight in an overnight
        /// window: with a step of 50 minutes 23:20 is followed by 24:10, not by 00:00.
        case clock
        /// The wall time at which the window starts.
        case window
        /// An instant, such as the first possible start in a free gap; counted in elapsed minutes.
        case instant(Minute)
    }

    /// Minutes from one start to the next, 1...1440.
    public let step: Int32
    /// Minutes that the whole grid is moved by, -1440...1440; only its remainder by `step` matters.
    public let offset: Int32
    /// What the steps are counted from.
    public let anchor: Anchor

    /// Nil when step or offset is out of range.
    public init?(step: Int32, offset: Int32 = 0, anchor: Anchor = .clock) {
        guard (1...1440).contains(step), (-1440...1440).contains(offset) else { return nil }
        self.step = step
        self.offset = offset
        self.anchor = anchor
    }

    /// The first element that satisfies `accept` of the minutes `low...high` that lie on the grid
    /// when both are moved by `shift` and the grid passes through `origin`.
    fileprivate func first(
        low: Int64, high: Int64, shift: Int64, origin: Int64, where accept: (Minute) -> Bool
    ) -> Minute? {
        let step = Int64(step)
        var candidate =
            low + (origin + Int64(offset) - low - shift).flooredRemainder(by: step)
        while candidate <= high {
            let start = Minute(clamping: candidate)
            if accept(start) { return start }
            candidate += step
        }
        return nil
    }
}

extension DayWindow {
    /// The first start of the window in `lo...hi` that satisfies a predicate, or nil.
    ///
    /// Asks in the order of time and stops at the first yes, so a predicate that collects and says
    /// no until it has enough lists one page. Constant cost besides, and no allocation: in a
    /// uniform window a start follows from the last by an addition; elsewhere each stretch between
    /// two transitions is such a window.
    public func firstStart(
        on grid: StartGrid, from lo: Minute, through hi: Minute, zone: TimeZoneRules,
        where accept: (Minute) -> Bool = { _ in true }
    ) -> Minute? {
        let low = Int64(max(lo, interval.start).sinceEpoch)
        let high = min(Int64(hi.sinceEpoch), Int64(interval.end.sinceEpoch) - 1)
        guard low <= high else { return nil }
        let origin: Int64
        switch grid.anchor {
        case .clock: origin = 0
        case .window: origin = Int64(startMinute)
        case .instant(let anchor):
            return grid.first(
                low: low, high: high, shift: 0, origin: Int64(anchor.sinceEpoch), where: accept)
        }
        if isUniform {
            let shift = Int64(startMinute) - Int64(interval.start.sinceEpoch)
            return grid.first(low: low, high: high, shift: shift, origin: origin, where: accept)
        }

        var stretch = low
        while stretch <= high {
            let instant = Minute(clamping: stretch)
            let shift = Int64(zone.offsetMinutes(at: instant)) - date.midnightWallMinutes
            let next = zone.nextTransition(after: instant).map { Int64($0.sinceEpoch) } ?? .max
            // Where the clock was set back it may show times outside the window's own.
            let start = grid.first(
                low: max(stretch, Int64(startMinute) - shift),
                high: min(high, next - 1, Int64(endMinute) - 1 - shift),
                shift: shift, origin: origin, where: accept)
            if let start { return start }
            stretch = next
        }
        return nil
    }

    /// Every start of the window in `lo...hi`, in the order of time.
    public func forEachStart(
        on grid: StartGrid, from lo: Minute, through hi: Minute, zone: TimeZoneRules,
        _ body: (Minute) -> Void
    ) {
        _ = firstStart(on: grid, from: lo, through: hi, zone: zone) {
            body($0)
            return false
        }
    }

    /// As the method of one window, for a list of them sorted by start. Costs a binary search to
    /// those that may reach into `lo...hi`.
    ///
    /// An overnight window may overlap the next date's. A start on both grids counts once, and the
    /// order of time is kept across the two.
    public static func firstStart(
        in windows: ArraySlice<DayWindow>, on grid: StartGrid, from lo: Minute, through hi: Minute,
        zone: TimeZoneRules, where accept: (Minute) -> Bool = { _ in true }
    ) -> Minute? {
        var index = firstIndex(in: windows, thatMayReach: lo)
        while index < windows.endIndex, windows[index].interval.start <= hi {
            var end = windows[index].interval.end
            var next = index + 1
            while next < windows.endIndex, windows[next].interval.start < end {
                end = max(end, windows[next].interval.end)
                next += 1
            }
            let start =
                next == index + 1
                ? windows[index].firstStart(
                    on: grid, from: lo, through: hi, zone: zone, where: accept)
                : firstStart(
                    inOverlapping: windows[index..<next], on: grid, from: lo, through: hi,
                    zone: zone, where: accept)
            if let start { return start }
            index = next
        }
        return nil
    }

    /// An index before which every window has ended by an instant: no window is longer than twice
    /// the reach of a wall time, and a day more for what a transition may add.
    private static func firstIndex(
        in windows: ArraySlice<DayWindow>, thatMayReach instant: Minute
    ) -> Int {
        let earliest = instant.clampedAdding(minutes: -(2 * WallRange.reach + 1440))
        var low = windows.startIndex
        var high = windows.endIndex
        while low < high {
            let middle = (low + high) / 2
            if windows[middle].interval.start < earliest { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func firstStart(
        inOverlapping windows: ArraySlice<DayWindow>, on grid: StartGrid, from lo: Minute,
        through hi: Minute, zone: TimeZoneRules, where accept: (Minute) -> Bool
    ) -> Minute? {
        var from = lo
        while true {
            var earliest: Minute?
            for window in windows {
                let start = window.firstStart(on: grid, from: from, through: hi, zone: zone)
                if let start { earliest = min(earliest ?? start, start) }
            }
            guard let start = earliest else { return nil }
            if accept(start) { return start }
            guard let next = start.adding(minutes: 1) else { return nil }
            from = next
        }
    }
}
