internal import Intervals

extension Interval {
    /// The interval with so many minutes more at both ends, cut at the ends of time.
    func padded(before: Int32, after: Int32) -> Interval {
        let start = start.clampedAdding(minutes: -before)
        let end = end.clampedAdding(minutes: after)
        return Interval(start, end) ?? self
    }
}
