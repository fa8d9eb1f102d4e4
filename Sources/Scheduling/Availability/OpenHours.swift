internal import Intervals

/// Hours as instants, worked out for a range of local dates: a location's, a provider's at a
/// location, or a room's.
struct OpenHours: Sendable {
    let zone: TimeZoneRules
    /// The local dates that are worked out, as day numbers.
    let days: ClosedRange<Int32>
    /// The hours of those dates, sorted by start. Starts are offered in them.
    let windows: [DayWindow]
    /// The hours joined where they touch or overlap: a visit lies within one run.
    let runs: [Run]

    /// Hours without a break, and the windows that they were joined of.
    struct Run: Sendable {
        var interval: Interval
        var windows: Range<Int>
    }

    /// The windows of each date, in any order.
    init(zone: TimeZoneRules, days: ClosedRange<Int32>, windowsOn: (LocalDate) -> [DayWindow]) {
        self.zone = zone
        self.days = days
        var windows: [DayWindow] = []
        for day in days { windows += windowsOn(LocalDate(dayNumber: day)) }
        // Dates come in order, but an overnight window may start after the next date's first one
        // where the clock is set back across midnight.
        windows.sort { $0.interval.start < $1.interval.start }
        self.windows = windows
        runs = Self.runs(of: windows)
    }

    private static func runs(of windows: [DayWindow]) -> [Run] {
        var runs: [Run] = []
        for (index, window) in windows.enumerated() {
            if let last = runs.last, window.interval.start <= last.interval.end,
                let joined = Interval(
                    last.interval.start, max(last.interval.end, window.interval.end))
            {
                runs[runs.count - 1] = Run(
                    interval: joined, windows: last.windows.lowerBound..<index + 1)
            } else {
                runs.append(Run(interval: window.interval, windows: index..<index + 1))
            }
        }
        return runs
    }

    /// The first run that ends after an instant; `runs.count` when none does.
    func firstRun(endingAfter instant: Minute) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].interval.end <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The interval lies within hours.
    func contain(_ interval: Interval) -> Bool {
        let index = firstRun(endingAfter: interval.start)
        return index < runs.count && runs[index].interval.contains(interval)
    }

    /// The starts in `[from, to)` whose part lies within hours.
    func starts(_ part: VisitPart, from: Minute, to: Minute) -> StartRanges {
        var starts = StartRanges()
        var index = firstRun(endingAfter: from.clampedAdding(minutes: part.offset))
        let end = to.clampedAdding(minutes: part.offset)
        while index < runs.count, runs[index].interval.start < end {
            let run = runs[index].interval
            index += 1
            let first = max(from, run.start.clampedAdding(minutes: -part.offset))
            let last = min(
                to.clampedAdding(minutes: -1),
                run.end.clampedAdding(minutes: -part.offset - part.length))
            if let range = StartRanges.Range(first, last) { starts.append(range) }
        }
        return starts
    }
}

extension Interval {
    /// A closure or the like as instants, by the wide rule of availability.md 4.
    init?(_ closure: Closure, zone: TimeZoneRules) {
        self.init(
            zone.blockStart(of: closure.startDate, minute: closure.startMinute),
            zone.blockEnd(of: closure.endDate, minute: closure.endMinute))
    }
}

/// Stretches in which nothing can be, merged.
struct BlockedTime: Sendable {
    let intervals: [Interval]

    init(_ intervals: [Interval] = []) {
        self.intervals = Interval.merged(intervals)
    }

    /// Calls the body with each piece of the gap that is not blocked, in order. Costs a binary
    /// search and the blocks in the gap.
    func forEachPiece(of gap: Interval, _ body: (Interval) -> Void) {
        var start = gap.start
        var index = firstIndex(endingAfter: gap.start)
        while index < intervals.count, intervals[index].start < gap.end {
            if let piece = Interval(start, intervals[index].start) { body(piece) }
            start = intervals[index].end
            index += 1
        }
        if let rest = Interval(start, gap.end) { body(rest) }
    }

    /// Some of the interval is blocked.
    func overlaps(_ interval: Interval) -> Bool {
        let index = firstIndex(endingAfter: interval.start)
        return index < intervals.count && intervals[index].start < interval.end
    }

    private func firstIndex(endingAfter instant: Minute) -> Int {
        var low = 0
        var high = intervals.count
        while low < high {
            let middle = (low + high) / 2
            if intervals[middle].end <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
