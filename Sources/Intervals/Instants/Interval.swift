/// A stretch of time, half-open: `start` belongs to it, `end` does not.
///
/// Never empty, by construction. Because of the open end two intervals that touch do not overlap,
/// and a day is tiled by its slots without gaps or double minutes.
public struct Interval: Hashable, Sendable {
    /// The first minute of the interval.
    public let start: Minute
    /// The first minute after the interval.
    public let end: Minute

    /// Nil unless `start` is before `end`.
    public init?(_ start: Minute, _ end: Minute) {
        guard start < end else { return nil }
        self.start = start
        self.end = end
    }

    /// Nil unless `minutes` is positive and the end fits.
    public init?(start: Minute, minutes: Int32) {
        guard minutes > 0, let end = start.adding(minutes: minutes) else { return nil }
        self.start = start
        self.end = end
    }

    /// Elapsed minutes, at least 1. Time zones have no say in it.
    public var durationMinutes: Int { start.minutes(until: end) }

    /// Whether the two share at least one minute; touching is not overlapping.
    public func overlaps(_ other: Interval) -> Bool {
        start < other.end && other.start < end
    }

    /// Whether the instant lies inside; the end does not.
    public func contains(_ instant: Minute) -> Bool {
        start <= instant && instant < end
    }

    /// Whether the other lies inside altogether; an interval contains itself.
    public func contains(_ other: Interval) -> Bool {
        start <= other.start && other.end <= end
    }

    /// What both have in common, or nil when they do not overlap.
    public func intersection(_ other: Interval) -> Interval? {
        Interval(max(start, other.start), min(end, other.end))
    }

    /// The interval with so many minutes more on either side, neither negative: an appointment with
    /// its buffers. Stops at the ends of `Minute`'s range.
    public func padded(before: Int32, after: Int32) -> Interval {
        precondition(before >= 0 && after >= 0, "a buffer is not negative")
        return Interval(
            unchecked: start.clampedAdding(minutes: -before), end.clampedAdding(minutes: after))
    }

    /// Both ends are known to be in order.
    init(unchecked start: Minute, _ end: Minute) {
        assert(start < end)
        self.start = start
        self.end = end
    }

    /// The same instants, sorted, with overlapping and touching intervals joined into one.
    ///
    /// Costs a sort. This is what makes a 23:30 appointment of an hour possible where one day's
    /// hours end at 24:00 and the next day's begin at 00:00.
    public static func merged(_ intervals: [Interval]) -> [Interval] {
        var result: [Interval] = []
        for next in intervals.sorted(by: { $0.start < $1.start }) {
            guard let last = result.last, next.start <= last.end else {
                result.append(next)
                continue
            }
            if last.end < next.end {
                result[result.count - 1] = Interval(unchecked: last.start, next.end)
            }
        }
        return result
    }
}

extension Interval: CustomStringConvertible {
    /// Both ends in UTC, with the half-open brackets.
    public var description: String { "[\(start), \(end))" }
}
