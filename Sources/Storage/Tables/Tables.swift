internal import Engine
internal import SQLite
internal import Scheduling

/// The tables, kept up behind the journal by a thread of their own.
///
/// Committed batches wait in a queue until they are many or old enough; then the thread takes one
/// write's worth of them, drops what was overwritten meanwhile, and writes the rest with the
/// checkpoint in one transaction. So the file always holds the state after some committed event,
/// never one in between: recovery loads it and replays the journal from there.
///
/// The queue is bounded by the number of records in it. When it is full, commits wait; when the
/// disk is full as well, they are refused. The same thread writes the high-water mark.
final class Tables: Sendable {
    private let state: Monitor<State>
    private let limits: StorageLimits
    private let thread: WorkerThread
    private let path: String

    /// Owned by the monitor.
    struct State {
        /// Durable batches that are not in the tables yet.
        var waiting: [CommittedBatch] = []
        /// Records in `waiting`.
        var waitingRecords = 0
        /// When the first of `waiting` came.
        var waitingSince: Int64 = 0
        /// Number of the last entry that came, and of the last that is written.
        var enqueued: Int64
        var written: Int64
        /// What others want to read.
        var reads: [(TrailRowsReader) -> Void] = []
        /// Threads that wait for the tables to be complete.
        var flushers = 0
        var isStopping = false
        /// The thread is gone.
        var isEnded = false
        /// Why the last write failed for lack of room; cleared by the next success.
        var full: String?
        /// Not before then.
        var retryAt: Int64 = 0
        /// Why nothing will be written any more.
        var failure: String?
        /// How far the journal reaches.
        var mark: HighWaterMark?
        /// For tests.
        var pageLimit: Int64?

        /// Takes the batches that are written next: no more than make up one write, so that whoever
        /// wants to read, or has waited for room, need not wait for all that has piled up.
        mutating func takeBatches(_ limits: StorageLimits, _ now: Int64) -> [CommittedBatch] {
            var count = 0
            var records = 0
            while count < waiting.count, records < limits.recordsPerWrite {
                records += Tables.records(in: waiting[count].entries)
                count += 1
            }
            let taken = Array(waiting[..<count])
            waiting.removeFirst(count)
            waitingRecords -= records
            waitingSince = now
            return taken
        }
    }

    /// Starts the thread. The tables hold the journal up to `sequence`, and the journal reaches to
    /// the mark.
    init(
        _ directory: DataDirectory, sequence: Int64, mark: HighWaterMark?, limits: StorageLimits
    ) {
        let state = Monitor(State(enqueued: sequence, written: sequence, mark: mark))
        self.state = state
        self.limits = limits
        path = directory.tables
        // What is committed is answered before what is written behind it: bookings that come in a
        // burst leave the tables to the lull after them, up to the bound of the queue.
        thread = WorkerThread(priority: .background) {
            TablesThread(directory: directory, state: state, limits: limits).run()
            state.signal { $0.isEnded = true }
        }
    }

    /// Waits until there is room for what the batch changes. A batch that is larger than the whole
    /// queue gets in when the queue is empty.
    func makeRoom(for batch: [JournalEntry]) throws(JournalError) {
        let count = Tables.records(in: batch)
        let error = state.wait { state -> JournalError?? in
            if let failure = state.failure { return .some(.failed(failure)) }
            if state.isStopping { return .some(.failed("the storage is closed")) }
            if state.waiting.isEmpty || state.waitingRecords + count <= limits.waitingRecords {
                return .some(nil)
            }
            if let full = state.full { return .some(.full(full)) }
            return nil
        }
        if let error { throw error }
    }

    /// Takes a durable batch, in the order of commit.
    func enqueue(_ batch: CommittedBatch) {
        let count = Tables.records(in: batch.entries)
        // The thread is woken when its plans change, not for every batch.
        let isNews = state.withLock { state in
            let isFirst = state.waiting.isEmpty
            if isFirst { state.waitingSince = monotonicMilliseconds() }
            let wasFew = state.waitingRecords < limits.recordsPerWrite
            state.waiting.append(batch)
            state.waitingRecords += count
            state.enqueued = batch.lastSequence
            if let mark = batch.mark { state.mark = mark }
            return isFirst || wasFew && state.waitingRecords >= limits.recordsPerWrite
        }
        if isNews { state.wakeAll() }
    }

    /// Waits until everything that was enqueued before is written; throws when it cannot be.
    func flush() throws(StorageError) {
        let target = state.signal { state in
            state.flushers += 1
            state.retryAt = 0
            state.full = nil
            return state.enqueued
        }
        let reason = state.wait { state -> String?? in
            if state.written >= target { return .some(nil) }
            if let reason = state.failure ?? state.full { return .some(reason) }
            return state.isEnded ? .some("the storage is closed") : nil
        }
        state.withLock { $0.flushers -= 1 }
        if let reason { throw .database(file: path, reason: reason) }
    }

    /// Has the thread read something, between two writes, and waits for it. What is enqueued may
    /// not be there yet. Throws when it cannot be read, or the thread has ended.
    func read<Value: Sendable>(
        _ body: @escaping (TrailRowsReader) throws(SQLiteError) -> Value
    ) throws(StorageError) -> Value {
        let place = ReadPlace<Value>()
        state.signal { state in
            state.reads.append { reader in
                place.result = Result { () throws(SQLiteError) in try body(reader) }
            }
        }
        let result = state.wait { state -> Result<Value, SQLiteError>?? in
            if let result = place.result { return .some(result) }
            return state.isEnded ? .some(nil) : nil
        }
        guard let result else { throw .database(file: path, reason: "the storage is closed") }
        do { return try result.get() } catch { throw StorageError(error, file: path) }
    }

    /// Writes what waits, ends the thread and throws when something could not be written. A second
    /// call does nothing.
    func stop() throws(StorageError) {
        let isFirst = state.signal { state in
            defer {
                state.isStopping = true
                state.full = nil
            }
            return !state.isStopping
        }
        guard isFirst else { return }
        thread.join()
        let reason = state.withLock { state in
            state.failure ?? (state.written < state.enqueued ? state.full ?? "not written" : nil)
        }
        if let reason { throw .database(file: path, reason: reason) }
    }

    /// For tests: the greatest number of pages the file may have.
    func limitPages(_ count: Int64) {
        state.signal { $0.pageLimit = count }
    }

    static func records(in batch: [JournalEntry]) -> Int {
        batch.reduce(0) { $0 + $1.event.writes.count }
    }
}

/// Where the tables' thread leaves what was read. Written before the signal after which it is read.
private final class ReadPlace<Value: Sendable> {
    var result: Result<Value, SQLiteError>?
}
