import TestSupport
import Testing

@testable import Intervals

/// Every zone of tzdata against an independent reader of the same files.
struct AllZonesTests {
    @Test("every transition of every zone from 2026 to 2036 is where Python's zoneinfo has it")
    func transitions() throws {
        let vectors = try Fixture.vectors()
        #expect(vectors.count > 300)
        let end = try utc("2037-01-01T00:00Z")
        for vector in vectors {
            let zone = try Fixture.zones.zone(vector.name)
            var found: [Fixture.OffsetAt] = []
            var instant = try utc("2026-01-01T00:00Z")
            while let next = zone.nextTransition(after: instant), next < end {
                found.append(
                    Fixture.OffsetAt(instant: next, offset: zone.offsetMinutes(at: next)))
                instant = next
            }
            #expect(found == vector.transitions, "\(vector.name)")
        }
    }

    @Test("offsets from 1850 to 2400 are those of Python's zoneinfo, rounded to the minute")
    func samples() throws {
        for vector in try Fixture.vectors() {
            let zone = try Fixture.zones.zone(vector.name)
            for sample in vector.samples {
                #expect(
                    zone.offsetMinutes(at: sample.instant) == sample.offset,
                    "\(vector.name) at \(sample.instant)")
            }
        }
    }

    @Test("a wall time has the instants that show it, and a skipped one a transition")
    func instantsInvertTheClock() throws {
        for (index, vector) in try Fixture.vectors().enumerated() {
            let zone = try Fixture.zones.zone(vector.name)
            var random = SeededGenerator(seed: UInt64(index))
            // Near the zone's own transitions, old and new, is where this can go wrong.
            var instant = try utc("1800-01-01T00:00Z")
            while let next = zone.nextTransition(after: instant),
                next < (try utc("2040-01-01T00:00Z"))
            {
                instant = next
                guard Int.random(in: 0..<24, using: &random) == 0 else { continue }
                try check(zone, near: next, &random)
            }
            try check(zone, near: try utc("2399-03-15T00:00Z"), &random)
        }
    }

    private func check(
        _ zone: TimeZoneRules, near transition: Minute, _ random: inout SeededGenerator
    ) throws {
        let wall = zone.wallMinutes(at: transition) + Int64.random(in: -130...130, using: &random)
        let date = LocalDate(dayNumber: Int32(wall.flooredQuotient(by: 1440)))
        let minute = Int32(wall.flooredRemainder(by: 1440))
        // Offsets lie within 26 hours, so every instant that can show the time is tried.
        let shown = (wall - 26 * 60...wall + 26 * 60).map { Minute(sinceEpoch: Int32($0)) }
            .filter { zone.wallMinutes(at: $0) == wall }
        let place = "\(zone.name) \(date) \(clockText(minute))"
        switch zone.instants(of: date, minute: minute) {
        case .none(let skippedAt):
            #expect(shown.isEmpty, "\(place)")
            let before = zone.wallMinutes(at: skippedAt.clampedAdding(minutes: -1))
            #expect(before < wall && wall < zone.wallMinutes(at: skippedAt), "\(place)")
        case .one(let instant):
            #expect(shown == [instant], "\(place)")
        case .two(let first, let last):
            #expect(shown.count >= 2 && shown.first == first && shown.last == last, "\(place)")
        }
        // The same time counted from the day before is the same time.
        #expect(
            zone.instants(of: date.adding(days: -1), minute: minute + 1440)
                == zone.instants(of: date, minute: minute), "\(place)")
    }

    @Test("whether a table or the footer says it, the transition is the same")
    func fatAndSlim() throws {
        for name in [
            "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Europe/Dublin",
        ] {
            let slim = try Fixture.zones.zone(name)
            let fat = try Fixture.fatZones.zone(name)
            var instant = try utc("1800-01-01T00:00Z")
            let end = try utc("2600-01-01T00:00Z")
            while let next = slim.nextTransition(after: instant), next < end {
                #expect(fat.nextTransition(after: instant) == next, "\(name) after \(instant)")
                #expect(fat.offsetMinutes(at: next) == slim.offsetMinutes(at: next))
                instant = next
            }
            #expect(instant > (try utc("2080-01-01T00:00Z")))
        }
    }

    @Test("a rule goes on for as long as there are minutes, across the fold of the 400 years")
    func farFuture() throws {
        let newYork = try Fixture.zones.zone("America/New_York")
        for year in [2100, 2399, 2406, 2407, 2408, 2409, 2410, 2411, 2808, 3207, 5998] {
            // The second Sunday in March and the first in November.
            let march = try day(year, 3, 1)
            let spring = march.adding(days: Int32((7 - march.weekday) % 7 + 7))
            let november = try day(year, 11, 1)
            let autumn = november.adding(days: Int32((7 - november.weekday) % 7))
            let newYear = newYork.windowStart(of: try day(year, 1, 1), minute: 0)
            let forward = Minute(sinceEpoch: spring.dayNumber * 1440 + 7 * 60)
            let back = Minute(sinceEpoch: autumn.dayNumber * 1440 + 6 * 60)
            #expect(newYork.nextTransition(after: newYear) == forward)
            #expect(newYork.nextTransition(after: forward) == back)
            #expect(newYork.offsetMinutes(at: forward) == -240)
            #expect(newYork.offsetMinutes(at: back) == -300)
        }
        let end = Minute(sinceEpoch: .max)
        #expect(newYork.nextTransition(after: end) == nil)
        #expect(newYork.offsetMinutes(at: end) == -300)
        #expect(newYork.offsetMinutes(at: Minute(sinceEpoch: .min)) == -296)
    }

    @Test("a transition at the very end or start of an interval is not in it")
    func transitionsInIntervals() throws {
        let newYork = try Fixture.zones.zone("America/New_York")
        #expect(!newYork.hasTransition(in: try span("2026-03-08T07:00Z", "2026-03-08T09:00Z")))
        #expect(!newYork.hasTransition(in: try span("2026-03-08T05:00Z", "2026-03-08T07:00Z")))
        #expect(newYork.hasTransition(in: try span("2026-03-08T06:59Z", "2026-03-08T07:01Z")))
        #expect(
            !TimeZoneRules.utc.hasTransition(in: try span("1900-01-01T00:00Z", "2900-01-01T00:00Z"))
        )
    }
}
