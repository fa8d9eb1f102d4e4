import TestSupport
import Testing

@testable import Intervals

struct TZifTests {
    /// A file of version 2 with a given 64-bit block.
    private func file(
        times: [Int64] = [], types: [UInt8] = [], offsets: [Int32] = [0], footer: String = "",
        leapCount: UInt32 = 0, version: UInt8 = UInt8(ascii: "2")
    ) -> [UInt8] {
        func big<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
            withUnsafeBytes(of: value.bigEndian) { Array($0) }
        }
        func header(_ times: Int, _ types: Int, _ leaps: UInt32) -> [UInt8] {
            Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
                + [0, 0, leaps, UInt32(times), UInt32(types), 0].flatMap { big($0) }
        }
        return header(0, 0, 0) + header(times.count, offsets.count, leapCount)
            + times.flatMap { big($0) } + types + offsets.flatMap { big($0) + [0, 0] }
            + Array(("\n" + footer + "\n").utf8)
    }

    private func error(_ bytes: [UInt8]) -> TZifError? {
        do throws(TZifError) {
            _ = try TimeZoneRules(tzif: bytes, name: "Test")
            return nil
        } catch {
            return error
        }
    }

    @Test("each kind of damage is refused by its name")
    func damage() {
        #expect(error([]) == .truncated)
        #expect(error(Array("GIF89a, and then some more bytes to fill a header".utf8)) == .notTZif)
        #expect(error(file(version: 0)) == .unsupportedVersion)
        #expect(error(Array(file().dropLast(8))) == .truncated)
        #expect(error(file(leapCount: 27)) == .leapSeconds)
        #expect(error(file(offsets: [])) == .malformedTable)
        #expect(error(file(offsets: [100_000])) == .malformedTable)
        #expect(error(file(times: [0], types: [1])) == .malformedTable)
        #expect(error(file(times: [60, 0], types: [0, 0])) == .malformedTable)
        #expect(error(Array(file().dropLast())) == .malformedFooter)
        #expect(error(file(footer: "EST5EDT,nonsense")) == .malformedFooter)
        #expect(error(file()) == nil)
    }

    @Test("a promise of four billion transitions costs nothing")
    func hugeCounts() {
        var bytes = file()
        for index in 44 + 20..<44 + 44 { bytes[index] = 0xFF }
        for index in 44 + 28..<44 + 32 { bytes[index] = 0 }
        #expect(error(bytes) == .truncated)
    }

    @Test(
        "a footer that strays from the grammar is refused",
        arguments: [
            "E5", "EST", "EST5EDT", "EST25", "EST5EDT,M3.2.0", "EST5EDT,M13.1.0,M11.1.0",
            "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J365", "EST5EDT,366,1",
            "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0 ", "<+03-3", "<+>-3", "EST5:60",
            "EST5EDT4,M3.2.0/2:00:60,M11.1.0", "EST99999999999999999999", ",", "É5",
        ])
    func badFooters(text: String) {
        #expect(PosixTimeZone(Array(text.utf8)[...]) == nil)
    }

    private func rules(footer: String, offset: Int32) throws -> TimeZoneRules {
        try TimeZoneRules(tzif: file(offsets: [offset], footer: footer), name: "Test")
    }

    @Test("a footer alone rules all time")
    func footerAlone() throws {
        let fixed = try rules(footer: "<+0545>-5:45", offset: 0)
        #expect(fixed.offsetMinutes(at: try utc("1700-01-01T00:00Z")) == 345)
        let changing = try rules(footer: "EST5EDT,M3.2.0,M11.1.0", offset: 0)
        #expect(changing.offsetMinutes(at: try utc("1700-07-01T00:00Z")) == -240)
        #expect(changing.offsetMinutes(at: try utc("5700-07-01T00:00Z")) == -240)
        #expect(changing.offsetMinutes(at: try utc("1700-01-01T00:00Z")) == -300)
    }

    @Test("dates by Julian day skip February 29, and by plain day count it")
    func daysOfTheYear() throws {
        // Day 60 is March 1 in every year; plain day 59 is February 29 in a leap year.
        let julian = try rules(footer: "AAA0BBB,J60/0,J300/0", offset: 0)
        let plain = try rules(footer: "AAA0BBB,59/0,299/0", offset: 0)
        for (year, plainStart) in [(2027, "2027-03-01T00:00Z"), (2028, "2028-02-29T00:00Z")] {
            let newYear = try utc("\(year)-01-01T00:00Z")
            #expect(julian.nextTransition(after: newYear) == (try utc("\(year)-03-01T00:00Z")))
            #expect(plain.nextTransition(after: newYear) == (try utc(plainStart)))
        }
    }

    @Test("daylight time all year is one offset without transitions")
    func daylightAllYear() throws {
        let zone = try rules(footer: "EST5EDT,0/0,J365/25", offset: -18_000)
        let instant = try utc("2026-01-01T12:00Z")
        #expect(zone.offsetMinutes(at: instant) == -240)
        #expect(zone.nextTransition(after: instant) == nil)
    }

    @Test("a change may fall days before or after the date that its rule names")
    func hoursBeyondTheDay() throws {
        // Godthab once: the last Sunday's Saturday, 22:00, written as Sunday at -2 hours.
        let zone = try rules(footer: "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", offset: -10_800)
        #expect(
            zone.nextTransition(after: try utc("2026-01-01T00:00Z"))
                == (try utc("2026-03-29T01:00Z")))
        let late = try rules(footer: "AAA0BBB,M3.1.0/167,M10.5.0", offset: 0)
        #expect(
            late.nextTransition(after: try utc("2026-01-01T00:00Z"))
                == (try utc("2026-03-07T23:00Z")))
    }

    @Test("seconds of offsets and transitions round to the nearest minute")
    func rounding() throws {
        // New York's local mean time was -4:56:02, and ended at 12:03:58 of it.
        let newYork = try Fixture.zones.zone("America/New_York")
        #expect(newYork.offsetMinutes(at: try utc("1883-11-18T16:59Z")) == -296)
        #expect(newYork.offsetMinutes(at: try utc("1883-11-18T17:00Z")) == -300)
        let zone = try TimeZoneRules(
            tzif: file(times: [29, 3630], types: [1, 0], offsets: [0, 1172]), name: "Test")
        #expect(zone.offsetMinutes(at: Minute(sinceEpoch: -1)) == 0)
        #expect(zone.offsetMinutes(at: Minute(sinceEpoch: 0)) == 20)
        #expect(zone.offsetMinutes(at: Minute(sinceEpoch: 60)) == 20)
        #expect(zone.offsetMinutes(at: Minute(sinceEpoch: 61)) == 0)
    }

    @Test("transitions at the Big Bang and beyond the last minute leave the rest intact")
    func outOfRange() throws {
        let zone = try TimeZoneRules(
            tzif: file(
                times: [-1 << 59, 0, 1 << 59], types: [1, 2, 0], offsets: [0, 3600, 7200]),
            name: "Test")
        #expect(zone.offsetMinutes(at: Minute(sinceEpoch: .min)) == 60)
        #expect(zone.nextTransition(after: Minute(sinceEpoch: .min)) == Minute(sinceEpoch: 0))
        #expect(zone.offsetMinutes(at: Minute(sinceEpoch: .max)) == 120)
    }

    @Test("no prefix of a file traps, and only the whole of it is accepted")
    func prefixes() throws {
        let bytes = try Fixture.bytes("zoneinfo/America/New_York")
        for count in 0..<bytes.count { #expect(error(Array(bytes[..<count])) != nil) }
        #expect(error(bytes) == nil)
    }

    @Test("no damaged file traps, neither when it is read nor when it is asked", arguments: 0..<8)
    func fuzz(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let names = ["America/New_York", "Africa/Casablanca", "Asia/Kathmandu", "Pacific/Apia"]
        let originals = try names.map { try Fixture.bytes("zoneinfo/" + $0) }
        for _ in 0..<300 {
            var bytes = try #require(originals.randomElement(using: &random))
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                // Half the hits on the footer, where a byte more often leaves a legal file.
                let index =
                    Bool.random(using: &random)
                    ? bytes.count - 1 - Int.random(in: 0..<30, using: &random)
                    : Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] =
                    Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : try #require("0123456789,./-+MJ:<>\n".utf8.randomElement(using: &random))
            }
            guard let zone = try? TimeZoneRules(tzif: bytes, name: "Test") else { continue }
            for _ in 0..<20 {
                let instant = Minute(sinceEpoch: Int32.random(in: .min ... .max, using: &random))
                let date = zone.localDate(at: instant)
                let minute = zone.localMinuteOfDay(at: instant)
                _ = zone.nextTransition(after: instant)
                switch zone.instants(of: date, minute: minute) {
                case .none: Issue.record("seed \(seed): \(instant) is shown by no instant")
                case .one(let only): #expect(only == instant, "seed \(seed)")
                case .two(let first, let last):
                    #expect(first <= instant && instant <= last, "seed \(seed)")
                }
                _ = zone.instants(of: LocalDate(dayNumber: .max), minute: .max)
                _ = zone.instants(of: LocalDate(dayNumber: .min), minute: .min)
            }
        }
    }
}
