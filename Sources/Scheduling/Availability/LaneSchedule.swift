internal import Intervals

/// A provider at a location.
struct Lane: Hashable, Sendable {
    var provider: Identifier<Provider>
    var location: Identifier<Location>
}

/// When a provider works at a location, worked out for a range of local dates.
///
/// Hours and time off only: what is booked stands in the provider's calendar. Immutable; a change
/// of the location or the provider makes a new one.
struct LaneSchedule: Sendable {
    /// The location's zone.
    let zone: TimeZoneRules
    /// The local dates that are worked out, as day numbers.
    let days: ClosedRange<Int32>
    /// The hours of those dates, sorted by start. Starts are offered in them.
    let windows: [DayWindow]
    /// The hours joined where they touch or overlap: a visit lies within one run.
    let runs: [Run]
    /// Time off, merged. A visit and its buffers lie outside all of it.
    let timeOff: [Interval]

    /// Hours without a break, and the windows that they were joined of.
    struct Run: Sendable {
        var interval: Interval
        var windows: Range<Int>
    }

    init(
        location: Location.Details, id: Identifier<Location>, provider: Provider.Details,
        zone: TimeZoneRules, days: ClosedRange<Int32>
    ) {
        self.zone = zone
        self.days = days
        let place = WeeklyHours(location.hours)
        let schedules = provider.schedules.filter { $0.location == id }
            .map { (schedule: $0, hours: WeeklyHours($0.hours)) }

        var windows: [DayWindow] = []
        if !schedules.isEmpty {
            for day in days {
                let date = LocalDate(dayNumber: day)
                var own: [WallRange] = []
                for (schedule, hours) in schedules
                where (schedule.effectiveStart.map { $0 <= date } ?? true)
                    && (schedule.effectiveEnd.map { date <= $0 } ?? true)
                {
                    own += hours.ranges(on: date)
                }
                if own.isEmpty { continue }
                windows += DayWindow.windows(
                    on: date, own: schedules.count == 1 ? own : WallRange.merged(own),
                    place: { place.ranges(on: $0) }, zone: zone)
            }
        }
        // Dates come in order, but an overnight window may start after the next date's first one
        // where the clock is set back across midnight.
        windows.sort { $0.interval.start < $1.interval.start }
        self.windows = windows
        runs = Self.runs(of: windows)
        timeOff = Interval.merged(
            provider.timeOff.filter { $0.location == nil || $0.location == id }
                .compactMap { off in
                    Interval(
                        zone.blockStart(of: off.startDate, minute: off.startMinute),
                        zone.blockEnd(of: off.endDate, minute: off.endMinute))
                })
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

    /// The visit lies within the provider's hours.
    func isWithinHours(_ visit: Interval) -> Bool {
        let index = firstRun(endingAfter: visit.start)
        return index < runs.count && runs[index].interval.contains(visit)
    }

    /// The first stretch of time off that the interval overlaps.
    func timeOff(overlapping interval: Interval) -> Interval? {
        timeOff.first { $0.overlaps(interval) }
    }

    /// Calls the body with each piece of the gap that no time off lies in, in order, until it
    /// returns true; returns whether it did.
    func firstPiece(of gap: Interval, where accept: (Interval) -> Bool) -> Bool {
        var start = gap.start
        for off in timeOff where off.end > start {
            guard off.start < gap.end else { break }
            if let piece = Interval(start, off.start), accept(piece) { return true }
            start = max(start, off.end)
        }
        guard let rest = Interval(start, gap.end) else { return false }
        return accept(rest)
    }
}
