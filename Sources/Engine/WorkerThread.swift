internal import Glibc

/// A thread of its own for work that blocks, such as a commit: neither an event loop nor one of the
/// few threads of Swift's pool may wait for a disk.
///
/// Started once, joined once. `join` from the thread itself is a bug and traps.
public final class WorkerThread: Sendable {
    /// How a thread shares the processor with the others.
    public enum Priority: Sendable {
        /// As the event loops do.
        case normal
        /// Behind them where there is too little for all: about a tenth of what they get.
        case background
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    /// Starts a thread that runs the body and ends.
    public init(priority: Priority = .normal, _ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(
            Body {
                // On Linux the calling thread's own, whatever the name says (setpriority(2)). Going
                // down is always allowed, and where it is not done nothing breaks.
                if priority == .background { _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10) }
                run()
            })
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
