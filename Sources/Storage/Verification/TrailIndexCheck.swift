internal import Engine
internal import Intervals
internal import SQLite
internal import Scheduling

/// Compares the index of the trail with the journal, entry by entry in the order of commit: who
/// asks for a record's history is shown what the index says, so that whoever can write to the
/// tables could hide an entry there and leave the journal as it is.
final class TrailIndexCheck {
    private let subjects: Rows
    private let positions: Rows

    /// The rows of a table in order of `sequence`, of which the next can be looked at.
    private final class Rows {
        private let statement: Statement
        /// Nil at the end.
        private(set) var next: Row?

        struct Row: Hashable {
            var sequence: Int64
            var key: [UInt8]
            /// 0 where the table has none.
            var position: Int64
        }

        init(_ sql: String, _ connection: Connection) throws(SQLiteError) {
            statement = try connection.prepare(sql)
            try step()
        }

        func step() throws(SQLiteError) {
            next =
                try statement.step()
                ? Row(
                    sequence: statement.integer(0), key: statement.blob(1),
                    position: statement.integer(2)) : nil
        }

        /// All rows up to an entry's.
        func take(through sequence: Int64) throws(SQLiteError) -> [Row] {
            var taken: [Row] = []
            while let row = next, row.sequence <= sequence {
                taken.append(row)
                try step()
            }
            return taken
        }
    }

    /// Sorts the index by entry, which costs a temporary file of its size.
    init(_ tables: Connection) throws(SQLiteError) {
        subjects = try Rows("SELECT sequence, subject, 0 FROM trail ORDER BY sequence", tables)
        positions = try Rows(
            "SELECT sequence, organization, position FROM trail_positions ORDER BY sequence",
            tables)
    }

    /// The next entry of the journal that the tables hold; nil for what it is found by: it cannot
    /// be read.
    func take(
        _ row: StoredRow, of organization: Identifier<OrganizationProfile>,
        _ expected: Set<TrailSubject>?
    ) throws(SQLiteError) -> [Finding] {
        var found: [Finding] = []
        let place = Rows.Row(
            sequence: row.sequence, key: TrailSubject.record(organization.value).bytes,
            position: row.position)
        var places = Set(try positions.take(through: row.sequence))
        if places.remove(place) == nil {
            found.append(
                .trailLacks(organization: row.organization, position: row.position, subject: ""))
        }
        found += places.map(Self.unexpected)
        let rows = try subjects.take(through: row.sequence)
        found += rows.filter { $0.sequence != row.sequence }.map(Self.unexpected)
        guard let expected else { return found }
        var left = Set(expected.map(\.bytes))
        for known in rows where known.sequence == row.sequence {
            if left.remove(known.key) == nil { found.append(Self.unexpected(known)) }
        }
        found += left.map { subject in
            .trailLacks(
                organization: row.organization, position: row.position,
                subject: Self.text(subject))
        }
        return found.sorted { "\($0)" < "\($1)" }
    }

    /// What the index holds beyond the last entry.
    func finish() throws(SQLiteError) -> [Finding] {
        let rows = try positions.take(through: .max) + subjects.take(through: .max)
        return rows.map(Self.unexpected)
    }

    private static func unexpected(_ row: Rows.Row) -> Finding {
        .trailUnexpected(sequence: row.sequence, subject: text(row.key))
    }

    /// The id without its kind, which the index does not hold, and the day where there is one.
    private static func text(_ key: [UInt8]) -> String {
        guard key.count == 16 || key.count == 20 else { return "\(key.count) bytes" }
        let value = key[..<16].reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        let id = Identifier<Booking>(value: value).description.drop { $0 != "_" }.dropFirst()
        if key.count == 16 { return String(id) }
        let day = key[16...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return "\(id) on \(LocalDate(dayNumber: Int32(bitPattern: day)))"
    }
}
