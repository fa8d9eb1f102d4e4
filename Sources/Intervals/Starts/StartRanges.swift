/// The minutes at which a visit may start: the currency in which every rule of availability speaks.
///
/// Each rule says which starts it allows, all rules together allow what they have in common, and of
/// several providers or rooms any will do. So a joint search over a provider, a room and a device
/// is an intersection, a pool is a union, and explaining a start is asking the rules one by one.
///
/// Closed ranges, ascending, that neither overlap nor touch. Every operation costs one walk along
/// its operands.
public struct StartRanges: Hashable, Sendable {
    /// Starts without a gap; both ends belong to it.
    public struct Range: Hashable, Sendable {
        /// The earliest start.
        public let first: Minute
        /// The latest start.
        public let last: Minute

        /// Nil when the last comes before the first.
        public init?(_ first: Minute, _ last: Minute) {
            guard first <= last else { return nil }
            self.first = first
            self.last = last
        }
    }

    /// Ascending; neither overlapping nor touching.
    public private(set) var ranges: [Range] = []

    /// No start at all.
    public init() {}

    /// The starts from one to another, both included; none when they are the wrong way round.
    public init(_ first: Minute, through last: Minute) {
        if let range = Range(first, last) { ranges = [range] }
    }

    /// There is none.
    public var isEmpty: Bool { ranges.isEmpty }

    /// Whether a start is among them. Costs a binary search.
    public func contains(_ start: Minute) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].last < start { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].first <= start
    }

    /// Adds a range that does not begin before the last one added, joining the two where they
    /// overlap or touch.
    public mutating func append(_ range: Range) {
        guard let end = ranges.last, range.first <= end.last.clampedAdding(minutes: 1) else {
            ranges.append(range)
            return
        }
        if end.last < range.last, let joined = Range(end.first, range.last) {
            ranges[ranges.count - 1] = joined
        }
    }

    /// Adds the starts of a visit of which a part must lie in a stretch of time: the part begins
    /// `offset` minutes after the visit's start and lasts `length`.
    public mutating func append(within stretch: Interval, offset: Int32, length: Int32) {
        let first = stretch.start.clampedAdding(minutes: -offset)
        let last = stretch.end.clampedAdding(minutes: -offset - length)
        if let range = Range(first, last) { append(range) }
    }

    /// What both allow.
    public func intersection(_ other: StartRanges) -> StartRanges {
        var result = StartRanges()
        var i = 0
        var j = 0
        while i < ranges.count, j < other.ranges.count {
            let a = ranges[i]
            let b = other.ranges[j]
            if let common = Range(max(a.first, b.first), min(a.last, b.last)) {
                result.ranges.append(common)
            }
            if a.last < b.last { i += 1 } else { j += 1 }
        }
        return result
    }

    /// What either allows.
    public func union(_ other: StartRanges) -> StartRanges {
        if isEmpty { return other }
        if other.isEmpty { return self }
        var result = StartRanges()
        result.ranges.reserveCapacity(ranges.count + other.ranges.count)
        var i = 0
        var j = 0
        while i < ranges.count || j < other.ranges.count {
            let takesOwn =
                j == other.ranges.count
                || i < ranges.count && ranges[i].first <= other.ranges[j].first
            result.append(takesOwn ? ranges[i] : other.ranges[j])
            if takesOwn { i += 1 } else { j += 1 }
        }
        return result
    }

    /// What this allows and the other does not.
    public func subtracting(_ other: StartRanges) -> StartRanges {
        if other.isEmpty { return self }
        var result = StartRanges()
        var j = 0
        for range in ranges {
            var first = range.first
            while j < other.ranges.count, other.ranges[j].last < first { j += 1 }
            var k = j
            while k < other.ranges.count, other.ranges[k].first <= range.last {
                if let free = Range(first, other.ranges[k].first.clampedAdding(minutes: -1)) {
                    result.ranges.append(free)
                }
                first = max(first, other.ranges[k].last.clampedAdding(minutes: 1))
                k += 1
            }
            if let rest = Range(first, range.last) { result.ranges.append(rest) }
        }
        return result
    }

    /// The starts of a whole of which these are the starts of a part, so many minutes after it.
    public func shifted(earlierBy minutes: Int32) -> StartRanges {
        if minutes == 0 { return self }
        var result = StartRanges()
        for range in ranges {
            let shifted = Range(
                range.first.clampedAdding(minutes: -minutes),
                range.last.clampedAdding(minutes: -minutes))
            if let shifted { result.append(shifted) }
        }
        return result
    }
}
