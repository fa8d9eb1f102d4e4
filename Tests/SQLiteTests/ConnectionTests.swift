internal import Glibc
internal import TestSupport
internal import Testing

@testable internal import SQLite

@Suite("A connection")
struct ConnectionTests {
    let directory = TemporaryDirectory()

    func open(_ settings: Settings = Settings()) throws(SQLiteError) -> Connection {
        try Connection(path: directory.file("test.db"), settings: settings)
    }

    @Test("runs with the settings that it was asked for")
    func settings() throws {
        var settings = Settings()
        settings.pageSize = 8192
        settings.cacheKiB = 1024
        let connection = try open(settings)
        let expected: [(String, Value)] = [
            ("locking_mode", .text("exclusive")), ("journal_mode", .text("wal")),
            ("page_size", .integer(8192)), ("synchronous", .integer(2)),
            ("wal_autocheckpoint", .integer(0)), ("foreign_keys", .integer(1)),
            ("temp_store", .integer(2)), ("cache_size", .integer(-1024)),
            ("mmap_size", .integer(0)), ("trusted_schema", .integer(0)),
            ("cell_size_check", .integer(1)),
        ]
        for (name, value) in expected {
            #expect(try connection.value("PRAGMA \(name)") == value, "\(name)")
        }
    }

    @Test("allocates without the lock under which the memory in use is counted")
    func memoryIsNotCounted() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE t(x)")
        #expect(!Connection.countsMemory)
    }

    @Test("is defensive: the schema cannot be written as if it were a table")
    func defensive() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE t(x); PRAGMA writable_schema=ON")
        #expect(throws: SQLiteError.self) { try connection.execute("DELETE FROM sqlite_schema") }
    }

    @Test("keeps everybody else out of the file until it is closed")
    func exclusive() throws {
        let first = try open()
        try first.execute("CREATE TABLE t(x)")
        do {
            _ = try open()
            Issue.record("the second connection must not open")
        } catch {
            #expect(error.code.primary == .busy)
        }
        try first.close()
        #expect(try open().integer("SELECT count(*) FROM t") == 0)
    }

    @Test("does not close under a statement that is still there")
    func closeUnderStatement() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE t(x)")
        do {
            let statement = try connection.prepare("SELECT x FROM t")
            #expect(throws: SQLiteError.self) { try connection.close() }
            try statement.step()
        }
        try connection.close()
    }

    @Test("a statement outlives the last other reference to its connection")
    func statementOutlives() throws {
        func prepared() throws -> Statement { try open().prepare("SELECT 42") }
        let statement = try prepared()
        #expect(try statement.step())
        #expect(statement.integer(0) == 42)
    }

    @Test("names file and cause when it cannot open")
    func cannotOpen() throws {
        do {
            _ = try Connection(path: "\(directory.path)/missing/test.db")
            Issue.record("opened")
        } catch {
            #expect(error.code.primary == .cannotOpen)
            #expect(error.statement.contains("missing/test.db"))
            #expect(error.systemError == ENOENT)
        }
    }

    @Test("refuses a file of something else")
    func notADatabase() throws {
        let path = directory.file("test.db")
        let file = try #require(fopen(path, "w"))
        fputs(String(repeating: "not a database, not at all\n", count: 100), file)
        fclose(file)
        do {
            _ = try open()
            Issue.record("opened")
        } catch {
            #expect(error.code.primary == .notADatabase)
        }
    }

    @Test("a transaction that throws leaves nothing behind")
    func rollsBack() throws {
        struct Stop: Error {}
        let connection = try open()
        try connection.execute("CREATE TABLE t(x UNIQUE)")
        #expect(throws: TransactionError<Stop>.self) {
            try connection.transaction { () throws(Stop) in
                try? connection.execute("INSERT INTO t VALUES (1)")
                throw Stop()
            }
        }
        #expect(throws: SQLiteError.self) {
            try connection.transaction { () throws(SQLiteError) in
                try connection.execute("INSERT INTO t VALUES (2)")
                try connection.execute("INSERT INTO t VALUES (2)")
            }
        }
        #expect(!connection.isInTransaction)
        #expect(try connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test("a full file fails the transaction, and takes the next one when there is room")
    func full() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE t(x); PRAGMA max_page_count=8")
        func fill() throws(SQLiteError) {
            try connection.transaction { () throws(SQLiteError) in
                for _ in 0..<64 { try connection.execute("INSERT INTO t VALUES (zeroblob(2000))") }
            }
        }
        do {
            try fill()
            Issue.record("64 rows fit into 8 pages")
        } catch {
            #expect(error.code.primary == .full)
        }
        #expect(try connection.integer("SELECT count(*) FROM t") == 0)
        try connection.execute("PRAGMA max_page_count=1000")
        try fill()
        #expect(try connection.integer("SELECT count(*) FROM t") == 64)
    }

    @Test("a checkpoint moves the whole WAL into the file")
    func checkpoint() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE t(x); INSERT INTO t VALUES (zeroblob(100000))")
        func size(_ suffix: String) -> Int {
            var status = stat()
            return stat("\(connection.path)\(suffix)", &status) == 0 ? Int(status.st_size) : 0
        }
        #expect(size("-wal") > 100_000)
        #expect(connection.walFrames == size("-wal") / (4096 + 24))
        #expect(try connection.checkpoint(.passive) == 0)
        #expect(size("") > 100_000)
        try connection.execute("INSERT INTO t VALUES (1)")
        #expect(connection.walFrames < 5)
        #expect(try connection.checkpoint(.truncate) == 0)
        #expect(size("-wal") == 0)
    }

    @Test("the versions that mend the reset of a WAL are known, at their limits")
    func safeVersions() {
        let safe = [3_044_006, 3_044_009, 3_050_007, 3_051_003, 3_052_000, 4_000_000]
        let unsafe = [3_040_001, 3_044_005, 3_045_000, 3_050_006, 3_051_000, 3_051_002]
        for number in safe { #expect(Connection.isMended(number), "\(number)") }
        for number in unsafe { #expect(!Connection.isMended(number), "\(number)") }
    }
}
