internal import NIOConcurrencyHelpers
public import Scheduling

/// Who waits for a position, and on which event loop.
struct Waiter: Sendable {
    var loop: Int
    var release: @Sendable (CommitResult) -> Void
}

/// What a waiter is told.
public enum CommitResult: Sendable {
    /// All that the caller saw is durable.
    case durable
    /// The disk is full: the change was taken back.
    case refused(Rejection)
}

/// The committer: one thread takes everything that is queued, commits it as one batch, and releases
/// those who wait, each event loop with one wake-up (architecture.md, the way of a request, 4 and 5).
///
/// Two invariants:
/// 1. The queue is in order: an organization's entries stand in it by position, since they are
///    queued under that organization's lock.
/// 2. Who waits stands behind what it waits for, so releasing a batch's waiters after its commit is
///    always right, and a waiter without an entry costs no commit of its own.
final class Committer: Sendable {
    struct Item: Sendable {
        var cell: OrganizationCell
        /// Nil: the item only waits.
        var event: Event?
        /// Takes the event back.
        var inverse: [RecordWrite] = []
        var waiter: Waiter?
    }

    private struct Queue: Sendable {
        var items: [Item] = []
        var isStopping = false
    }

    private let queue = ConditionLock<Bool>(value: false)
    // Guarded by `queue`.
    private nonisolated(unsafe) var state = Queue()
    private let journal: any Journal
    private let deliver: @Sendable (Int, @escaping @Sendable () -> Void) -> Void
    private let didFill: @Sendable (String, [Item]) -> Void
    private let didFail: @Sendable (JournalError) -> Void

    /// - deliver: runs a job on an event loop.
    /// - didFill: the disk is full; takes back the items.
    /// - didFail: the journal failed; does not return to service.
    init(
        journal: any Journal,
        deliver: @escaping @Sendable (Int, @escaping @Sendable () -> Void) -> Void,
        didFill: @escaping @Sendable (String, [Item]) -> Void,
        didFail: @escaping @Sendable (JournalError) -> Void
    ) {
        self.journal = journal
        self.deliver = deliver
        self.didFill = didFill
        self.didFail = didFail
    }

    /// Adds an item at the end. Called under the lock of the item's organization.
    func enqueue(_ item: Item) {
        queue.lock()
        state.items.append(item)
        queue.unlock(withValue: true)
    }

    /// Takes an organization's items out of the queue. Called under that organization's lock.
    func withdraw(_ cell: OrganizationCell) -> [Item] {
        queue.lock()
        let items = state.items.filter { $0.cell === cell }
        state.items.removeAll { $0.cell === cell }
        queue.unlock(withValue: !state.items.isEmpty || state.isStopping)
        return items
    }

    /// Lets the thread commit what is queued and then end.
    func stop() {
        queue.lock()
        state.isStopping = true
        queue.unlock(withValue: true)
    }

    /// The thread's body: returns after `stop`.
    func run() {
        while true {
            queue.lock(whenValue: true)
            let items = state.items
            let isStopping = state.isStopping
            state.items = []
            queue.unlock(withValue: isStopping)
            if items.isEmpty, isStopping { return }
            commit(items)
        }
    }

    private func commit(_ items: [Item]) {
        let entries = items.compactMap { item in
            item.event.map { JournalEntry(organization: item.cell.id, event: $0) }
        }
        if !entries.isEmpty {
            do {
                let outcomes = try journal.commit(entries)
                for case .conflict in outcomes.values {
                    return didFail(.failed("another daemon appended to this journal"))
                }
            } catch {
                switch error {
                case .full(let message): return didFill(message, items)
                case .failed: return didFail(error)
                }
            }
            for item in items {
                if let event = item.event { item.cell.didCommit(through: event.position) }
            }
        }
        release(items.compactMap(\.waiter), .durable)
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
