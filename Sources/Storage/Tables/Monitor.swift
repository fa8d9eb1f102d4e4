internal import Glibc

/// A value under a lock, with a condition that threads can wait for.
///
/// Pthread's, as Storage's threads block for real: a condition variable is what they need, and the
/// standard library has none.
final class Monitor<State>: @unchecked Sendable {
    // Sendable because `state` is touched only between lock and unlock.
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ state: sending State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        // Deadlines are on the monotonic clock, so that setting the wall clock moves none of them.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone. It must not block, and must not come back here.
    func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// As `withLock`, and wakes everybody who waits.
    func signal<Result>(_ body: (inout State) -> Result) -> Result {
        defer { wakeAll() }
        return withLock(body)
    }

    /// Has everybody who waits ask again.
    func wakeAll() {
        pthread_cond_broadcast(condition)
    }

    /// Calls `body` now and after each signal until it returns something.
    func wait<Result>(_ body: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// As `wait`, but asks `body` also when the time has come that it named last, on the clock of
    /// `monotonicMilliseconds`.
    func wait<Result>(_ body: (inout State) -> Waiting<Result>) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch body(&state) {
            case .done(let result): return result
            case .until(let deadline?):
                var time = timespec(
                    tv_sec: Int(deadline / 1000), tv_nsec: Int(deadline % 1000) * 1_000_000)
                pthread_cond_timedwait(condition, mutex, &time)
            case .until(nil):
                pthread_cond_wait(condition, mutex)
            }
        }
    }
}

/// What one who waits says when asked.
enum Waiting<Result> {
    /// The wait is over.
    case done(Result)
    /// Ask again after a signal, or at this time when there is none.
    case until(Int64?)
}

/// Milliseconds of a clock that nobody sets: for pacing, never for what is stored.
func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
