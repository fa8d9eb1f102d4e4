internal import CSQLite

/// The columns of the present row, from 0. SQLite converts between types as its manual says; ask
/// for what the schema holds.
extension Statement {
    /// Whether the column is NULL.
    public borrowing func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// An integer; 0 for NULL.
    public borrowing func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    /// A text; empty for NULL. Bytes that are not UTF-8 are replaced.
    public borrowing func text(_ column: Int32) -> String {
        // The pointer is asked for before the count, as the manual says, and both are good until
        // the next step.
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Lends the bytes of a column, none for NULL, for as long as `body` runs. Nothing is copied.
    public borrowing func withBytes<Result, Failure: Error>(
        _ column: Int32, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // SQLite keeps the bytes in place until the next step, reset or conversion of the column,
        // and `body` cannot let the span escape.
        let start = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        return try body(UnsafeRawBufferPointer(start: start, count: count).bytes)
    }

    /// A copy of a column's bytes; empty for NULL.
    public borrowing func blob(_ column: Int32) -> [UInt8] {
        withBytes(column) { span in span.withUnsafeBytes { [UInt8]($0) } }
    }

    /// The column as SQLite stores it.
    public borrowing func value(_ column: Int32) -> Value {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }
}
