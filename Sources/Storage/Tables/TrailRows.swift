internal import Engine
internal import SQLite
internal import Scheduling

extension TrailSubject {
    /// As it stands in `trail.subject`: the id's 16 bytes, for a day followed by the day's four,
    /// most significant first.
    var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    fileprivate func bind(to statement: borrowing Statement, at index: Int32) {
        withBytes { statement.bind($0.bytes, at: index) }
    }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .record(let id): withUnsafeBytes(of: id.bigEndian, body)
        case .day(let location, let day):
            withUnsafeBytes(of: (location.value.bigEndian, day.bigEndian), body)
        }
    }
}

/// Writes the index of the trail: where each organization's entries stand in the journal, and by
/// what they are found. Part of the tables, so that it is a prefix of the journal as they are.
final class TrailRowsWriter {
    private let insertPosition: Statement
    private let insertSubject: Statement

    init(_ connection: Connection) throws(SQLiteError) {
        insertPosition = try connection.prepare(TrailStatements.insertPosition)
        insertSubject = try connection.prepare(TrailStatements.insertSubject)
    }

    func write(_ entry: JournalEntry, _ sequence: Int64) throws(SQLiteError) {
        TrailSubject.record(entry.organization.value).bind(to: insertPosition, at: 1)
        insertPosition.bind(entry.event.position, at: 2)
        insertPosition.bind(sequence, at: 3)
        try insertPosition.run()
        try entry.event.forEachSubject { subject throws(SQLiteError) in
            subject.bind(to: insertSubject, at: 1)
            insertSubject.bind(sequence, at: 2)
            try insertSubject.run()
        }
    }
}

/// Reads the index of the trail. Used by the tables' thread alone.
final class TrailRowsReader {
    private let positions: [Bool: Statements]
    private let subjects: [Bool: Statements]
    private let sequence: Statement

    /// A statement in a box: it cannot be copied.
    private final class Statements {
        let statement: Statement
        init(_ sql: String, _ connection: Connection) throws(SQLiteError) {
            statement = try connection.prepare(sql)
        }
    }

    init(_ connection: Connection) throws(SQLiteError) {
        positions = [
            false: try Statements(TrailStatements.positionsAscending, connection),
            true: try Statements(TrailStatements.positionsDescending, connection),
        ]
        subjects = [
            false: try Statements(TrailStatements.subjectAscending, connection),
            true: try Statements(TrailStatements.subjectDescending, connection),
        ]
        sequence = try connection.prepare(TrailStatements.sequence)
    }

    /// Where entries of a window stand in the journal, at most `limit` of them, in the window's
    /// order; nil when the index does not reach to the window's end yet.
    func sequences(
        of organization: Identifier<OrganizationProfile>, _ window: TrailWindow, limit: Int
    ) throws(SQLiteError) -> [Int64]? {
        let name = TrailSubject.record(organization.value).bytes
        guard let last = try find(name, window.positions.upperBound) else { return nil }
        let rows: Statements?
        if let subject = window.about {
            guard let first = try find(name, window.positions.lowerBound) else { return nil }
            rows = subjects[window.newestFirst]
            if let rows { subject.bind(to: rows.statement, at: 1) }
            rows?.statement.bind(first, at: 2)
            rows?.statement.bind(last, at: 3)
        } else {
            rows = positions[window.newestFirst]
            rows?.statement.bind(name, at: 1)
            rows?.statement.bind(window.positions.lowerBound, at: 2)
            rows?.statement.bind(window.positions.upperBound, at: 3)
        }
        guard let rows else { return nil }
        rows.statement.bind(Int64(limit), at: 4)
        var found: [Int64] = []
        while try rows.statement.step() { found.append(rows.statement.integer(0)) }
        return found
    }

    private func find(_ organization: [UInt8], _ position: Int64) throws(SQLiteError) -> Int64? {
        sequence.bind(organization, at: 1)
        sequence.bind(position, at: 2)
        defer { sequence.reset() }
        return try sequence.step() ? sequence.integer(0) : nil
    }
}

/// The SQL of the trail's index.
private enum TrailStatements {
    static let insertPosition = """
        INSERT INTO trail_positions (organization, position, sequence) VALUES (?1, ?2, ?3)
        """
    static let insertSubject = "INSERT INTO trail (subject, sequence) VALUES (?1, ?2)"
    static let sequence = """
        SELECT sequence FROM trail_positions WHERE organization = ?1 AND position = ?2
        """
    /// One organization's, ?1, between two positions, at most ?4.
    static let positionsAscending = """
        SELECT sequence FROM trail_positions
        WHERE organization = ?1 AND position BETWEEN ?2 AND ?3 ORDER BY position LIMIT ?4
        """
    static let positionsDescending = """
        SELECT sequence FROM trail_positions
        WHERE organization = ?1 AND position BETWEEN ?2 AND ?3 ORDER BY position DESC LIMIT ?4
        """
    /// About one thing, ?1, between two places in the journal, at most ?4.
    static let subjectAscending = """
        SELECT sequence FROM trail
        WHERE subject = ?1 AND sequence BETWEEN ?2 AND ?3 ORDER BY sequence LIMIT ?4
        """
    static let subjectDescending = """
        SELECT sequence FROM trail
        WHERE subject = ?1 AND sequence BETWEEN ?2 AND ?3 ORDER BY sequence DESC LIMIT ?4
        """
}
