internal import CSQLite

/// One open database file, used by one thread at a time and by nobody else.
///
/// Invariants:
/// 1. The file is locked exclusively from the first access until the connection is gone. SQLite up
///    to 3.51.2 can corrupt a WAL database that two connections write or checkpoint
///    (https://www.sqlite.org/wal.html#walresetbug); there is never a second one.
/// 2. Hence SQLITE_BUSY is never waited for: it means that somebody else opened the file.
/// 3. SQLite's mutexes are off (SQLITE_OPEN_NOMUTEX). The class is not `Sendable`, so the compiler
///    sees to it that the connection has one owner, and moves to another thread only as a whole.
public final class Connection {
    /// The open file. Non-null from `init` to `deinit` or `close()`.
    private(set) var database: OpaquePointer?
    /// Where the file is.
    public let path: String
    /// Where the commit hook leaves the length of the WAL. Allocated by `init`, freed by `deinit`
    /// after the database that knows its address.
    private let framesInWAL = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

    /// Whether SQLite counts the bytes it has allocated. It does so under one lock for the whole
    /// process, so that connections of two threads wait for each other at each allocation
    /// (https://www.sqlite.org/malloc.html#memstatus); nobody reads the count. Asked for before
    /// each connection is opened, decided before the first.
    static let countsMemory = csqlite_stop_counting_memory() != SQLITE_OK

    /// Opens a file, creating it when it is missing, and applies the settings.
    ///
    /// Throws `.cannotOpen` for a path that cannot be opened, `.notADatabase` for a file of
    /// something else, `.busy` when another process has it, and `.error` for a setting that did not
    /// take.
    public init(path: String, settings: Settings = Settings()) throws(SQLiteError) {
        self.path = path
        framesInWAL.initialize(to: 0)
        _ = Self.countsMemory
        let flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
            | SQLITE_OPEN_NOFOLLOW
        let code = sqlite3_open_v2(path, &database, flags, nil)
        guard let opened = database else {
            throw SQLiteError(
                code: ResultCode(rawValue: code), message: "out of memory",
                statement: "open \(path)")
        }
        guard code == SQLITE_OK else {
            throw SQLiteError(code, on: opened, statement: "open \(path)")
        }
        try apply(settings)
        // Takes the place of SQLite's own hook, which would checkpoint.
        sqlite3_wal_hook(
            opened,
            { frames, _, _, count in
                frames?.storeBytes(of: count, as: Int32.self)
                return SQLITE_OK
            }, framesInWAL)
    }

    deinit {
        // Statements hold a reference to their connection, so none is left and this cannot fail for
        // one of them; close_v2 would only turn such a bug into a leak.
        if let database { sqlite3_close_v2(database) }
        framesInWAL.deallocate()
    }

    /// The version of the library that is linked, as in `3.40.1`.
    public static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// Whether that version lets two connections have one file: 3.51.3, or 3.50.7 and 3.44.6 of the
    /// older lines, mend the corruption that invariant 1 avoids.
    public static var isSafeForMany: Bool { isMended(Int(sqlite3_libversion_number())) }

    /// As above, of a version as SQLite counts it: 3.51.3 is 3051003.
    static func isMended(_ number: Int) -> Bool {
        switch number {
        case 3_051_003...: true
        case 3_050_007..<3_051_000, 3_044_006..<3_045_000: true
        default: false
        }
    }

    /// Closes the file, and throws when SQLite finds something unfinished. Not to be used
    /// afterwards.
    public func close() throws(SQLiteError) {
        guard let database else { return }
        let code = sqlite3_close(database)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: database, statement: "close") }
        self.database = nil
    }

    /// Compiles a statement; whatever follows the first statement of `sql` is refused.
    public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        try Statement(sql, on: self)
    }

    /// Runs statements that take no parameters, separated by semicolons, and drops their rows.
    public func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: handle, statement: sql) }
    }

    /// The first column of the first row; nil when there is no row.
    public func value(_ sql: String) throws(SQLiteError) -> Value? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.value(0) : nil
    }

    /// As `value`, for a query that answers with an integer; nil for no row and for NULL.
    public func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() && !statement.isNull(0) ? statement.integer(0) : nil
    }

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    public var changes: Int64 { sqlite3_changes64(handle) }

    /// Frames that the WAL held after the last commit, each a page and 24 bytes. It starts over
    /// with the first commit after a checkpoint.
    public var walFrames: Int { Int(framesInWAL.pointee) }

    /// Whether a transaction is open. SQLite ends one by itself after some errors, a full disk
    /// among them
    /// (https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction).
    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// The open file, for the calls of this module.
    var handle: OpaquePointer {
        guard let database else { preconditionFailure("\(path) is used after it was closed") }
        return database
    }

    private func apply(_ settings: Settings) throws(SQLiteError) {
        for pragma in settings.pragmas {
            try execute("PRAGMA \(pragma.name)=\(pragma.value)")
            let actual = try value("PRAGMA \(pragma.name)")
            // An existing file keeps the page size it was made with.
            guard actual == pragma.expected || pragma.name == "page_size" else {
                throw refused("\(pragma.name)=\(pragma.value)", actual)
            }
        }
        var isDefensive: Int32 = 0
        let code = csqlite_set_defensive(handle, &isDefensive)
        guard code == SQLITE_OK, isDefensive == 1 else {
            throw refused("SQLITE_DBCONFIG_DEFENSIVE=1", .integer(Int64(isDefensive)))
        }
    }

    private func refused(_ setting: String, _ actual: Value?) -> SQLiteError {
        SQLiteError(
            code: .error,
            message: "the setting did not take; it reads \(actual.map { "\($0)" } ?? "nothing")",
            statement: setting)
    }
}
