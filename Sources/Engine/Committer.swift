internal import NIOConcurrencyHelpers
internal import Scheduling

/// Who waits for a position, and on which event loop.
struct Waiter: Sendable {
    var loop: Int
    var release: @Sendable (CommitResult) -> Void
}

/// What a waiter is told.
enum CommitResult: Sendable {
    /// All that the caller saw is durable.
    case durable
    /// It is not: the change was taken back.
    case refused(Rejection)
}

/// The committer: one thread takes everything that is queued, commits it as one batch, and releases
/// those who wait, each event loop with one wake-up (architecture.md, the way of a request, 4 and
/// 5).
///
/// Three invariants:
/// 1. The queue is in order: an organization's entries stand in it by position, since they are
///    queued under that organization's lock.
/// 2. Who waits stands behind what it waits for, so releasing a batch's waiters after its commit is
///    always right, and a waiter without an entry costs no commit of its own. Waiters, too, are
///    queued under the lock under which they saw what they wait for: else a full disk could take it
///    back in between.
/// 3. The queue is bounded: `checkRoom` refuses before anything is decided. Each event loop can
///    pass it once with the last place left, so the bound is exceeded by no more items than there
///    are loops.
final class Committer: Sendable {
    struct Item: Sendable {
        var cell: OrganizationCell
        /// Nil: the item only waits.
        var event: Event?
        /// Takes the event back.
        var inverse: [RecordWrite] = []
        /// The event creates the organization: taken back, it leaves none.
        var isCreation = false
        /// About what the item keeps in memory.
        var bytes = 0
        var waiter: Waiter?
        /// For those who watch, once it is durable.
        var news: [LiveNews] = []
    }

    private struct Queue: Sendable {
        var items: [Item] = []
        var bytes = 0
        var isStopping = false
        /// Why nothing is taken any more: the thread has ended.
        var end: Rejection?
    }

    /// True when the thread has something to do.
    private let queue = ConditionLock<Bool>(value: false)
    // Guarded by `queue`.
    private nonisolated(unsafe) var state = Queue()
    private let journal: any Journal
    private let limits: EngineLimits
    private let deliver: @Sendable (Int, @escaping @Sendable () -> Void) -> Void
    private let didCommit: @Sendable () -> Void
    private let didFill: @Sendable (Committer, [Item]) -> Void
    private let didFail: @Sendable (JournalError) -> Void

    /// - deliver: runs a job on an event loop.
    /// - didCommit: a batch is durable.
    /// - didFill: the disk is full; takes back the items.
    /// - didFail: the journal failed; does not return to service.
    init(
        journal: any Journal, limits: EngineLimits,
        deliver: @escaping @Sendable (Int, @escaping @Sendable () -> Void) -> Void,
        didCommit: @escaping @Sendable () -> Void,
        didFill: @escaping @Sendable (Committer, [Item]) -> Void,
        didFail: @escaping @Sendable (JournalError) -> Void
    ) {
        self.journal = journal
        self.limits = limits
        self.deliver = deliver
        self.didCommit = didCommit
        self.didFill = didFill
        self.didFail = didFail
    }

    /// Refuses while the queue is full. To be asked before anything is decided, since what is
    /// decided must be queued.
    func checkRoom(_ now: Instant) throws(Rejection) {
        queue.lock()
        let isFull =
            state.items.count >= limits.queuedItems || state.bytes >= limits.queuedBytes
        queue.unlock()
        guard isFull else { return }
        var rejection = Rejection(.overloaded, "too many changes wait to become durable")
        rejection.retryAt = Instant(milliseconds: now.milliseconds + limits.retryMilliseconds)
        throw rejection
    }

    /// Adds an item at the end. Called under the lock of the item's organization. Refuses when the
    /// thread has ended, and then nothing will be durable any more.
    ///
    /// - Parameter wakes: false where `wake` follows for certain. A thread that wakes for the first
    ///   of many calls makes a commit of one, and the others wait for the next; so it wakes when
    ///   there are `EngineLimits.turnItems`, or by `wake`.
    func enqueue(_ item: Item, wakes: Bool = true) throws(Rejection) {
        queue.lock()
        if let end = state.end {
            queue.unlock()
            throw end
        }
        state.items.append(item)
        state.bytes += item.bytes
        if wakes || state.items.count >= limits.turnItems {
            queue.unlock(withValue: true)
        } else {
            queue.unlock()
        }
    }

    /// Lets the thread begin with what was queued without waking it.
    func wake() {
        queue.lock()
        let hasWork = !state.items.isEmpty || state.isStopping
        queue.unlock(withValue: hasWork)
    }

    /// The organizations that have something in the queue.
    func queuedCells() -> [OrganizationCell] {
        queue.lock()
        defer { queue.unlock() }
        return state.items.map(\.cell)
    }

    /// Takes an organization's items out of the queue. Called under that organization's lock.
    func withdraw(_ cell: OrganizationCell) -> [Item] {
        queue.lock()
        let items = state.items.filter { $0.cell === cell }
        state.items.removeAll { $0.cell === cell }
        state.bytes -= items.reduce(0) { $0 + $1.bytes }
        queue.unlock(withValue: !state.items.isEmpty || state.isStopping)
        return items
    }

    /// Lets the thread commit what is queued and then end.
    func stop() {
        queue.lock()
        state.isStopping = true
        queue.unlock(withValue: true)
    }

    /// The thread's body: returns after `stop`, or when the journal failed.
    func run() {
        while true {
            queue.lock(whenValue: true)
            let items = state.items
            let isStopping = state.isStopping
            state.items = []
            state.bytes = 0
            if items.isEmpty, isStopping {
                state.end = Rejection(.overloaded, "the daemon is stopping")
            }
            queue.unlock(withValue: isStopping)
            if items.isEmpty, isStopping { return }
            do throws(JournalError) {
                try commit(items)
            } catch {
                return end(error, items)
            }
        }
    }

    private func commit(_ items: [Item]) throws(JournalError) {
        let entries = items.compactMap { item in
            item.event.map { JournalEntry(organization: item.cell.id, event: $0) }
        }
        if !entries.isEmpty {
            do throws(JournalError) {
                let outcomes = try journal.commit(entries)
                for case .conflict in outcomes.values {
                    throw .failed("another daemon appended to this journal")
                }
            } catch {
                guard case .full = error else { throw error }
                return didFill(self, items)
            }
            // By index: an item is a dozen references, to be counted for each copy.
            for index in items.indices {
                for news in items[index].news { news.publish() }
                if let position = items[index].event?.position {
                    items[index].cell.didCommit(through: position)
                }
            }
            didCommit()
        }
        release(items.compactMap(\.waiter), .durable)
    }

    /// The journal failed: what of the batch is durable is unknown. A daemon dies in `didFail`;
    /// where it does not, everybody who waits, or comes later, hears that the outcome is unknown.
    private func end(_ error: JournalError, _ items: [Item]) {
        didFail(error)
        let unknown = Rejection(
            .storageFailed, "the storage failed: whether this is durable is unknown")
        queue.lock()
        let queued = state.items
        state = Queue(isStopping: true, end: unknown)
        queue.unlock(withValue: false)
        release((items + queued).compactMap(\.waiter), .refused(unknown))
    }

    /// Tells waiters the result, each event loop with one job.
    func release(_ waiters: [Waiter], _ result: CommitResult) {
        for (loop, group) in Dictionary(grouping: waiters, by: \.loop) {
            deliver(loop) {
                for waiter in group { waiter.release(result) }
            }
        }
    }
}
