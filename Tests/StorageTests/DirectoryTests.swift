internal import Glibc
internal import SQLite
internal import Scheduling
internal import TestSupport
internal import Testing

@testable internal import Storage

@Suite("The data directory")
struct DirectoryTests {
    let temporary = TemporaryDirectory()
    var path: String { temporary.file("data") }

    /// What opening throws; nil when it succeeds.
    func refusal(_ path: String) -> StorageError? {
        do { _ = try Storage.open(directory: path) } catch { return error }
        return nil
    }

    @Test("is made for its owner alone, with both files in it")
    func made() throws {
        _ = try Storage.open(directory: path)
        var status = stat()
        try #require(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        for file in ["journal.db", "tables.db", "LOCK"] {
            #expect(access("\(path)/\(file)", F_OK) == 0, "\(file)")
        }
    }

    @Test("tells room from none by trying, and leaves nothing of it")
    func room() throws {
        _ = try Storage.open(directory: path)
        let before = try files()
        #expect(Storage.hasRoom(in: path))
        #expect(try files() == before)
        #expect(!Storage.hasRoom(in: temporary.file("missing")))
    }

    private func files() throws -> Set<String> {
        let listing = try #require(opendir(path))
        defer { closedir(listing) }
        var names: Set<String> = []
        while let entry = readdir(listing) {
            names.insert(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    @Test("syncs the journal at every commit, the tables only at checkpoints")
    func synchronous() throws {
        _ = try Storage.open(directory: path)
        for (file, schema, expected) in [
            ("journal.db", Schema.journal, 2 as Int64), ("tables.db", Schema.tables, 1),
        ] {
            let connection = try Connection.open("\(path)/\(file)", schema)
            #expect(try connection.integer("PRAGMA synchronous") == expected, "\(file)")
            #expect(try connection.value("PRAGMA journal_mode") == .text("wal"), "\(file)")
        }
    }

    @Test("is locked against a second daemon, and free again after the first")
    func locked() throws {
        do {
            let first = try Storage.open(directory: path)
            #expect(refusal(path) == .directoryInUse(path))
            #expect("\(StorageError.directoryInUse(path))".contains(path))
            _ = try first.verify(now: .init(milliseconds: 0))
        }
        #expect(refusal(path) == nil)
    }

    @Test("a refused directory closes its file once, and nobody else's")
    func closesOnce() async throws {
        let held = try Storage.open(directory: path)
        // A second close of the same number would hit whatever was opened in between.
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { [path] in
                    var lost = 0
                    for _ in 0..<200 {
                        if (try? Storage.open(directory: path)) != nil { lost += 1 }
                        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
                        await Task.yield()
                        if close(file) != 0 { lost += 1 }
                    }
                    return lost
                }
            }
            for await lost in group { #expect(lost == 0) }
        }
        _ = try held.verify(now: .init(milliseconds: 0))
    }

    @Test("stays locked as long as the journal is open")
    func lockedByJournal() throws {
        let (journal, _) = try recovered(path)
        #expect(refusal(path) == .directoryInUse(path))
        try journal.close()
    }

    @Test("where it cannot be, says so with its path")
    func unusable() throws {
        let file = temporary.file("file")
        close(open(file, O_CREAT | O_WRONLY, 0o600))
        #expect(
            refusal(file) == .directoryUnusable(file, reason: "Not a directory"))
        #expect(
            refusal("\(file)/below")
                == .directoryUnusable("\(file)/below", reason: "Not a directory"))
        let missing = temporary.file("a/b")
        #expect(
            refusal(missing) == .directoryUnusable(missing, reason: "No such file or directory"))
        #expect(
            refusal("/proc/slotd")
                == .directoryUnusable(
                    "/proc/slotd", reason: "No such file or directory"))
    }

    @Test(
        "of a newer version is refused and left alone",
        arguments: [("journal.db", Schema.journal.version), ("tables.db", Schema.tables.version)])
    func newer(file: String, known: Int64) throws {
        _ = try Storage.open(directory: path)
        let database = "\(path)/\(file)"
        do { try Connection(path: database).execute("PRAGMA user_version=99") }
        #expect(refusal(path) == .newerSchema(file: database, found: 99, known: known))
        #expect(try Connection(path: database).integer("PRAGMA user_version") == 99)
    }

    @Test("with a file of another program is refused", arguments: ["journal.db", "tables.db"])
    func foreign(file: String) throws {
        let database = "\(path)/\(file)"
        mkdir(path, 0o700)
        do { try Connection(path: database).execute("CREATE TABLE other(x)") }
        guard case .foreignFile(database, _) = refusal(path) else {
            Issue.record("\(String(describing: refusal(path)))")
            return
        }
        #expect(try Connection(path: database).integer("SELECT count(*) FROM other") == 0)
    }

    @Test("a step of a migration that fails leaves the version before it")
    func migration() throws {
        let broken = Schema(
            applicationID: 1, steps: ["CREATE TABLE a(x)", "CREATE TABLE b(x); CREATE TABLE a(x)"])
        let whole = Schema(applicationID: 1, steps: ["CREATE TABLE a(x)", "CREATE TABLE b(x)"])
        let file = temporary.file("test.db")
        #expect(throws: StorageError.self) { try Connection.open(file, broken) }
        do {
            let connection = try Connection(path: file)
            #expect(try connection.integer("PRAGMA user_version") == 1)
            #expect(try connection.integer("SELECT count(*) FROM sqlite_schema") == 1)
        }
        let connection = try Connection.open(file, whole)
        #expect(try connection.integer("PRAGMA user_version") == 2)
    }
}
