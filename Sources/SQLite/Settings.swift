/// What a connection asks of SQLite before its first statement, and reads back.
///
/// SQLite ignores a pragma that it does not know or cannot honor, and says nothing: a library that
/// merely asks for `synchronous=FULL` may run without a single fsync. So each of these is read
/// back, and opening fails when one did not take.
public struct Settings: Equatable, Sendable {
    /// When a commit waits for the disk.
    public enum Synchronous: Int64, Sendable {
        /// Only at checkpoints: a power loss may take the latest commits, but corrupts nothing.
        case normal = 1
        /// At every commit: a commit that returned is durable.
        case full = 2
    }

    /// When commits wait for the disk.
    public var synchronous = Synchronous.full
    /// Bytes of a page of a new file: a power of two from 512 to 65,536.
    public var pageSize: Int64 = 4096
    /// KiB of pages kept in memory.
    public var cacheKiB: Int64 = 65_536

    /// The settings above.
    public init() {}

    /// Pragmas in the order in which they must be set, each with the value it must have afterwards.
    ///
    /// `locking_mode` comes before the first access in WAL mode: the index of the WAL then lives in
    /// the heap. There is no shared memory to run out of or to be hit by SIGBUS, and no second
    /// process can write to the file or checkpoint it under us.
    var pragmas: [(name: String, value: String, expected: Value)] {
        [
            ("locking_mode", "EXCLUSIVE", .text("exclusive")),
            ("page_size", "\(pageSize)", .integer(pageSize)),
            ("journal_mode", "WAL", .text("wal")),
            ("synchronous", "\(synchronous.rawValue)", .integer(synchronous.rawValue)),
            // Checkpoints are the owner's to time; by itself SQLite would run one inside a commit.
            ("wal_autocheckpoint", "0", .integer(0)),
            ("foreign_keys", "ON", .integer(1)),
            ("temp_store", "MEMORY", .integer(2)),
            ("cache_size", "-\(cacheKiB)", .integer(-cacheKiB)),
            // Mapped pages turn a disk's error into SIGBUS, and a stray write into corruption.
            ("mmap_size", "0", .integer(0)),
            ("trusted_schema", "OFF", .integer(0)),
            ("cell_size_check", "ON", .integer(1)),
        ]
    }
}

/// A value of SQLite's.
public enum Value: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}
