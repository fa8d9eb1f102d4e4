import Testing

@testable import Intervals

/// The time zones in Tests/Fixtures, so that no test depends on the machine's version of tzdata.
enum Fixture {
    /// The package's Tests/Fixtures.
    static let directory =
        String(#filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 })
        + "/Fixtures"

    /// Every zone of tzdata in the slim form: the future is the footer's.
    static let zones = TimeZoneDatabase(directory: directory + "/zoneinfo")

    /// Some zones in the fat form: a table up to 2037.
    static let fatZones = TimeZoneDatabase(directory: directory + "/zoneinfo-fat")

    static func bytes(_ path: String) throws -> [UInt8] {
        try ZoneFile.read(directory + "/" + path)
    }

    /// What Python's zoneinfo says of a zone; see Scripts/zone-vectors.py.
    struct Vector {
        let name: String
        let transitions: [OffsetAt]
        let samples: [OffsetAt]
    }

    struct OffsetAt: Equatable {
        let instant: Minute
        let offset: Int32
    }

    static func vectors() throws -> [Vector] {
        let text = String(decoding: try bytes("zone-vectors.txt"), as: UTF8.self)
        return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let columns = line.split(separator: "|", omittingEmptySubsequences: false)
            try #require(columns.count == 3)
            return Vector(
                name: String(columns[0]), transitions: try pairs(columns[1]),
                samples: try pairs(columns[2]))
        }
    }

    private static func pairs(_ text: Substring) throws -> [OffsetAt] {
        try text.split(separator: " ").map { pair in
            let numbers = pair.split(separator: ":").compactMap { Int32($0) }
            try #require(numbers.count == 2)
            return OffsetAt(instant: Minute(sinceEpoch: numbers[0]), offset: numbers[1])
        }
    }
}
