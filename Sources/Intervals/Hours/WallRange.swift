/// A stretch of a date's wall clock, half-open, in minutes from that date's midnight.
///
/// It may run past 1440 into the next date: 1320..<1560 is 22:00 to 02:00. Whether each of its
/// minutes exists on a given date only the zone can say; this is the dial, not the time.
public struct WallRange: Hashable, Sendable {
    /// The first minute.
    public let startMinute: Int32
    /// The first minute after it.
    public let endMinute: Int32

    /// Nil unless `startMinute` is before `endMinute`, both within a week of the midnight they are
    /// counted from.
    public init?(_ startMinute: Int32, _ endMinute: Int32) {
        let nearby = -WallRange.reach...WallRange.reach
        guard startMinute < endMinute, nearby.contains(startMinute), nearby.contains(endMinute)
        else { return nil }
        self.startMinute = startMinute
        self.endMinute = endMinute
    }

    /// How far from its midnight a wall time may lie, in minutes.
    public static let reach: Int32 = 7 * 1440

    /// The same stretch counted from another midnight so many minutes earlier; nil out of reach.
    public func shifted(minutes: Int32) -> WallRange? {
        WallRange(startMinute + minutes, endMinute + minutes)
    }

    /// Sorted, with overlapping and touching ranges joined. Costs a sort.
    public static func merged(_ ranges: [WallRange]) -> [WallRange] {
        var result: [WallRange] = []
        for next in ranges.sorted(by: { $0.startMinute < $1.startMinute }) {
            guard let last = result.last, next.startMinute <= last.endMinute else {
                result.append(next)
                continue
            }
            if last.endMinute < next.endMinute,
                let joined = WallRange(last.startMinute, next.endMinute)
            {
                result[result.count - 1] = joined
            }
        }
        return result
    }

    /// What two merged lists have in common, merged again. Costs one walk along both.
    public static func intersection(_ a: [WallRange], _ b: [WallRange]) -> [WallRange] {
        var result: [WallRange] = []
        var i = 0
        var j = 0
        while i < a.count && j < b.count {
            let start = max(a[i].startMinute, b[j].startMinute)
            let end = min(a[i].endMinute, b[j].endMinute)
            if let common = WallRange(start, end) { result.append(common) }
            if a[i].endMinute < b[j].endMinute { i += 1 } else { j += 1 }
        }
        return result
    }
}

extension WallRange: CustomStringConvertible {
    /// Both ends as clock readings, such as `22:00-26:00`.
    public var description: String {
        func text(_ minute: Int32) -> String {
            minute < 0 ? "-" + clockText(-minute) : clockText(minute)
        }
        return text(startMinute) + "-" + text(endMinute)
    }
}
