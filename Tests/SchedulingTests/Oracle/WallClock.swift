import Intervals

@testable import Scheduling

/// What the wall clock of a place shows at each minute: availability.md 4, by looking.
struct WallClock {
    let zone: MinuteOracle.Zone
    /// The instants looked at.
    let range: Range<Int>
    private let wall: [Int]
    private let earliest: Int
    /// For each time from the earliest on that the clock shows: the first and the last instant that
    /// it does so; of a time that it passes over, those of the next one that it shows.
    private let instants: [(first: Int, last: Int)]

    init(_ zone: MinuteOracle.Zone, _ range: Range<Int>) {
        self.zone = zone
        self.range = range
        wall = range.map { $0 + zone.offset(at: $0) }
        earliest = wall.min() ?? 0
        let count = (wall.max() ?? 0) - earliest + 1
        var instants = [(first: Int, last: Int)?](repeating: nil, count: count)
        for (time, instant) in zip(wall, range) {
            instants[time - earliest] = (instants[time - earliest]?.first ?? instant, instant)
        }
        var next = (first: range.upperBound, last: range.upperBound)
        var filled: [(first: Int, last: Int)] = []
        for shown in instants.reversed() {
            // Passed over: it is reached with what is shown next, for the first time.
            next = shown ?? (next.first, next.first)
            filled.append(next)
        }
        self.instants = filled.reversed()
    }

    /// Minutes that the clock shows, counted from 1970 on the dial.
    func reading(at instant: Int) -> Int {
        range.contains(instant)
            ? wall[instant - range.lowerBound] : instant + zone.offset(at: instant)
    }

    /// The number of the local date.
    func date(at instant: Int) -> Int { reading(at: instant) / 1440 }

    /// The first instant at which the clock shows a time, or has passed it over.
    func first(_ time: Int) -> Int {
        if time < earliest { return range.lowerBound }
        return time - earliest < instants.count ? instants[time - earliest].first : range.upperBound
    }

    /// The last instant at which the clock shows a time, or has passed it over.
    func last(_ time: Int) -> Int {
        guard time >= earliest, time - earliest < instants.count else { return first(time) }
        return instants[time - earliest].last
    }

    /// The local dates of the range, and two more at each end.
    var dates: ClosedRange<Int> {
        (wall[0] / 1440 - 2)...(wall[wall.count - 1] / 1440 + 2)
    }

    /// The instants of local time that is blocked: from the first occurrence of its start to the
    /// last of its end.
    func blocked(
        _ startDate: LocalDate, _ startMinute: Int32, _ endDate: LocalDate, _ endMinute: Int32
    ) -> Range<Int> {
        let start = first(Int(startDate.dayNumber) * 1440 + Int(startMinute))
        let end = last(Int(endDate.dayNumber) * 1440 + Int(endMinute))
        return start..<max(start, end)
    }

    func blocked(_ closure: Closure) -> Range<Int> {
        blocked(closure.startDate, closure.startMinute, closure.endDate, closure.endMinute)
    }
}
