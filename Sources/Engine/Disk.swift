internal import NIOConcurrencyHelpers
internal import Scheduling

/// Whether the journal has room. While the disk is full, mutations are refused and reads served; once
/// a second one mutation is let through to see whether there is room again.
final class Disk: Sendable {
    private struct State: Sendable {
        var isFull = false
        var nextTry = Instant(milliseconds: .min)
    }

    private let state = NIOLockedValueBox(State())
    // Set once, before the committer's thread starts.
    private nonisolated(unsafe) var committer: Committer?
    private nonisolated(unsafe) var clock: (@Sendable () -> Instant)?

    func attach(_ committer: Committer, clock: @escaping @Sendable () -> Instant) {
        self.committer = committer
        self.clock = clock
    }

    func isWritable(_ now: Instant) -> Bool {
        state.withLockedValue { !$0.isFull || now >= $0.nextTry }
    }

    /// Refuses while the disk is full, but for one call a second.
    func checkWritable(_ now: Instant) throws(Rejection) {
        let isAllowed = state.withLockedValue { state in
            guard state.isFull else { return true }
            guard now >= state.nextTry else { return false }
            state.nextTry = now.adding(seconds: 1)
            state.isFull = false
            return true
        }
        guard isAllowed else { throw Self.refusal }
    }

    private static let refusal = Rejection(
        .storageFull, "the disk is full: writes are refused until there is room")

    /// Takes back everything that is not durable, organization by organization, newest first.
    ///
    /// From the flag on no mutation is decided; an organization's lock makes sure that one that was
    /// decided before is in the queue when it is emptied.
    func fill(_ message: String, _ failed: [Committer.Item]) {
        guard let committer, let clock else { return }
        state.withLockedValue {
            $0.isFull = true
            $0.nextTry = clock().adding(seconds: 1)
        }
        var cells: [ObjectIdentifier: OrganizationCell] = [:]
        for item in failed { cells[ObjectIdentifier(item.cell)] = item.cell }
        var waiters: [Waiter] = []
        for cell in cells.values {
            cell.withLock { state in
                let items = failed.filter { $0.cell === cell } + committer.withdraw(cell)
                for item in items.reversed() {
                    guard let event = item.event else { continue }
                    state.organization.undo(event, inverse: item.inverse)
                }
                waiters += items.compactMap(\.waiter)
            }
        }
        committer.release(waiters, .refused(Self.refusal))
    }
}
