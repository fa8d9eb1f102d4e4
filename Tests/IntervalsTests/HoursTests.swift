import Testing

@testable import Intervals

struct HoursTests {
    let zones = Fixture.zones

    @Test("an end that is not after the start, or past 24:00, lies on the next day")
    func overnight() throws {
        let late = try #require(WeeklyInterval(weekday: 5, startMinute: 1320, endMinute: 360))
        #expect(late.range == (try wall("22:00", "30:00")))
        let written = try #require(WeeklyInterval(weekday: 5, startMinute: 1320, endMinute: 1560))
        #expect(written.range == (try wall("22:00", "26:00")))
        let whole = try #require(WeeklyInterval(weekday: 7, startMinute: 0, endMinute: 0))
        #expect(whole.range == (try wall("00:00", "24:00")))
        #expect(whole == WeeklyInterval(weekday: 7, startMinute: 0, endMinute: 1440))
    }

    @Test(
        "hours out of range cannot be made",
        arguments: [
            (0, 0, 60), (8, 0, 60), (1, -1, 60), (1, 1440, 1500), (1, 0, -1), (1, 0, 2881),
            (.max, .max, .max), (.min, .min, .min),
        ] as [(Int, Int32, Int32)])
    func outOfRange(weekday: Int, start: Int32, end: Int32) {
        #expect(WeeklyInterval(weekday: weekday, startMinute: start, endMinute: end) == nil)
    }

    @Test("a date's hours are those of its weekday, sorted and joined")
    func byDate() throws {
        let hours = WeeklyHours([
            try #require(WeeklyInterval(weekday: 1, startMinute: 840, endMinute: 1080)),
            try #require(WeeklyInterval(weekday: 1, startMinute: 540, endMinute: 720)),
            try #require(WeeklyInterval(weekday: 1, startMinute: 720, endMinute: 780)),
        ])
        let monday = try day(2026, 6, 1)
        #expect(
            hours.ranges(on: monday) == [try wall("09:00", "13:00"), try wall("14:00", "18:00")])
        #expect(hours.ranges(on: monday.adding(days: 1)).isEmpty)
        #expect(WeeklyHours.closed.ranges(on: monday).isEmpty)
    }

    @Test("an overnight window belongs to the date it starts on")
    func overnightWindow() throws {
        let zone = try zones.zone("Europe/Berlin")
        let friday = try day(2026, 6, 5)
        let windows = DayWindow.windows(on: friday, own: [try wall("22:00", "30:00")], zone: zone)
        #expect(windows.map(\.interval) == [try span("2026-06-05T20:00Z", "2026-06-06T04:00Z")])
        #expect(windows[0].date == friday)
    }

    @Test("a provider's night passes midnight where the place's days touch there")
    func nightAtAPlaceThatIsAlwaysOpen() throws {
        let zone = try zones.zone("Europe/Berlin")
        let friday = try day(2026, 6, 5)
        let night = [try wall("22:00", "26:00")]
        let allDay = try wall("00:00", "24:00")
        let windows = DayWindow.windows(
            on: friday, own: night, place: { _ in [allDay] }, zone: zone)
        #expect(windows.map(\.range) == night)
    }

    @Test("a provider's early hours count where the place is open from the evening before")
    func earlyHoursInAPlacesNight() throws {
        let zone = try zones.zone("Europe/Berlin")
        let saturday = try day(2026, 6, 6)
        let placeNight = try wall("20:00", "26:00")
        let windows = DayWindow.windows(
            on: saturday, own: [try wall("00:00", "08:00")],
            place: { $0.weekday == 5 ? [placeNight] : [] }, zone: zone)
        #expect(windows.map(\.range) == [try wall("00:00", "02:00")])
        #expect(windows[0].date == saturday)
    }

    @Test("the place's hours cut the provider's, and a closed place leaves nothing")
    func intersection() throws {
        let zone = try zones.zone("Europe/Berlin")
        let monday = try day(2026, 6, 1)
        let own = [try wall("08:00", "12:00"), try wall("13:00", "19:00")]
        let place = [try wall("09:00", "14:00"), try wall("15:00", "18:00")]
        let windows = DayWindow.windows(
            on: monday, own: own, place: { $0 == monday ? place : [] }, zone: zone)
        #expect(
            windows.map(\.range) == [
                try wall("09:00", "12:00"), try wall("13:00", "14:00"), try wall("15:00", "18:00"),
            ])
        #expect(DayWindow.windows(on: monday, own: own, place: { _ in [] }, zone: zone).isEmpty)
    }

    @Test("windows that meet at midnight merge, so that 23:30 can last an hour")
    func midnightSeam() throws {
        let zone = try zones.zone("Africa/Cairo")
        // The night from Thursday to Friday skips 00:00 to 01:00.
        let thursday = try day(2026, 4, 23)
        let allDay = [try wall("00:00", "24:00")]
        let intervals = (0...2).flatMap { (offset: Int32) in
            DayWindow.windows(on: thursday.adding(days: offset), own: allDay, zone: zone)
        }.map(\.interval)
        #expect(Interval.merged(intervals).count == 1)
        #expect(Interval.merged(intervals)[0].durationMinutes == (24 + 23 + 24) * 60)
    }

    @Test("a window is uniform exactly when no minute of it is skipped, repeated or clamped")
    func uniformity() throws {
        let zone = try zones.zone("America/New_York")
        func isUniform(_ date: LocalDate, _ start: String, _ end: String) throws -> Bool {
            try #require(DayWindow(date: date, range: wall(start, end), zone: zone)).isUniform
        }
        let spring = try day(2026, 3, 8)
        #expect(try isUniform(spring, "00:00", "02:00"))
        #expect(try isUniform(spring, "03:00", "24:00"))
        #expect(try !isUniform(spring, "00:00", "03:30"))
        #expect(try !isUniform(spring, "02:30", "05:00"))
        #expect(try !isUniform(spring, "01:00", "02:30"))
        let autumn = try day(2026, 11, 1)
        #expect(try isUniform(autumn, "01:00", "01:30"))
        #expect(try isUniform(autumn, "02:00", "04:00"))
        #expect(try !isUniform(autumn, "01:30", "02:00"))
        #expect(DayWindow(date: spring, range: try wall("02:00", "02:30"), zone: zone) == nil)
    }
}
