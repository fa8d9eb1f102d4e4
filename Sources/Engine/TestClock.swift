public import Scheduling
internal import Synchronization

/// The clock of a development directory: it stands still until a call moves it forward.
///
/// Every organization of such a directory carries what the clock showed when it was last moved
/// through that organization, from its first event on; the latest of these is the time. A directory
/// that was created without it can therefore never be run by it: nothing writes that mark into an
/// organization that is there already.
public final class TestClock: Sendable {
    private let milliseconds: Synchronization.Atomic<Int64>

    /// A clock that shows this.
    public init(at now: Instant) {
        milliseconds = Synchronization.Atomic(now.milliseconds)
    }

    /// What it shows.
    public var now: Instant {
        Instant(milliseconds: milliseconds.load(ordering: .acquiring))
    }

    /// Shows this from now on, unless it shows something later already.
    func advance(to instant: Instant) {
        milliseconds.max(instant.milliseconds, ordering: .acquiringAndReleasing)
    }
}
