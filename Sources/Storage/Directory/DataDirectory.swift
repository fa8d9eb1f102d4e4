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

    /// Makes the directory when it is missing, closes it and its files to others, and locks it.
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
        try shut(path)
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

    /// Takes a directory away from the eyes of others, and its files too: they name patients. One
    /// that is neither empty nor ours is left as it is, and refused: it may be everybody's.
    private static func shut(_ path: String) throws(StorageError) {
        var found = stat()
        // What is no directory is refused a step later, by what it is.
        guard stat(path, &found) == 0, found.st_mode & S_IFMT == S_IFDIR else { return }
        if found.st_mode & 0o077 != 0 {
            guard access("\(path)/LOCK", F_OK) == 0 || isEmpty(path) else {
                throw .directoryUnusable(
                    path,
                    reason: "others can read it, and it holds files that are not slotd's; "
                        + "name a new directory, or take their rights away (chmod 700)")
            }
            guard chmod(path, 0o700) == 0 else {
                throw .directoryUnusable(
                    path,
                    reason: "others can read it, and that cannot be changed: "
                        + systemErrorText())
            }
        }
        for name in [
            "LOCK", "journal.db", "journal.db-wal", "tables.db", "tables.db-wal", "journal.mark",
        ] {
            guard lstat("\(path)/\(name)", &found) == 0, found.st_mode & S_IFMT == S_IFREG,
                found.st_mode & 0o077 != 0
            else { continue }
            guard chmod("\(path)/\(name)", 0o600) == 0 else {
                throw .directoryUnusable("\(path)/\(name)", reason: systemErrorText())
            }
        }
    }

    private static func isEmpty(_ path: String) -> Bool {
        guard let listing = opendir(path) else { return false }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            // The entry's name ends with a zero within its field.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { return false }
        }
        return true
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
