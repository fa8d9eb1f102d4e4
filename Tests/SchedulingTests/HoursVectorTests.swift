import Foundation
import Intervals
import Testing

@testable import Scheduling

/// Five years of working hours in thirty zones against Python's zoneinfo: P12 of the slot index's
/// design. Scripts/hours-vectors.py makes the fixture and tells its form.
struct HoursVectorTests {
    private static let fixtures =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    @Test("P12: hours and time off are the instants that zoneinfo makes of them, in 30 zones")
    func hours() throws {
        let zones = TimeZoneDatabase(
            directory: Self.fixtures.appending(path: "zoneinfo").path())
        let text = try String(
            contentsOf: Self.fixtures.appending(path: "hours-vectors.txt"), encoding: .utf8)
        let vectors = try text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { try HoursVector($0) }
        #expect(vectors.count == 30)
        for vector in vectors { try check(vector, zones) }
    }

    private func check(_ vector: HoursVector, _ zones: TimeZoneDatabase) throws {
        var place = Location.Details()
        place.timeZone = vector.zone
        place.hours = vector.place
        let location = Location(id: Identifier(value: 1), version: 1, details: place)
        var provider = Provider.Details()
        provider.schedules = [ProviderSchedule(location: location.id, hours: vector.own)]
        provider.timeOff = [vector.timeOff]
        let first = try day(2026, 1, 1).dayNumber
        let last = try day(2030, 12, 31).dayNumber
        let schedule = LaneSchedule(
            location: location, provider: provider, extendsHours: false,
            zone: try zones.zone(vector.zone), days: first...last)

        let runs = schedule.hours.runs.map(\.interval)
        for near in vector.near { #expect(runs.contains(near), "\(vector.zone): \(near)") }
        #expect(runs.count == vector.count, "\(vector.zone)")
        let lines = runs.map { "\($0.start.sinceEpoch)-\($0.end.sinceEpoch)\n" }.joined()
        #expect(Self.hash(lines) == vector.hash, "\(vector.zone)")
        let blocked = [vector.blocked].compactMap { $0 }
        #expect(schedule.timeOff.intervals == blocked, "\(vector.zone)")
    }

    /// FNV-1a.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

/// A line of the fixture.
private struct HoursVector {
    let zone: String
    let place: [WeeklyInterval]
    let own: [WeeklyInterval]
    let timeOff: TimeOff
    let count: Int
    let hash: UInt64
    let near: [Interval]
    /// Nil where the clock passes all of it over.
    let blocked: Interval?

    init(_ line: Substring) throws {
        let columns = line.split(separator: "|", omittingEmptySubsequences: false)
        try #require(columns.count == 8)
        zone = String(columns[0])
        place = try Self.week(columns[1])
        own = try Self.week(columns[2])
        let off = columns[3].split { !$0.isNumber }.compactMap { Int32($0) }
        try #require(off.count == 8)
        timeOff = TimeOff(
            startDate: try day(Int(off[0]), Int(off[1]), Int(off[2])), startMinute: off[3],
            endDate: try day(Int(off[4]), Int(off[5]), Int(off[6])), endMinute: off[7])
        count = try #require(Int(columns[4]))
        hash = try #require(UInt64(columns[5], radix: 16))
        near = try columns[6].split(separator: " ").map { try #require(try Self.run($0)) }
        blocked = try Self.run(columns[7])
    }

    private static func week(_ text: Substring) throws -> [WeeklyInterval] {
        try text.split(separator: " ").map { hours in
            let numbers = hours.split { !$0.isNumber }.compactMap { Int32($0) }
            try #require(numbers.count == 3)
            return try #require(
                WeeklyInterval(
                    weekday: Int(numbers[0]), startMinute: numbers[1], endMinute: numbers[2]))
        }
    }

    private static func run(_ text: Substring) throws -> Interval? {
        let numbers = text.split(separator: "-").compactMap { Int32($0) }
        try #require(numbers.count == 2)
        return Interval(Minute(sinceEpoch: numbers[0]), Minute(sinceEpoch: numbers[1]))
    }
}
