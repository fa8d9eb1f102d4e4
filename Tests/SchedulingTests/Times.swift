import Intervals
import Scheduling
import Testing

// How the tests of this target write dates, instants and hours down.

/// `day(2026, 3, 8)`.
func day(_ year: Int, _ month: Int, _ day: Int) throws -> LocalDate {
    try #require(LocalDate(year: year, month: month, day: day))
}

/// `utc("2026-03-08T07:00Z")`.
func utc(_ text: String) throws -> Minute {
    let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
    try #require(numbers.count == 5)
    let date = try day(numbers[0], numbers[1], numbers[2])
    return Minute(sinceEpoch: date.dayNumber * 1440 + Int32(numbers[3] * 60 + numbers[4]))
}

/// The same minutes on several weekdays, Monday 1 to Sunday 7.
func hours(_ weekdays: ClosedRange<Int>, _ start: Int32, _ end: Int32) throws -> [WeeklyInterval] {
    try weekdays.map {
        try #require(WeeklyInterval(weekday: $0, startMinute: start, endMinute: end))
    }
}
