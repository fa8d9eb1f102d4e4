internal import CSQLite

/// What a call into SQLite returned: an extended result code
/// (https://www.sqlite.org/rescode.html).
///
/// As a pattern, a primary code stands for all of its extensions: `case .ioError` matches
/// SQLITE_IOERR_FSYNC as well, `case .ioErrorSync` only that one.
public struct ResultCode: RawRepresentable, Hashable, Sendable {
    /// The number SQLite gave, extension included.
    public let rawValue: Int32

    /// The code that SQLite gave.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The code without its extension.
    public var primary: ResultCode { ResultCode(rawValue: rawValue & 0xff) }

    /// SQLITE_OK
    public static let ok = ResultCode(rawValue: SQLITE_OK)
    /// SQLITE_ROW
    static let row = ResultCode(rawValue: SQLITE_ROW)
    /// SQLITE_DONE
    static let done = ResultCode(rawValue: SQLITE_DONE)

    /// SQLITE_ERROR: the statement is wrong, or nothing more precise is known.
    public static let error = ResultCode(rawValue: SQLITE_ERROR)
    /// SQLITE_BUSY: somebody else has the file.
    public static let busy = ResultCode(rawValue: SQLITE_BUSY)
    /// SQLITE_LOCKED: another statement of this connection stands in the way.
    public static let locked = ResultCode(rawValue: SQLITE_LOCKED)
    /// SQLITE_READONLY
    public static let readOnly = ResultCode(rawValue: SQLITE_READONLY)
    /// SQLITE_IOERR: the disk failed.
    public static let ioError = ResultCode(rawValue: SQLITE_IOERR)
    /// SQLITE_IOERR_FSYNC: what was written before may or may not be on the disk.
    public static let ioErrorSync = ResultCode(rawValue: SQLITE_IOERR | 4 << 8)
    /// SQLITE_CORRUPT: the file's pages contradict one another.
    public static let corrupt = ResultCode(rawValue: SQLITE_CORRUPT)
    /// SQLITE_FULL: no room on the disk, or no page left below `max_page_count`.
    public static let full = ResultCode(rawValue: SQLITE_FULL)
    /// SQLITE_CANTOPEN
    public static let cannotOpen = ResultCode(rawValue: SQLITE_CANTOPEN)
    /// SQLITE_CONSTRAINT: a unique index or a CHECK said no.
    public static let constraint = ResultCode(rawValue: SQLITE_CONSTRAINT)
    /// SQLITE_MISUSE: our bug.
    public static let misuse = ResultCode(rawValue: SQLITE_MISUSE)
    /// SQLITE_TOOBIG: more than a gigabyte in one value.
    public static let tooBig = ResultCode(rawValue: SQLITE_TOOBIG)
    /// SQLITE_NOTADB: the file is none of SQLite's.
    public static let notADatabase = ResultCode(rawValue: SQLITE_NOTADB)

    /// A primary code matches all its extensions, an extended code only itself.
    public static func ~= (pattern: ResultCode, code: ResultCode) -> Bool {
        pattern.rawValue <= 0xff ? pattern == code.primary : pattern == code
    }
}

extension ResultCode: CustomStringConvertible {
    /// SQLite's own words and the number, as in `disk I/O error (1034)`.
    public var description: String {
        "\(String(cString: sqlite3_errstr(rawValue))) (\(rawValue))"
    }
}
