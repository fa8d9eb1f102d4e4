internal import CSQLite

/// A call into SQLite that did not do what it was asked.
public struct SQLiteError: Error, Equatable, Sendable {
    /// What kind of failure it is.
    public let code: ResultCode
    /// What SQLite says about it.
    public let message: String
    /// The SQL at fault, or what was attempted in its place.
    public let statement: String
    /// The operating system's `errno` behind it; 0 when it had no part in it.
    public let systemError: Int32

    /// A failure that SQLite did not report itself, or that a caller wants to state in its terms.
    public init(code: ResultCode, message: String, statement: String, systemError: Int32 = 0) {
        self.code = code
        self.message = message
        self.statement = statement
        self.systemError = systemError
    }

    /// The failure that a connection reports right after a call returned `code`.
    init(_ code: Int32, on database: OpaquePointer, statement: String) {
        self.code = ResultCode(rawValue: code)
        message = String(cString: sqlite3_errmsg(database))
        self.statement = statement
        systemError = sqlite3_system_errno(database)
    }
}

extension SQLiteError: CustomStringConvertible {
    /// Code, message and statement on one line.
    public var description: String {
        let system = systemError == 0 ? "" : ", errno \(systemError)"
        return "SQLite: \(message) [\(code)\(system)] in: \(statement)"
    }
}
