import Testing

@testable import Intervals

struct InstantTests {
    @Test("a timestamp is an instant only when it is a whole minute in range")
    func timestamps() throws {
        #expect(Minute(unixSeconds: 0) == Minute(sinceEpoch: 0))
        #expect(Minute(unixSeconds: -60) == Minute(sinceEpoch: -1))
        #expect(Minute(unixSeconds: 59) == nil)
        #expect(Minute(unixSeconds: -1) == nil)
        for edge in [Minute.earliest, Minute.latest] {
            #expect(Minute(unixSeconds: edge.unixSeconds) == edge)
        }
        #expect(Minute(unixSeconds: Minute.earliest.unixSeconds - 60) == nil)
        #expect(Minute(unixSeconds: Minute.latest.unixSeconds + 60) == nil)
        #expect(Minute(unixSeconds: .min) == nil)
        #expect(Minute(unixSeconds: .max / 60 * 60) == nil)
        #expect(try utc("0001-01-03T00:00Z") == Minute.earliest)
        #expect(try utc("5999-12-30T00:00Z") == Minute.latest)
    }

    @Test(
        "a clock reading rounds to the minute on the side that was asked for",
        arguments: [(0, 0, 0), (1, 0, 1), (59, 0, 1), (60, 1, 1), (-1, -1, 0), (-60, -1, -1)])
    func clockReadings(seconds: Int64, down: Int32, up: Int32) {
        #expect(Minute(roundingDownUnixSeconds: seconds).sinceEpoch == down)
        #expect(Minute(roundingUpUnixSeconds: seconds).sinceEpoch == up)
    }

    @Test("a clock reading beyond the range of minutes stops at its end")
    func clockReadingsBeyond() {
        #expect(Minute(roundingDownUnixSeconds: .min).sinceEpoch == .min)
        #expect(Minute(roundingUpUnixSeconds: .max).sinceEpoch == .max)
    }

    @Test("arithmetic at the ends of the range fails or stops, and never wraps")
    func arithmetic() {
        let last = Minute(sinceEpoch: .max)
        let first = Minute(sinceEpoch: .min)
        #expect(last.adding(minutes: 1) == nil)
        #expect(first.adding(minutes: -1) == nil)
        #expect(last.clampedAdding(minutes: 1) == last)
        #expect(first.clampedAdding(minutes: .min) == first)
        #expect(first.minutes(until: last) == Int(UInt32.max))
        #expect(Interval(start: last, minutes: 1) == nil)
        #expect(Interval(start: first, minutes: 0) == nil)
    }

    @Test("an interval has a first minute and none of its end")
    func halfOpen() throws {
        let morning = try span("2026-01-01T09:00Z", "2026-01-01T12:00Z")
        let noon = try span("2026-01-01T12:00Z", "2026-01-01T13:00Z")
        #expect(!morning.overlaps(noon) && !noon.overlaps(morning))
        #expect(morning.intersection(noon) == nil)
        #expect(morning.contains(morning.start) && !morning.contains(morning.end))
        #expect(morning.contains(morning) && !morning.contains(noon))
        #expect(Interval(noon.start, noon.start) == nil && Interval(noon.end, noon.start) == nil)
        #expect(morning.overlaps(noon.padded(before: 1, after: 0)))
        #expect(noon.padded(before: 15, after: 30).durationMinutes == 105)
    }

    @Test("merging joins what touches or overlaps and leaves the rest")
    func merging() throws {
        let parts = [
            try span("2026-01-02T00:00Z", "2026-01-02T08:00Z"),
            try span("2026-01-01T20:00Z", "2026-01-02T00:00Z"),
            try span("2026-01-02T01:00Z", "2026-01-02T02:00Z"),
            try span("2026-01-02T08:01Z", "2026-01-02T09:00Z"),
        ]
        #expect(
            Interval.merged(parts) == [
                try span("2026-01-01T20:00Z", "2026-01-02T08:00Z"),
                try span("2026-01-02T08:01Z", "2026-01-02T09:00Z"),
            ])
        #expect(Interval.merged([]).isEmpty)
    }

    @Test("every day of the calendar comes apart and together again, and weekdays run on")
    func dates() throws {
        var year = 1
        var month = 1
        var dayOfMonth = 1
        // 0001-01-01 was a Monday, in the calendar carried back.
        let first = try day(1, 1, 1)
        for dayNumber in first.dayNumber...(try day(5999, 12, 31)).dayNumber {
            let date = LocalDate(dayNumber: dayNumber)
            let parts = date.parts
            guard parts == (year, month, dayOfMonth),
                LocalDate(year: year, month: month, day: dayOfMonth) == date,
                date.weekday == Int(dayNumber - first.dayNumber) % 7 + 1
            else {
                Issue.record("day \(dayNumber) came apart as \(parts)")
                return
            }
            dayOfMonth += 1
            if LocalDate(year: year, month: month, day: dayOfMonth) == nil {
                (dayOfMonth, month) = (1, month + 1)
            }
            if month == 13 { (month, year) = (1, year + 1) }
        }
        #expect(year == 6000)
    }

    @Test(
        "a date that is not in the calendar cannot be made",
        arguments: [
            (2026, 2, 29), (2100, 2, 29), (2024, 2, 30), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1),
            (2026, 1, 0), (0, 1, 1), (6000, 1, 1), (.min, .min, .min), (.max, .max, .max),
        ])
    func impossibleDates(year: Int, month: Int, day: Int) {
        #expect(LocalDate(year: year, month: month, day: day) == nil)
    }

    @Test("instants and dates print as ISO 8601")
    func text() throws {
        #expect(try utc("2026-03-08T07:05Z").description == "2026-03-08T07:05Z")
        #expect(try utc("0928-03-08T23:59Z").description == "0928-03-08T23:59Z")
        #expect(Minute(sinceEpoch: -1).description == "1969-12-31T23:59Z")
    }
}
