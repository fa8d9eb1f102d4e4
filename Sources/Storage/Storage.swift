internal import Engine
internal import SQLite
internal import Scheduling

/// Durable storage in a data directory: the journal, and the tables behind it.
///
/// - journal.db: every event, one transaction and one fsync per batch. The truth.
/// - tables.db: every record's present value, written in bulk behind the journal; what recovery
///   loads before it replays the rest of the journal, and what people query on a backup.
/// - journal.mark: how far the journal is known to reach.
/// - LOCK: held while the directory is open.
///
/// The two are files of their own so that the bulk writes of the tables never stand in a commit's
/// way. A backup copies the tables first, then the journal: any later journal replays onto them.
///
/// The order of use is open, then recover (or verify), then commit to the journal that recovery
/// returns, then close it.
public final class Storage: Sendable {
    let directory: DataDirectory
    let limits: StorageLimits

    private init(_ directory: DataDirectory, _ limits: StorageLimits) {
        self.directory = directory
        self.limits = limits
    }

    /// Opens the directory, making it and its files where they are missing, locks it against
    /// everybody else, and brings files of older versions to the present one.
    ///
    /// Throws when another process has it, when it cannot be written, when a newer version wrote
    /// it, and when a file of that name is none of ours.
    public static func open(
        directory path: String, limits: StorageLimits = StorageLimits()
    ) throws(StorageError) -> Storage {
        let directory = try DataDirectory(path)
        // The journal last: it decides whether there is anything to lose.
        _ = try Connection.open(directory.tables, .tables)
        _ = try Connection.open(directory.journal, .journal)
        return Storage(directory, limits)
    }

    /// The version of SQLite that is linked. Before 3.51.3 (and but for 3.50.7 and 3.44.6) a file
    /// with two connections can be corrupted by checkpoints; this storage never has two.
    public static var libraryVersion: String { Connection.libraryVersion }

    /// Whether another tool could safely open a file that is in use.
    public static var isLibrarySafeForMany: Bool { Connection.isSafeForMany }
}
