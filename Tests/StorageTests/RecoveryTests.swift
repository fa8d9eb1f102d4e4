internal import Engine
internal import Glibc
internal import SQLite
internal import Scheduling
internal import TestSupport
internal import Testing

@testable internal import Storage

@Suite("Recovery")
struct RecoveryTests {
    let temporary = TemporaryDirectory()

    /// Limits with which the tables are written when they are flushed, and not before.
    var lazy: StorageLimits {
        var limits = StorageLimits()
        limits.writeDelayMilliseconds = 3_600_000
        limits.recordsPerWrite = 1_000_000
        return limits
    }

    /// Copies the files as a crash would leave them: the daemon is still running.
    func copy(_ from: String, _ to: String) throws {
        mkdir(to, 0o700)
        for file in ["journal.db", "journal.db-wal", "tables.db", "tables.db-wal", "journal.mark"] {
            try copyFile("\(from)/\(file)", "\(to)/\(file)")
        }
    }

    @Test(
        "hands over what was committed, wherever the daemon stopped and the tables were",
        arguments: 1...8 as ClosedRange<UInt64>)
    func everyPrefix(seed: UInt64) throws {
        var clinic = Clinic(seed: seed)
        var seeded = Seeded(seed)
        let path = temporary.file("data")
        let (journal, empty) = try recovered(path, limits: lazy)
        #expect(empty == Clinic.State())
        for count in 1...40 {
            _ = try journal.commit(clinic.make(1))
            if seeded.int(0...4) == 0 { try journal.flushTables() }
            let crashed = temporary.file("crash-\(count)")
            try copy(path, crashed)
            let (again, state) = try recovered(crashed, limits: lazy)
            #expect(state == clinic.states[count], "after \(count) events")
            // And once more, from the tables alone.
            try again.close()
            let (third, fromTables) = try recovered(crashed)
            #expect(fromTables == clinic.states[count], "after \(count) events and a clean stop")
            try third.close()
        }
        try journal.close()
    }

    @Test("goes on with the files of the first version")
    func firstVersion() throws {
        let path = temporary.file("data")
        var clinic = Clinic(seed: 9)
        let (journal, _) = try recovered(path)
        var records = RecordKind.allCases.filter {
            ![.resource, .charge, .waitlistEntry].contains($0)
        }
        .map { clinic.seeded.record($0) }
        for index in records.indices {
            guard case .booking(var booking) = records[index] else { continue }
            booking.stage = .new
            for segment in booking.segments.indices { booking.segments[segment].uses = [] }
            records[index] = .booking(booking)
        }
        records.removeAll { $0.key.kind == .hold }
        _ = try journal.commit([clinic.make(records.map { .put($0) })])
        try journal.close()
        do {
            let tables = try Connection(path: "\(path)/tables.db")
            try tables.execute(
                """
                DROP TABLE trail;
                DROP TABLE trail_positions;
                DROP TABLE resources;
                DROP TABLE charges;
                DROP TABLE waitlist;
                ALTER TABLE checkpoints DROP COLUMN hash;
                ALTER TABLE patients DROP COLUMN merged_into;
                CREATE TABLE old (
                    owner TEXT NOT NULL, segment INTEGER NOT NULL, provider TEXT NOT NULL,
                    start_unix_seconds INTEGER NOT NULL, end_unix_seconds INTEGER NOT NULL,
                    expires_at_unix_ms INTEGER, PRIMARY KEY (owner, segment)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO old SELECT * FROM occupancies;
                DROP TABLE occupancies;
                ALTER TABLE old RENAME TO occupancies;
                PRAGMA user_version=1
                """)
            let journal = try Connection(path: "\(path)/journal.db")
            try journal.execute("ALTER TABLE journal DROP COLUMN hash; PRAGMA user_version=1")
        }
        let (again, state) = try recovered(path)
        #expect(state == clinic.state)
        _ = try again.commit([clinic.make([.put(clinic.seeded.record(.resource))])])
        try again.close()
        let (third, after) = try recovered(path)
        #expect(after == clinic.state)
        try third.close()
        #expect(
            try Storage.open(directory: path).verify(now: Instant(milliseconds: 0)).isEmpty)
    }

    @Test("goes on from where it ended, again and again", arguments: 1...4 as ClosedRange<UInt64>)
    func goesOn(seed: UInt64) throws {
        var clinic = Clinic(seed: seed)
        let path = temporary.file("data")
        for _ in 0..<10 {
            let (journal, state) = try recovered(path)
            #expect(state == clinic.state)
            for _ in 0..<5 { _ = try journal.commit(clinic.make(7)) }
            try journal.close()
            try journal.close()
        }
        let findings = try Storage.open(directory: path).verify(now: Instant(milliseconds: 0))
        #expect(findings.filter { if case .overlap = $0 { false } else { true } }.isEmpty)
    }

    @Test("orders its steps: records by kind, receipts, checkpoints, events")
    func order() throws {
        var clinic = Clinic(seed: 9)
        let path = temporary.file("data")
        let (journal, _) = try recovered(path, limits: lazy)
        _ = try journal.commit(clinic.make(120))
        try journal.flushTables()
        _ = try journal.commit(clinic.make(20))
        let crashed = temporary.file("crash")
        try copy(path, crashed)
        try journal.close()

        var ranks: [Int] = []
        let storage = try Storage.open(directory: crashed)
        let again = try storage.recover(receiptsSince: Instant(milliseconds: 0)) { step in
            switch step {
            case .record(_, let record): ranks.append(Int(record.key.kind.rawValue))
            case .receipt: ranks.append(100)
            case .checkpoint: ranks.append(101)
            case .event: ranks.append(102)
            }
        }
        #expect(ranks == ranks.sorted())
        #expect(Set(ranks).isSuperset(of: [1, 7, 100, 101, 102]))
        #expect(ranks.filter { $0 == 102 }.count == 20)
        try again.close()
    }

    @Test("leaves out receipts older than asked for, and old ones are dropped from the tables")
    func receipts() throws {
        var clinic = Clinic(seed: 10, organizations: 1)
        let path = temporary.file("data")
        var limits = StorageLimits()
        limits.receiptSeconds = 30 * 60
        let (journal, _) = try recovered(path, limits: limits)
        for entry in clinic.make(100) {
            _ = try journal.commit([entry])
            try journal.flushTables()
        }
        try journal.close()
        let end = try #require(clinic.entries.last).event.at
        let since = end.adding(seconds: -20 * 60)
        let (again, state) = try recovered(path, receiptsSince: since)
        #expect(state.receipts == clinic.state.receipts.filter { $0.at >= since })
        try again.close()
        let tables = try Connection(path: "\(path)/tables.db")
        let cutoff = end.adding(seconds: -30 * 60)
        #expect(
            try tables.integer("SELECT count(*) FROM receipts")
                == Int64(clinic.state.receipts.filter { $0.at >= cutoff }.count))
    }

    @Test("ends with what the visitor throws, and can be tried again")
    func visitorThrows() throws {
        var clinic = Clinic(seed: 11)
        let path = temporary.file("data")
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(30))
        try journal.close()
        let unusable = StorageError.unreadable(
            organization: "somebody", position: nil, reason: "its zone is unknown")
        do {
            let storage = try Storage.open(directory: path)
            #expect(throws: unusable) {
                try storage.recover(receiptsSince: Instant(milliseconds: 0)) {
                    _ throws(StorageError) in throw unusable
                }
            }
        }
        let (again, state) = try recovered(path)
        #expect(state == clinic.state)
        try again.close()
    }
}
