internal import Glibc
internal import Scheduling

/// The clocks. Only the roof reads them.
enum Clock {
    /// The time of day, in milliseconds.
    static func now() -> Instant {
        let time = read(CLOCK_REALTIME)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Nanoseconds that only go forward: the clock of deadlines, which is NIO's.
    static func monotonic() -> UInt64 {
        let time = read(CLOCK_MONOTONIC)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        let code = clock_gettime(clock, &time)
        precondition(code == 0, "the system has no such clock")
        return time
    }
}
