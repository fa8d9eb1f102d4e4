internal import Engine
internal import Glibc

/// SIGTERM and SIGINT, taken by a thread that waits for nothing else.
///
/// The signals are blocked before any other thread starts, since threads inherit the mask.
struct StopSignals {
    private let incoming: AsyncStream<Int32>

    /// To be called first of all.
    static func block() -> StopSignals {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A client that goes away while it is written to is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        let waited = set
        _ = WorkerThread {
            var set = waited
            var signal: Int32 = 0
            while sigwait(&set, &signal) == 0 { continuation.yield(signal) }
        }
        return StopSignals(incoming: stream)
    }

    /// Waits for a signal and names it.
    func next() async -> String {
        for await signal in incoming { return signal == SIGINT ? "SIGINT" : "SIGTERM" }
        return "none"
    }
}
