internal import NIOConcurrencyHelpers
internal import Scheduling

/// Whether the journal has room.
///
/// While the disk is full, mutations are refused and reads served; but once a second one mutation
/// is let through, and the first that becomes durable ends it.
final class Disk: Sendable {
    private struct State: Sendable {
        var isFull = false
        var nextTry = Instant(milliseconds: .min)
    }

    private let state = NIOLockedValueBox(State())

    /// Whether a mutation would be let through now.
    func isWritable(_ now: Instant) -> Bool {
        state.withLockedValue { !$0.isFull || now >= $0.nextTry }
    }

    /// Refuses while the disk is full, but for one call a second.
    func checkWritable(_ clock: @autoclosure () -> Instant) throws(Rejection) {
        let isAllowed = state.withLockedValue { state in
            guard state.isFull else { return true }
            let now = clock()
            guard now >= state.nextTry else { return false }
            state.nextTry = now.adding(seconds: 1)
            return true
        }
        guard isAllowed else { throw Self.refusal }
    }

    /// A commit found no room.
    func didFill(_ now: Instant) {
        state.withLockedValue { $0 = State(isFull: true, nextTry: now.adding(seconds: 1)) }
    }

    /// A commit found room.
    func didCommit() {
        state.withLockedValue { $0.isFull = false }
    }

    /// What callers are told.
    static let refusal = Rejection(
        .storageFull, "the disk is full: writes are refused until there is room")
}
