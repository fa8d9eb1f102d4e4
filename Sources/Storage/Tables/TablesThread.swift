internal import Engine
internal import Glibc
internal import SQLite
internal import Scheduling

/// What the tables' thread does.
struct TablesThread {
    let directory: DataDirectory
    let state: Monitor<Tables.State>
    let limits: StorageLimits

    private enum Work {
        case write([CommittedBatch])
        case read([(TrailRowsReader) -> Void])
        case mark(HighWaterMark)
        /// The mark to leave behind; nil when there is no new one.
        case stop(HighWaterMark?)
    }

    /// Works until it is stopped or the disk fails.
    func run() {
        do {
            let connection = try Connection.open(directory.tables, .tables)
            let writer = try connection.reporting { () throws(SQLiteError) in
                try TablesWriter(connection, limits: limits)
            }
            let reader = try connection.reporting { () throws(SQLiteError) in
                try TrailRowsReader(connection)
            }
            var mark = try HighWaterMark.File(path: directory.mark)
            var markedAt = monotonicMilliseconds()
            while true {
                switch next(marked: mark.mark, markedAt: markedAt) {
                case .write(let batches):
                    guard write(batches, writer) else { return }
                case .read(let reads):
                    for read in reads { read(reader) }
                    // Under the lock: else somebody who has just looked, and not begun to wait yet,
                    // would wait for ever.
                    state.signal { _ in }
                case .mark(let new):
                    markedAt = monotonicMilliseconds()
                    guard write(new, to: &mark) else { return }
                case .stop(let last):
                    if let last { guard write(last, to: &mark) else { return } }
                    try connection.reporting { () throws(SQLiteError) in try writer.finish() }
                    return
                }
            }
        } catch {
            fail(error.description)
        }
    }

    /// Waits for something to do.
    ///
    /// When stopping: the rest, unless the disk has no room for it, then the mark, then the end.
    private func next(marked: HighWaterMark?, markedAt: Int64) -> Work {
        state.wait { state -> Waiting<Work> in
            let now = monotonicMilliseconds()
            if !state.reads.isEmpty {
                // Short, and somebody waits for each of them.
                let reads = state.reads
                state.reads = []
                return .done(.read(reads))
            }
            let isUrgent = state.isStopping || state.flushers > 0
            var deadline: Int64?
            if !state.waiting.isEmpty, !(state.isStopping && state.full != nil) {
                let isMany = state.waitingRecords >= limits.recordsPerWrite
                let due = max(
                    state.retryAt,
                    isMany ? now : state.waitingSince + Int64(limits.writeDelayMilliseconds))
                if due <= now || (isUrgent && state.full == nil) {
                    return .done(.write(state.takeBatches(limits, now)))
                }
                deadline = due
            }
            if let mark = state.mark, mark != marked {
                let due = markedAt + Int64(limits.markIntervalMilliseconds)
                if state.isStopping { return .done(.stop(mark)) }
                if due <= now { return .done(.mark(mark)) }
                deadline = min(deadline ?? due, due)
            }
            return state.isStopping ? .done(.stop(nil)) : .until(deadline)
        }
    }

    /// Writes the batches; false when the thread has to end.
    private func write(_ batches: [CommittedBatch], _ writer: TablesWriter) -> Bool {
        let changes = Changes(batches)
        do {
            if let limit = state.withLock({ $0.pageLimit }) { try writer.limitPages(limit) }
            try writer.write(changes)
        } catch {
            guard error.code.primary == .full else {
                fail("\(directory.tables): \(error)")
                return false
            }
            state.signal { state in
                state.waiting = batches + state.waiting
                state.waitingRecords = state.waiting.reduce(0) { count, batch in
                    batch.entries.reduce(count) { $0 + $1.event.writes.count }
                }
                state.full = error.description
                state.retryAt = monotonicMilliseconds() + Int64(limits.markIntervalMilliseconds)
            }
            return true
        }
        state.signal { state in
            state.written = changes.sequence
            state.full = nil
            state.retryAt = 0
        }
        return true
    }

    /// Writes the mark; false when the thread has to end. On a full disk the mark before it stays:
    /// the file's two slots are made by the first two writes, so that is rare.
    private func write(_ new: HighWaterMark, to mark: inout HighWaterMark.File) -> Bool {
        guard let code = mark.write(new), code != ENOSPC else { return true }
        fail("\(directory.mark): \(systemErrorText(code))")
        return false
    }

    private func fail(_ reason: String) {
        state.signal { $0.failure = reason }
    }
}
