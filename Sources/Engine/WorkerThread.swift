internal import Glibc

/// A thread of its own for work that blocks, such as a commit: neither an event loop nor one of the
/// few threads of Swift's pool may wait for a disk.
///
/// Started once, joined once. `join` from the thread itself is a bug and traps.
public final class WorkerThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    /// Starts a thread that runs the body and ends.
    public init(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(run))
        // Safe: the retained body is taken over, and released, by the new thread alone.
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        precondition(code == 0, "the system has no thread left: \(code)")
        self.thread = thread
    }

    /// Waits until the body has returned.
    public func join() {
        let code = pthread_join(thread, nil)
        precondition(code == 0, "a thread is joined once, and not by itself: \(code)")
    }
}
