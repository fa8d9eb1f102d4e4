/// One stretch of a weekly schedule: a weekday and two wall times.
public struct WeeklyInterval: Hashable, Sendable {
    /// The ISO weekday on which it starts, Monday 1 to Sunday 7. It belongs to that day, even where
    /// it runs into the next.
    public let weekday: Int
    /// The wall times, normalized so that the end follows the start: 22:00 to 06:00 is 1320..<1800.
    public let range: WallRange

    /// Nil for a weekday outside 1...7, a start outside 0...1439 or an end outside 0...2880.
    ///
    /// An end beyond 1440 lies on the next day, and so does one that is not after the start: 22:00
    /// to 06:00 lasts eight hours, 00:00 to 00:00 the whole day.
    public init?(weekday: Int, startMinute: Int32, endMinute: Int32) {
        guard (1...7).contains(weekday), (0...1439).contains(startMinute),
            (0...2880).contains(endMinute),
            let range = WallRange(
                startMinute, endMinute <= startMinute ? endMinute + 1440 : endMinute)
        else { return nil }
        self.weekday = weekday
        self.range = range
    }

    /// The wall time at which it starts, 0...1439.
    public var startMinute: Int32 { range.startMinute }
    /// The wall time at which it ends, counted from the midnight before its start; up to 2880.
    public var endMinute: Int32 { range.endMinute }
}

/// A weekly schedule, ready to be asked by date.
public struct WeeklyHours: Hashable, Sendable {
    /// Merged ranges, Monday's first.
    private let days: [[WallRange]]

    /// Intervals of one weekday may overlap and come in any order.
    public init(_ intervals: [WeeklyInterval]) {
        days = (1...7).map { weekday in
            WallRange.merged(intervals.filter { $0.weekday == weekday }.map(\.range))
        }
    }

    /// Never open.
    public static let closed = WeeklyHours([])

    /// What starts on a date, merged. Constant cost, no allocation.
    public func ranges(on date: LocalDate) -> [WallRange] {
        days[date.weekday - 1]
    }
}
