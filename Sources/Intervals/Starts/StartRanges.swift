/// The minutes at which a visit may start: the currency in which every rule of availability speaks.
///
/// Each rule says which starts it allows, all rules together allow what they have in common, and of
/// several providers or rooms any will do. So a joint search over a provider, a room and a device
/// is an intersection, a pool is a union, and explaining a start is asking the rules one by one.
///
/// Closed ranges, ascending, that neither overlap nor touch. Every operation costs one walk along
/// its operands. The first range stands in the value itself, since most answers are one range or
/// none: an array for each of them was most of what the evaluator cost.
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

    /// The gaps of an ordinary working day, so that adding them one by one grows no array.
    private static var usualRoom: Int { 8 }

    private var head: Range?
    /// Those after the head, ascending; neither overlapping nor touching.
    private var tail: [Range] = []

    /// No start at all.
    public init() {}

    /// The starts from one to another, both included; none when they are the wrong way round.
    public init(_ first: Minute, through last: Minute) {
        head = Range(first, last)
    }

    /// There is none.
    public var isEmpty: Bool { head == nil }

    /// Ascending; neither overlapping nor touching.
    public var ranges: [Range] { (head.map { [$0] } ?? []) + tail }

    /// How many ranges there are.
    public var count: Int { head == nil ? 0 : tail.count + 1 }

    /// One of the ranges, 0 the earliest.
    public subscript(index: Int) -> Range {
        if index == 0, let head { return head }
        return tail[index - 1]
    }

    /// Whether a start is among them. Costs a binary search.
    public func contains(_ start: Minute) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].last < start { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].first <= start
    }

    /// Adds a range that does not begin before the last one added, joining the two where they
    /// overlap or touch.
    public mutating func append(_ range: Range) {
        guard let head else {
            self.head = range
            return
        }
        let end = tail.last ?? head
        guard range.first <= end.last.clampedAdding(minutes: 1) else {
            if tail.isEmpty { tail.reserveCapacity(StartRanges.usualRoom) }
            tail.append(range)
            return
        }
        guard end.last < range.last, let joined = Range(end.first, range.last) else { return }
        if tail.isEmpty { self.head = joined } else { tail[tail.count - 1] = joined }
    }

    /// As `append`, of a range that does not touch the last one; `room` ranges at most will be
    /// there in the end.
    private mutating func append(apart range: Range, room: Int) {
        if head == nil {
            head = range
        } else {
            if tail.isEmpty { tail.reserveCapacity(room) }
            tail.append(range)
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
        let (count, otherCount) = (count, other.count)
        while i < count, j < otherCount {
            let a = self[i]
            let b = other[j]
            if let common = Range(max(a.first, b.first), min(a.last, b.last)) {
                result.append(apart: common, room: count + otherCount - i - j)
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
        var i = 0
        var j = 0
        while i < count || j < other.count {
            let takesOwn =
                j == other.count || i < count && self[i].first <= other[j].first
            result.append(takesOwn ? self[i] : other[j])
            if takesOwn { i += 1 } else { j += 1 }
        }
        return result
    }

    /// What this allows and the other does not.
    public func subtracting(_ other: StartRanges) -> StartRanges {
        if other.isEmpty { return self }
        var result = StartRanges()
        let room = count + other.count
        var j = 0
        for index in 0..<count {
            let range = self[index]
            var first = range.first
            while j < other.count, other[j].last < first { j += 1 }
            var k = j
            while k < other.count, other[k].first <= range.last {
                if let free = Range(first, other[k].first.clampedAdding(minutes: -1)) {
                    result.append(apart: free, room: room)
                }
                first = max(first, other[k].last.clampedAdding(minutes: 1))
                k += 1
            }
            if let rest = Range(first, range.last) { result.append(apart: rest, room: room) }
        }
        return result
    }

    /// The starts of a whole of which these are the starts of a part, so many minutes after it.
    public func shifted(earlierBy minutes: Int32) -> StartRanges {
        if minutes == 0 { return self }
        var result = StartRanges()
        for index in 0..<count {
            let shifted = Range(
                self[index].first.clampedAdding(minutes: -minutes),
                self[index].last.clampedAdding(minutes: -minutes))
            if let shifted { result.append(shifted) }
        }
        return result
    }
}
