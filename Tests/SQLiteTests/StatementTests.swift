internal import SQLite
internal import TestSupport
internal import Testing

@Suite("A statement")
struct StatementTests {
    let directory = TemporaryDirectory()

    func open() throws -> Connection { try Connection(path: directory.file("test.db")) }

    @Test(
        "gives back what was bound, also at the edges",
        arguments: [
            Value.integer(.min), .integer(0), .integer(.max), .text(""), .text("Zoë 🌱\u{0}end"),
            .blob([]), .blob([0, 255, 0]), .null,
        ])
    func roundTrip(value: Value) throws {
        let statement = try open().prepare("SELECT ?1")
        switch value {
        case .integer(let integer): statement.bind(integer, at: 1)
        case .text(let text): statement.bind(text, at: 1)
        case .blob(let bytes): statement.bind(bytes, at: 1)
        case .null: statement.bind(String?.none, at: 1)
        case .real: Issue.record("nothing binds a real")
        }
        #expect(try statement.step())
        #expect(statement.value(0) == value)
        #expect(statement.isNull(0) == (value == .null))
        #expect(try !statement.step())
    }

    @Test("copies what it binds")
    func copies() throws {
        let statement = try open().prepare("SELECT ?1")
        var bytes = [UInt8](repeating: 7, count: 5000)
        statement.bind(bytes, at: 1)
        for index in bytes.indices { bytes[index] = 9 }
        #expect(try statement.step())
        #expect(statement.blob(0) == [UInt8](repeating: 7, count: 5000))
        statement.withBytes(0) { span in #expect(span.byteCount == 5000) }
    }

    @Test("runs again with other parameters after its end and after an error")
    func reuse() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE t(x INTEGER UNIQUE)")
        let insert = try connection.prepare("INSERT INTO t VALUES (?1)")
        for value in [1, 2, 2, 3] as [Int64] {
            insert.bind(value, at: 1)
            do { try insert.run() } catch {
                #expect(value == 2)
                #expect(error.code.primary == .constraint)
                #expect(error.statement == "INSERT INTO t VALUES (?1)")
            }
        }
        #expect(try connection.integer("SELECT count(*) FROM t") == 3)
    }

    @Test("is exactly one statement")
    func exactlyOne() throws {
        let connection = try open()
        for sql in ["SELECT 1; SELECT 2", "", "-- nothing", "SELEC 1"] {
            #expect(throws: SQLiteError.self) { _ = try connection.prepare(sql) }
        }
    }

    @Test("a primary code matches its extensions, an extended one itself alone")
    func codes() {
        let sync = ResultCode(rawValue: 1034)
        #expect(sync.primary == .ioError)
        #expect(ResultCode.ioError ~= sync)
        #expect(ResultCode.ioErrorSync ~= sync)
        #expect(!(ResultCode.ioErrorSync ~= ResultCode.ioError))
        #expect(!(ResultCode.full ~= sync))
    }
}
