import TestSupport
import Testing

@testable import Intervals

struct StartGridTests {
    let zones = Fixture.zones

    private func starts(
        _ window: DayWindow, _ grid: StartGrid, _ zone: TimeZoneRules,
        from lo: Minute = .earliest, through hi: Minute = .latest
    ) -> [Minute] {
        var result: [Minute] = []
        window.forEachStart(on: grid, from: lo, through: hi, zone: zone) { result.append($0) }
        return result
    }

    @Test("starts in a gap do not exist, and those of a repeated hour exist twice")
    func clockJumps() throws {
        let zone = try zones.zone("America/New_York")
        let grid = try #require(StartGrid(step: 30))
        let spring = try #require(
            DayWindow(date: day(2026, 3, 8), range: wall("01:30", "03:30"), zone: zone))
        #expect(
            starts(spring, grid, zone)
                == [try utc("2026-03-08T06:30Z"), try utc("2026-03-08T07:00Z")])
        let autumn = try #require(
            DayWindow(date: day(2026, 11, 1), range: wall("00:00", "04:00"), zone: zone))
        #expect(starts(autumn, grid, zone).count == 10)
        let halfPastOne = starts(autumn, grid, zone).filter { zone.localMinuteOfDay(at: $0) == 90 }
        #expect(halfPastOne == [try utc("2026-11-01T05:30Z"), try utc("2026-11-01T06:30Z")])
        #expect(halfPastOne.map { zone.offsetMinutes(at: $0) } == [-240, -300])
    }

    @Test("the grid lies on the local clock in zones of half and quarter hours")
    func unevenOffsets() throws {
        for name in ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"] {
            let zone = try zones.zone(name)
            let window = try #require(
                DayWindow(date: day(2026, 6, 1), range: wall("09:10", "17:00"), zone: zone))
            let found = starts(window, try #require(StartGrid(step: 60)), zone)
            #expect(found.map { zone.localMinuteOfDay(at: $0) } == (10...16).map { $0 * 60 })
        }
    }

    @Test("an overnight window counts its grid on from its own midnight")
    func overnight() throws {
        let zone = TimeZoneRules.utc
        let window = try #require(
            DayWindow(date: day(2026, 6, 1), range: wall("23:00", "26:00"), zone: zone))
        let grid = try #require(StartGrid(step: 50))
        #expect(
            starts(window, grid, zone) == [
                try utc("2026-06-01T23:20Z"), try utc("2026-06-02T00:10Z"),
                try utc("2026-06-02T01:00Z"), try utc("2026-06-02T01:50Z"),
            ])
    }

    @Test("each anchor counts from its own point, moved by the offset")
    func anchors() throws {
        let zone = TimeZoneRules.utc
        let window = try #require(
            DayWindow(date: day(2026, 6, 1), range: wall("09:10", "11:00"), zone: zone))
        func clocks(_ offset: Int32, _ anchor: StartGrid.Anchor) throws -> [String] {
            let grid = try #require(StartGrid(step: 45, offset: offset, anchor: anchor))
            return starts(window, grid, zone).map { clockText(zone.localMinuteOfDay(at: $0)) }
        }
        #expect(try clocks(0, .clock) == ["09:45", "10:30"])
        #expect(try clocks(10, .clock) == ["09:10", "09:55", "10:40"])
        #expect(try clocks(-35, .clock) == ["09:10", "09:55", "10:40"])
        #expect(try clocks(0, .window) == ["09:10", "09:55", "10:40"])
        let gap = try utc("2026-06-01T09:37Z")
        #expect(try clocks(0, .instant(gap)) == ["09:37", "10:22"])
    }

    @Test("the range of starts includes both its ends, and the window its start only")
    func bounds() throws {
        let zone = TimeZoneRules.utc
        let window = try #require(
            DayWindow(date: day(2026, 6, 1), range: wall("09:00", "10:00"), zone: zone))
        let grid = try #require(StartGrid(step: 30))
        let (nine, half) = (try utc("2026-06-01T09:00Z"), try utc("2026-06-01T09:30Z"))
        #expect(starts(window, grid, zone) == [nine, half])
        #expect(starts(window, grid, zone, from: nine, through: half) == [nine, half])
        #expect(starts(window, grid, zone, from: nine.clampedAdding(minutes: 1)) == [half])
        #expect(starts(window, grid, zone, through: half.clampedAdding(minutes: -1)) == [nine])
        #expect(starts(window, grid, zone, from: half, through: nine).isEmpty)
        #expect(
            starts(
                window, grid, zone, from: Minute(sinceEpoch: .min),
                through: Minute(sinceEpoch: .max)
            ) == [nine, half])
    }

    @Test("a grid out of range cannot be made")
    func ranges() {
        for step: Int32 in [0, -1, 1441, .min, .max] { #expect(StartGrid(step: step) == nil) }
        for step: Int32 in [1, 1440] { #expect(StartGrid(step: step) != nil) }
        for offset: Int32 in [-1441, 1441, .min, .max] {
            #expect(StartGrid(step: 15, offset: offset) == nil)
        }
    }

    @Test("overlapping windows give each start once, in the order of time")
    func overlappingWindows() throws {
        let zone = TimeZoneRules.utc
        let friday = try day(2026, 6, 5)
        let windows = [
            try #require(DayWindow(date: friday, range: wall("22:00", "26:00"), zone: zone)),
            try #require(
                DayWindow(date: friday.adding(days: 1), range: wall("00:00", "04:00"), zone: zone)),
            try #require(
                DayWindow(date: friday.adding(days: 1), range: wall("10:00", "11:00"), zone: zone)),
        ]
        for (step, count) in [(60 as Int32, 7), (50, 12)] {
            var found: [Minute] = []
            _ = DayWindow.firstStart(
                in: windows[...], on: try #require(StartGrid(step: step)), from: .earliest,
                through: .latest, zone: zone
            ) {
                found.append($0)
                return false
            }
            #expect(found == Set(found).sorted())
            #expect(found.count == count, "step \(step): \(found)")
        }
    }

    @Test("a long list of windows gives what its windows give one by one", arguments: 0..<60)
    func manyWindows(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let zone = try zones.zone("America/New_York")
        let first = try day(2026, 2, 20)
        var windows: [DayWindow] = []
        for offset: Int32 in 0..<60 {
            let start = Int32.random(in: 0..<1440, using: &random)
            let length = Int32.random(in: 1...(offset % 9 == 0 ? 8000 : 1500), using: &random)
            windows += DayWindow.windows(
                on: first.adding(days: offset),
                own: [try #require(WallRange(start, start + length))],
                zone: zone)
        }
        windows.sort { $0.interval.start < $1.interval.start }
        let grid = try #require(StartGrid(step: Int32.random(in: 7...90, using: &random)))
        let lo = zone.windowStart(
            of: first, minute: Int32.random(in: -2000...90_000, using: &random))
        let hi = lo.clampedAdding(minutes: Int32.random(in: 0...9000, using: &random))
        var expected: Set<Minute> = []
        for window in windows {
            expected.formUnion(starts(window, grid, zone, from: lo, through: hi))
        }
        var found: [Minute] = []
        _ = DayWindow.firstStart(in: windows[...], on: grid, from: lo, through: hi, zone: zone) {
            found.append($0)
            return false
        }
        #expect(found == expected.sorted(), "seed \(seed)")
    }

    @Test("starts equal those of asking the zone for every minute on the dial", arguments: 0..<400)
    func againstTheDial(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let jumps: [(String, LocalDate)] = [
            ("America/New_York", try day(2026, 3, 8)), ("America/New_York", try day(2026, 11, 1)),
            ("Australia/Lord_Howe", try day(2026, 10, 4)),
            ("Australia/Lord_Howe", try day(2026, 4, 5)), ("Asia/Kathmandu", try day(2026, 1, 1)),
            ("Africa/Casablanca", try day(2026, 2, 15)), ("America/Havana", try day(2026, 11, 1)),
            ("America/Santiago", try day(2026, 4, 4)), ("Africa/Cairo", try day(2026, 4, 24)),
            ("Pacific/Apia", try day(2011, 12, 29)),
        ]
        let (name, jump) = try #require(jumps.randomElement(using: &random))
        let zone = try zones.zone(name)
        let date = jump.adding(days: Int32.random(in: -1...1, using: &random))
        let start = Int32.random(in: 0..<1440, using: &random)
        let length = Int32.random(in: 1...2000, using: &random)
        let range = try #require(WallRange(start, start + length))
        guard let window = DayWindow(date: date, range: range, zone: zone) else { return }
        let anchor = Bool.random(using: &random) ? StartGrid.Anchor.clock : .window
        let step = Int32.random(in: 1...120, using: &random)
        let offset = Int32.random(in: -200...200, using: &random)
        let grid = try #require(StartGrid(step: step, offset: offset, anchor: anchor))
        let lo = window.interval.start.clampedAdding(
            minutes: Int32.random(in: -100...500, using: &random))
        let hi = lo.clampedAdding(minutes: Int32.random(in: -10...1500, using: &random))

        var expected: Set<Minute> = []
        let origin = (anchor == .window ? start : 0) + offset
        for minute in range.startMinute..<range.endMinute where (minute - origin) % step == 0 {
            switch zone.instants(of: date, minute: minute) {
            case .none: break
            case .one(let instant): expected.insert(instant)
            case .two(let first, let last): expected.formUnion([first, last])
            }
        }
        let wanted = expected.filter { window.interval.contains($0) && $0 >= lo && $0 <= hi }
        #expect(
            starts(window, grid, zone, from: lo, through: hi) == wanted.sorted(),
            "seed \(seed): \(name) \(date) \(range) \(grid)")
        #expect(
            window.firstStart(on: grid, from: lo, through: hi, zone: zone) == wanted.min())
    }
}
