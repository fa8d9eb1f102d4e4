internal import Intervals

/// Weekly hours with the dates that differ: what is asked for the hours of a date.
struct DatedHours {
    private let week: WeeklyHours
    private let days: [LocalDate: [WallRange]]

    init(week: [WeeklyInterval], days: [DayHours] = []) {
        self.week = WeeklyHours(week)
        self.days = Dictionary(
            days.map { ($0.date, WallRange.merged($0.hours)) }, uniquingKeysWith: { $1 })
    }

    /// The hours that start on a date, merged. A date of its own replaces the week's hours, and one
    /// without hours is closed.
    func ranges(on date: LocalDate) -> [WallRange] {
        days.isEmpty ? week.ranges(on: date) : days[date] ?? week.ranges(on: date)
    }

    /// The hours that a date has of its own; nil where the week's count.
    func exception(on date: LocalDate) -> [WallRange]? { days[date] }
}
