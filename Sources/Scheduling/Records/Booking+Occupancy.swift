internal import Intervals

// What a booking keeps of its providers' time, which is less than its segments say once the visit
// has ended early.

extension Booking {
    /// The segments whose time it keeps now, as far as it keeps it; those that were never begun are
    /// missing.
    public var occupancies: [BookingSegment] {
        stage.occupies ? keptSegments : []
    }

    /// The same, whether or not its stage occupies.
    var keptSegments: [BookingSegment] {
        guard let releasedAt else { return segments }
        return segments.compactMap { $0.cut(at: releasedAt) }
    }

    /// The visit has ended: what is left of its time is others'. A visit that ran late keeps what
    /// it had, and nothing is ever given back twice.
    mutating func release(at minute: Minute) {
        guard minute < end else { return }
        releasedAt = min(minute, releasedAt ?? minute)
    }
}

extension BookingSegment {
    /// The segment as it was used until a minute, with the buffer that follows it; nil when it had
    /// not begun. A place among others is kept: the session goes on.
    fileprivate func cut(at minute: Minute) -> BookingSegment? {
        guard minute < interval.end, capacity == 1 else { return self }
        guard let used = Interval(interval.start, minute) else { return nil }
        let core = Int32(clamping: interval.durationMinutes) - processing - finishing
        let rest = max(0, Int32(clamping: used.durationMinutes) - core)
        var copy = self
        copy.interval = used
        copy.processing = min(processing, rest)
        copy.finishing = rest - copy.processing
        return copy
    }
}
