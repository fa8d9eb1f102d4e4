import Intervals

@testable import Scheduling

/// What the wall clock of a place shows at each minute: availability.md 4, by looking.
struct WallClock {
    let zone: MinuteOracle.Zone
    /// The instants looked at.
    let range: Range<Int>
    private let wall: [Int]
    private let firstInstant: [Int: Int]
    private let lastInstant: [Int: Int]

    init(_ zone: MinuteOracle.Zone, _ range: Range<Int>) {
        self.zone = zone
        self.range = range
        wall = range.map { $0 + zone.offset(at: $0) }
        firstInstant = Dictionary(zip(wall, range)) { first, _ in first }
        lastInstant = Dictionary(zip(wall, range)) { _, last in last }
    }

    /// Minutes that the clock shows, counted from 1970 on the dial.
    func reading(at instant: Int) -> Int { instant + zone.offset(at: instant) }

    /// The number of the local date.
    func date(at instant: Int) -> Int { reading(at: instant) / 1440 }

    /// The first instant at which the clock shows a time, or has passed it over.
    func first(_ time: Int) -> Int {
        firstInstant[time] ?? wall.firstIndex { $0 >= time }.map { range.lowerBound + $0 }
            ?? range.upperBound
    }

    /// The last instant at which the clock shows a time, or has passed it over.
    func last(_ time: Int) -> Int { lastInstant[time] ?? first(time) }

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
