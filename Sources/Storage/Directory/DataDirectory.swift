internal import Glibc

/// The directory that holds the journal, the tables and the mark, locked for this process.
///
/// The lock is an exclusive `flock` on the file LOCK in it, held until `unlock` or until the value
/// is gone; the kernel drops it with the process, so a crash leaves nothing to clean up. The file
/// itself stays.
final class DataDirectory: Sendable {
    /// Where it is.
    let path: String
    /// The open LOCK file. Closed by `deinit` alone.
    private let lock: Int32

    /// Makes the directory, for the owner's eyes only, when it is missing, and locks it.
    init(_ path: String) throws(StorageError) {
        // A throw after both are set would run `deinit` on a descriptor that is closed already, and
        // that number may be another file's by then.
        lock = try Self.locked(path)
        self.path = path
    }

    private static func locked(_ path: String) throws(StorageError) -> Int32 {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .directoryUnusable(path, reason: systemErrorText())
        }
        let lock = open("\(path)/LOCK", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .directoryUnusable(path, reason: systemErrorText()) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(lock)
            throw code == EWOULDBLOCK
                ? .directoryInUse(path) : .directoryUnusable(path, reason: systemErrorText(code))
        }
        // The lock's file may be there from better days: see that new files can still be made.
        guard access(path, W_OK | X_OK) == 0 else {
            let code = errno
            close(lock)
            throw .directoryUnusable(path, reason: systemErrorText(code))
        }
        return lock
    }

    deinit { close(lock) }

    /// Lets others have the directory from now on. Nothing in it may be touched afterwards.
    func unlock() {
        flock(lock, LOCK_UN)
    }

    /// The journal: every event, synced at every commit.
    var journal: String { "\(path)/journal.db" }
    /// The tables: every record, behind the journal.
    var tables: String { "\(path)/tables.db" }
    /// How far the journal is known to reach.
    var mark: String { "\(path)/journal.mark" }
}
