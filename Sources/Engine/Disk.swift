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
    private let roomChanged: @Sendable (Bool) -> Void

    /// - Parameter roomChanged: told that a commit found no room, and when one does again; under
    ///   the lock, so that the last word is the truth.
    init(roomChanged: @escaping @Sendable (Bool) -> Void) {
        self.roomChanged = roomChanged
    }

    /// The last commit found no room.
    var isFull: Bool { state.withLockedValue(\.isFull) }

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
        state.withLockedValue { state in
            state = State(isFull: true, nextTry: now.adding(seconds: 1))
            roomChanged(false)
        }
    }

    /// A commit, or whoever looked elsewhere, found room.
    func foundRoom() {
        state.withLockedValue { state in
            guard state.isFull else { return }
            state.isFull = false
            roomChanged(true)
        }
    }

    /// What callers are told.
    static let refusal = Rejection(
        .storageFull, "the disk is full: writes are refused until there is room")
}
