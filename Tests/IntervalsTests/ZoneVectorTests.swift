import Testing

@testable import Intervals

/// The vectors of availability.md 4: what wall times mean where the clock jumps.
struct ZoneVectorTests {
    let zones = Fixture.zones

    @Test("hours inside a spring gap are empty, not an hour later")
    func hoursInsideAGap() throws {
        let newYork = try zones.zone("America/New_York")
        let date = try day(2026, 3, 8)
        #expect(newYork.window(on: date, from: try clock("02:00"), to: try clock("02:30")) == nil)
        #expect(
            newYork.instants(of: date, minute: try clock("02:30"))
                == .none(transition: try utc("2026-03-08T07:00Z")))
        #expect(
            newYork.window(on: date, from: try clock("02:30"), to: try clock("04:00"))
                == (try span("2026-03-08T07:00Z", "2026-03-08T08:00Z")))
    }

    @Test("both ends of hours across a gap are mapped on their own")
    func hoursAcrossAGap() throws {
        let newYork = try zones.zone("America/New_York")
        let date = try day(2026, 3, 8)
        #expect(
            newYork.window(on: date, from: try clock("13:00"), to: try clock("18:00"))
                == (try span("2026-03-08T17:00Z", "2026-03-08T22:00Z")))
        let early = try #require(newYork.window(on: date, from: 0, to: try clock("06:00")))
        #expect(early.durationMinutes == 5 * 60)
    }

    @Test("an overlap is narrow for hours and wide for time off")
    func overlap() throws {
        let newYork = try zones.zone("America/New_York")
        let date = try day(2026, 11, 1)
        let (from, to) = (try clock("01:00"), try clock("01:30"))
        #expect(
            newYork.window(on: date, from: from, to: to)
                == (try span("2026-11-01T05:00Z", "2026-11-01T05:30Z")))
        #expect(
            newYork.block(on: date, from: from, to: to)
                == (try span("2026-11-01T05:00Z", "2026-11-01T06:30Z")))
        #expect(
            newYork.instants(of: date, minute: to)
                == .two(first: try utc("2026-11-01T05:30Z"), last: try utc("2026-11-01T06:30Z")))
        let night = try #require(newYork.window(on: date, from: 0, to: try clock("04:00")))
        #expect(night.durationMinutes == 5 * 60)
    }

    @Test(
        "offsets of half and quarter hours are exact",
        arguments: [
            ("Asia/Kolkata", 330), ("Asia/Kathmandu", 345), ("Pacific/Chatham", 825),
            ("Australia/Eucla", 525), ("Pacific/Marquesas", -570),
        ])
    func unevenOffsets(name: String, offset: Int32) throws {
        let zone = try zones.zone(name)
        let instant = try utc("2026-01-15T00:00Z")
        #expect(zone.offsetMinutes(at: instant) == offset)
        let wall = Minute(sinceEpoch: instant.sinceEpoch + offset)
        #expect(zone.localMinuteOfDay(at: instant) == wall.sinceEpoch.flooredRemainder(by: 1440))
    }

    @Test("Lord Howe's clock jumps half an hour")
    func lordHowe() throws {
        let zone = try zones.zone("Australia/Lord_Howe")
        let spring = try day(2026, 10, 4)
        let jump = try utc("2026-10-03T15:30Z")
        #expect(zone.instants(of: spring, minute: try clock("02:15")) == .none(transition: jump))
        #expect(zone.instants(of: spring, minute: try clock("02:30")) == .one(jump))
        let autumn = try day(2026, 4, 5)
        #expect(
            zone.instants(of: autumn, minute: try clock("01:45"))
                == .two(first: try utc("2026-04-04T14:45Z"), last: try utc("2026-04-04T15:15Z")))
    }

    @Test("St John's and its half hour take the summer hour like the others")
    func stJohns() throws {
        let zone = try zones.zone("America/St_Johns")
        #expect(zone.offsetMinutes(at: try utc("2026-03-08T05:29Z")) == -210)
        #expect(zone.offsetMinutes(at: try utc("2026-03-08T05:30Z")) == -150)
        // From 1987 to 2011 the clock changed at 00:01, so the date began twice in autumn.
        #expect(
            zone.instants(of: try day(2005, 10, 30), minute: 0)
                == .two(first: try utc("2005-10-30T02:30Z"), last: try utc("2005-10-30T03:30Z")))
    }

    @Test("Casablanca is an hour behind its standard time in Ramadan")
    func casablanca() throws {
        let zone = try zones.zone("Africa/Casablanca")
        #expect(zone.offsetMinutes(at: try utc("2026-02-01T00:00Z")) == 60)
        #expect(zone.offsetMinutes(at: try utc("2026-03-01T00:00Z")) == 0)
        #expect(zone.offsetMinutes(at: try utc("2026-04-01T00:00Z")) == 60)
    }

    @Test("a date that a zone skipped has no minute")
    func apia() throws {
        let zone = try zones.zone("Pacific/Apia")
        let skipped = try day(2011, 12, 30)
        #expect(zone.day(skipped) == nil)
        #expect(zone.window(on: skipped, from: try clock("09:00"), to: try clock("17:00")) == nil)
        let before = try #require(zone.day(try day(2011, 12, 29)))
        let after = try #require(zone.day(try day(2011, 12, 31)))
        #expect(before.end == after.start)
        #expect(zone.localDate(at: before.end) == (try day(2011, 12, 31)))
    }

    @Test("24:00 of a date and 00:00 of the next are one instant in every kind of night")
    func midnightSeams() throws {
        // Ordinary; Cairo skips 00:00 on a Friday in April; Havana repeats 00:00 to 01:00 in
        // November; Santiago sets 24:00 back to 23:00 in April and forward to 01:00 in September.
        let nights: [(String, LocalDate)] = [
            ("Europe/Berlin", try day(2026, 6, 1)), ("Africa/Cairo", try day(2026, 4, 23)),
            ("America/Havana", try day(2026, 10, 31)), ("America/Santiago", try day(2026, 4, 4)),
            ("America/Santiago", try day(2026, 9, 5)),
        ]
        for (name, date) in nights {
            let zone = try zones.zone(name)
            let end = zone.windowEnd(of: date, minute: 1440)
            #expect(end == zone.windowStart(of: date.adding(days: 1), minute: 0), "\(name) \(date)")
        }
    }
}
