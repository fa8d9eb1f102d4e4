internal import CSQLite

/// A compiled statement, finalized when it goes out of scope.
///
/// It keeps its connection open, so the order in which the two are dropped does not matter.
/// Parameters are numbered from 1 and columns from 0, as SQLite does. A parameter out of range, or
/// bound while rows are still being read, is the caller's bug and traps.
public struct Statement: ~Copyable {
    /// Non-null: preparing throws otherwise.
    let handle: OpaquePointer
    private let connection: Connection
    /// The text it was compiled from.
    public let sql: String

    init(_ sql: String, on connection: Connection) throws(SQLiteError) {
        var prepared: OpaquePointer?
        var isWhole = false
        let code = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(
                connection.handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &tail)
            isWhole = tail.map { $0.pointee == 0 } ?? false
            return code
        }
        guard code == SQLITE_OK else {
            throw SQLiteError(code, on: connection.handle, statement: sql)
        }
        guard let prepared, isWhole else {
            sqlite3_finalize(prepared)
            throw SQLiteError(code: .misuse, message: "not exactly one statement", statement: sql)
        }
        handle = prepared
        self.connection = connection
        self.sql = sql
    }

    deinit {
        // Returns the error of the last step again, which was thrown already.
        sqlite3_finalize(handle)
    }

    // MARK: Running

    /// Goes to the next row; false when there is none left.
    ///
    /// After an error or the end the statement is reset, so that nothing stays open in the file.
    @discardableResult
    public borrowing func step() throws(SQLiteError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            let error = SQLiteError(code, on: connection.handle, statement: sql)
            sqlite3_reset(handle)
            throw error
        }
        sqlite3_reset(handle)
        return false
    }

    /// Runs a statement that yields no rows to its end. The parameters stay bound.
    public borrowing func run() throws(SQLiteError) {
        let hasRow = try step()
        precondition(!hasRow, "a statement that is run yields no rows: \(sql)")
    }

    /// Gives up the rows that are left. The parameters stay bound.
    public borrowing func reset() {
        // Its result repeats the last step's.
        sqlite3_reset(handle)
    }

    // MARK: Parameters, from 1. All of them are copied.

    /// Binds an integer, or NULL for nil.
    public borrowing func bind(_ value: Int64?, at index: Int32) {
        guard let value else { return bindNull(at: index) }
        check(sqlite3_bind_int64(handle, index, value), index)
    }

    /// Binds a text, or NULL for nil.
    public borrowing func bind(_ text: String?, at index: Int32) {
        guard var text else { return bindNull(at: index) }
        let code = text.withUTF8 { utf8 in
            // A null pointer, as an empty buffer may have, would bind NULL.
            guard let start = utf8.baseAddress, !utf8.isEmpty else {
                return csqlite_bind_text(handle, index, "", 0)
            }
            return start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                csqlite_bind_text(handle, index, $0, Int32(clamping: utf8.count))
            }
        }
        check(code, index)
    }

    /// Binds bytes; never NULL, also when there are none.
    public borrowing func bind(_ bytes: RawSpan, at index: Int32) {
        let code = bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress, !buffer.isEmpty else {
                return sqlite3_bind_zeroblob(handle, index, 0)
            }
            return csqlite_bind_blob(handle, index, start, Int32(clamping: buffer.count))
        }
        check(code, index)
    }

    /// Binds bytes; never NULL, also when there are none.
    public borrowing func bind(_ bytes: [UInt8], at index: Int32) {
        bind(bytes.span.bytes, at: index)
    }

    /// Binds a value of any type.
    public borrowing func bind(_ value: Value, at index: Int32) {
        switch value {
        case .null: bindNull(at: index)
        case .integer(let integer): bind(integer, at: index)
        case .real(let real): check(sqlite3_bind_double(handle, index, real), index)
        case .text(let text): bind(text, at: index)
        case .blob(let bytes): bind(bytes, at: index)
        }
    }

    /// Binds NULL.
    public borrowing func bindNull(at index: Int32) {
        check(sqlite3_bind_null(handle, index), index)
    }

    private func check(_ code: Int32, _ index: Int32) {
        precondition(
            code == SQLITE_OK,
            "parameter \(index) of \(sql): \(ResultCode(rawValue: code))")
    }
}
