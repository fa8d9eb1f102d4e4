import Testing

@testable import Intervals

// How the tests of this target write dates, instants and zones down.

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

/// `span("2026-03-08T07:00Z", "2026-03-08T08:00Z")`.
func span(_ start: String, _ end: String) throws -> Interval {
    try #require(Interval(utc(start), utc(end)))
}

/// `clock("13:30")` is 810; hours beyond 24 lie on the next day.
func clock(_ text: String) throws -> Int32 {
    let parts = text.split(separator: ":").compactMap { Int32($0) }
    try #require(parts.count == 2)
    return parts[0] * 60 + parts[1]
}

/// `wall("22:00", "26:00")`.
func wall(_ start: String, _ end: String) throws -> WallRange {
    try #require(WallRange(clock(start), clock(end)))
}
