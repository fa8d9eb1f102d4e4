/// A stretch of one date in which bookings may start: wall times, and the instants they are in a
/// zone.
public struct DayWindow: Hashable, Sendable {
    /// The date on which the window starts, whose midnight its minutes and its grid are counted
    /// from.
    public let date: LocalDate
    /// The wall times; the end may lie past 1440.
    public let range: WallRange
    /// The instants, by the narrow rule of `TimeZoneRules.window`.
    public let interval: Interval
    /// Whether the wall clock runs evenly through the whole window, so that the instant of a wall
    /// minute is `interval.start` plus the minutes since `range.startMinute`.
    public let isUniform: Bool

    /// The wall minute at which the window starts.
    public var startMinute: Int32 { range.startMinute }
    /// The wall minute at which it ends; greater than the start.
    public var endMinute: Int32 { range.endMinute }

    /// Nil when the zone's clock skips all of it on that date.
    public init?(date: LocalDate, range: WallRange, zone: TimeZoneRules) {
        guard
            let interval = zone.window(on: date, from: range.startMinute, to: range.endMinute)
        else { return nil }
        self.date = date
        self.range = range
        self.interval = interval
        // A start that was clamped out of a gap is not at its wall minute, hence the first test.
        let midnight = date.midnightWallMinutes
        isUniform =
            zone.wallMinutes(at: interval.start) == midnight + Int64(range.startMinute)
            && interval.durationMinutes == Int(range.endMinute - range.startMinute)
            && !zone.hasTransition(in: interval)
    }

    /// The windows of one date: a provider's own hours, as far as the place is open.
    ///
    /// `own` are the hours that start on the date and decide whose window it is; `place` gives the
    /// hours that start on a date for whatever encloses them. The place's hours are joined along
    /// the dial from the day before to the day after, so that 22:00 to 02:00 passes midnight at a
    /// place that is open to 24:00 and again from 00:00, or from the evening before.
    ///
    /// Both are merged lists; so is the result.
    public static func windows(
        on date: LocalDate, own: [WallRange], place: (LocalDate) -> [WallRange], zone: TimeZoneRules
    ) -> [DayWindow] {
        guard !own.isEmpty else { return [] }
        var open: [WallRange] = []
        for day: Int32 in -1...1 {
            open += place(date.adding(days: day)).compactMap { $0.shifted(minutes: day * 1440) }
        }
        return WallRange.intersection(own, WallRange.merged(open)).compactMap {
            DayWindow(date: date, range: $0, zone: zone)
        }
    }

    /// The windows of one date for hours that nothing encloses.
    public static func windows(
        on date: LocalDate, own: [WallRange], zone: TimeZoneRules
    ) -> [DayWindow] {
        own.compactMap { DayWindow(date: date, range: $0, zone: zone) }
    }
}
