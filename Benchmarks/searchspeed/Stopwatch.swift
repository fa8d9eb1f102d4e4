import Glibc

/// CPU time that one call costs, measured on this thread, so that neighbors on the machine disturb
/// it little.
struct Stopwatch {
    /// Nanoseconds a call, ascending; one sample for each batch.
    private(set) var samples: [Double] = []

    /// Calls for about so many milliseconds, in batches long enough for the clock.
    init(milliseconds: Int, _ call: () throws -> Int) rethrows {
        _ = try call()
        let first = Self.now()
        _ = try call()
        let once = max(1, Self.now() - first)
        let batch = max(1, 20_000 / once)
        let count = max(25, milliseconds * 1_000_000 / (once * batch))
        var sum = 0
        for _ in 0..<count {
            let start = Self.now()
            for _ in 0..<batch { sum &+= try call() }
            samples.append(Double(Self.now() - start) / Double(batch))
        }
        // Nothing may be left out because nobody looks at it.
        precondition(sum != .min)
        samples.sort()
    }

    var median: Double { samples[samples.count / 2] }
    var high: Double { samples[samples.count * 99 / 100] }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
