public import Engine
internal import SQLite
public import Scheduling
internal import Synchronization

/// The journal in a SQLite file: one row per event, one transaction per batch, one fsync per
/// transaction.
///
/// What `commit` returned for is durable. After a failure of the disk nobody knows what is, so the
/// journal refuses everything from then on, and the process has to end and recover.
///
/// The tables learn of a batch after it is durable and never before, so what they hold is always a
/// prefix of the journal.
public final class SQLiteJournal: Journal {
    /// Used by the committer, by those who read the trail, and once more by whoever closes it; the
    /// lock makes a second thread wait instead of corrupting the file.
    let appender: Monitor<Appender?>
    /// Commits that wait for the appender: readers let them go first.
    let commitsWaiting = Synchronization.Atomic<Int>(0)
    let tables: Tables
    /// Keeps the directory locked.
    private let directory: DataDirectory

    /// Goes on where recovery ended.
    init(
        _ end: Storage.JournalEnd, directory: DataDirectory, limits: StorageLimits
    ) throws(StorageError) {
        appender = Monitor(
            try Appender(
                try Connection.open(directory.journal, .journal), sequence: end.sequence,
                heads: end.heads, limits: limits))
        tables = end.tables
        self.directory = directory
    }

    /// Appends a batch and returns when it is durable.
    ///
    /// Costs one fsync, and waits when the tables have fallen too far behind. `.full`: nothing was
    /// written, and the next batch may succeed. `.failed`: what was written is unknown, and every
    /// later call fails as well. A position that does not follow its organization's last is a bug
    /// and traps. The outcome is never a conflict: nobody else writes to this file.
    public func commit(
        _ batch: [JournalEntry]
    ) throws(JournalError) -> [Identifier<OrganizationProfile>: CommitOutcome] {
        guard !batch.isEmpty else { return [:] }
        try tables.makeRoom(for: batch)
        commitsWaiting.add(1, ordering: .acquiringAndReleasing)
        let result = appender.withLock { appender -> Result<CommittedBatch, JournalError> in
            commitsWaiting.subtract(1, ordering: .acquiringAndReleasing)
            guard let appender else { return .failure(.failed("the journal is closed")) }
            do throws(JournalError) {
                return .success(try appender.append(batch))
            } catch { return .failure(error) }
        }
        let committed = try result.get()
        tables.enqueue(committed)
        var outcomes: [Identifier<OrganizationProfile>: CommitOutcome] = [:]
        for entry in batch { outcomes[entry.organization] = .committed }
        return outcomes
    }

    /// Waits until the tables hold everything that was committed, and throws why they cannot.
    public func flushTables() throws(StorageError) {
        try tables.flush()
    }

    /// Writes the tables out, cuts the WALs down, closes the files and unlocks the directory. The
    /// next start has nothing to replay. Commits fail afterwards; a second call does nothing.
    ///
    /// Throws when the tables or a checkpoint could not be written; nothing is lost by that, as the
    /// journal is complete.
    public func close() throws(StorageError) {
        defer { directory.unlock() }
        let stopped = Result { () throws(StorageError) in try tables.stop() }
        let error = appender.withLock { appender -> SQLiteError? in
            defer { appender = nil }
            do throws(SQLiteError) { try appender?.close() } catch { return error }
            return nil
        }
        if let error { throw StorageError(error, file: directory.journal) }
        try stopped.get()
    }

    /// For tests: the greatest number of pages the journal's file may have.
    func limitPages(_ count: Int64) {
        appender.withLock { appender in appender?.limitPages(count) }
    }

    /// For tests: the greatest number of pages the tables' file may have.
    func limitTablePages(_ count: Int64) {
        tables.limitPages(count)
    }
}

/// A durable batch, for the tables.
struct CommittedBatch: Sendable {
    var entries: [JournalEntry]
    /// The number of its last entry.
    var lastSequence: Int64
    /// The link with which each organization's stream ends, where it has one.
    var heads: [Identifier<OrganizationProfile>: ChainHash] = [:]
    /// How far the journal reaches with it; nil when that is known already.
    var mark: HighWaterMark?

    /// The number of the first entry.
    var firstSequence: Int64 { lastSequence - Int64(entries.count) + 1 }
}
