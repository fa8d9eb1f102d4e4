import Testing

@testable import Intervals

struct TimeZoneDatabaseTests {
    private func error(_ name: String) -> TimeZoneError? {
        do throws(TimeZoneError) {
            _ = try TimeZoneDatabase(directory: Fixture.directory + "/zoneinfo").zone(name)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "no name leads out of the directory",
        arguments: [
            "", "/", "/etc/passwd", "../zone-vectors.txt", "America/../../zone-vectors.txt", ".",
            "America//New_York", "America/", "America/New_York\0", "America/New York", "zone.tab",
            "America\\New_York", "Amerika/München", "1970", String(repeating: "A", count: 65),
        ])
    func badNames(name: String) {
        #expect(error(name) == .invalidName(name))
    }

    @Test("a zone that is not there is told from one that cannot be had")
    func absent() {
        #expect(error("America/Gotham") == .notFound("America/Gotham"))
        #expect(error("America") == .notFound("America"))
        #expect(error("America/New_York/Bronx") == .notFound("America/New_York/Bronx"))
        #expect(error("America/New_York") == nil)
        let elsewhere = TimeZoneDatabase(directory: "/does/not/exist")
        #expect(throws: TimeZoneError.notFound("UTC")) { try elsewhere.zone("UTC") }
    }

    @Test("names with signs, digits and three parts are names")
    func oddNames() throws {
        for name in ["Etc/GMT+12", "Etc/GMT-14", "America/Port-au-Prince", "EST5EDT"] {
            #expect(TimeZoneDatabase.isName(name))
        }
        let zone = try Fixture.zones.zone("America/Argentina/Buenos_Aires")
        #expect(zone.name == "America/Argentina/Buenos_Aires")
    }

    @Test("many threads get the same zone")
    func sharing() async throws {
        let database = TimeZoneDatabase(directory: Fixture.directory + "/zoneinfo")
        let zones = try await withThrowingTaskGroup(of: TimeZoneRules.self) { group in
            for _ in 0..<64 { group.addTask { try database.zone("America/New_York") } }
            return try await group.reduce(into: Set<TimeZoneRules>()) { $0.insert($1) }
        }
        #expect(zones.count == 1)
    }
}
