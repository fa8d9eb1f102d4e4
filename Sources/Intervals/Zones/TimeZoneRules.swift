/// One IANA time zone: when its wall clock was, is and will be set to what.
///
/// Built from a TZif file of version 2 or later: the table of its 64-bit block, continued by the
/// rule of its footer.
///
/// Theory. Between two transitions a zone's offset is constant, so a zone is a sorted list of
/// transitions with the offset that holds after each, and a lookup is a binary search. The footer's
/// rule goes on for ever, but the Gregorian calendar repeats after 400 years of a whole number of
/// weeks, so the list is filled from the rule for one such era and a later instant is folded back
/// into it. There is no second way to compute an offset.
///
/// Invariants:
/// 1. `transitions` ascends strictly.
/// 2. `offsets` has one element more; `offsets[i]` holds before `transitions[i]` and from
///    `transitions[i - 1]` on. Neighbours differ: a change of name only is no transition.
/// 3. Instants from `foldFrom` on repeat the era before it.
///
/// Grain. Offsets and transitions are rounded to the nearest minute. Only local mean time and some
/// offsets before 1972 have seconds (New York's clock stood at -4:56:02 until 1883, Amsterdam's at
/// +0:19:32 until 1937); everything that one can book since is exact.
///
/// A value: it holds no file open and never changes. Lookups cost a binary search over at most
/// about a thousand transitions and allocate nothing.
public struct TimeZoneRules: Hashable, Sendable {
    /// The IANA name, such as `America/New_York`.
    public let name: String

    private let transitions: [Int32]
    private let offsets: [Int32]
    private let foldFrom: Int64
    private let smallestOffset: Int32
    private let greatestOffset: Int32

    /// Reads the bytes of a TZif file. Costs tens of microseconds: keep the result.
    public init(tzif bytes: [UInt8], name: String) throws(TZifError) {
        let table = try TZifTable(bytes)
        var timeline = OffsetTimeline(firstOffsetSeconds: table.firstOffsetSeconds)
        for transition in table.transitions { timeline.append(transition) }
        var foldFrom = Int64.max
        if let footer = table.footer {
            foldFrom = timeline.extend(by: footer, after: table.transitions.last)
        }
        self.name = name
        self.transitions = timeline.transitions
        self.offsets = timeline.offsets
        self.foldFrom = foldFrom
        self.smallestOffset = timeline.offsets.min() ?? 0
        self.greatestOffset = timeline.offsets.max() ?? 0
    }

    private init(fixedOffset offset: Int32, name: String) {
        self.name = name
        transitions = []
        offsets = [offset]
        foldFrom = .max
        smallestOffset = offset
        greatestOffset = offset
    }

    /// The zone of offset 0, which needs no file.
    public static let utc = TimeZoneRules(fixedOffset: 0, name: "UTC")

    // MARK: Instant to wall clock

    /// Minutes east of UTC at an instant, -1500...1560.
    public func offsetMinutes(at instant: Minute) -> Int32 {
        offsets[segment(at: Int64(instant.sinceEpoch)).index]
    }

    /// The date on the wall at an instant.
    public func localDate(at instant: Minute) -> LocalDate {
        let day = wallMinutes(at: instant).flooredQuotient(by: 1440)
        return LocalDate(dayNumber: Int32(truncatingIfNeeded: day))
    }

    /// The wall clock at an instant, as minutes of its day, 0...1439.
    public func localMinuteOfDay(at instant: Minute) -> Int32 {
        Int32(truncatingIfNeeded: wallMinutes(at: instant).flooredRemainder(by: 1440))
    }

    /// Minutes from 1970-01-01T00:00 to what the wall clock shows, both read off that clock.
    func wallMinutes(at instant: Minute) -> Int64 {
        Int64(instant.sinceEpoch) + Int64(offsetMinutes(at: instant))
    }

    // MARK: Wall clock to instants

    /// The instants at which the wall clock shows a time.
    public enum Instants: Hashable, Sendable {
        /// The clock was set forward past this time; `transition` is the instant at which it was.
        case none(transition: Minute)
        /// The ordinary case.
        case one(Minute)
        /// The clock was set back and showed this time twice.
        case two(first: Minute, last: Minute)
    }

    /// The instants at which the wall clock shows `minute` minutes after midnight of `date`.
    ///
    /// The minute may be negative or exceed 1440 and then means a time of another date: 1500 is
    /// 01:00 of the next one. It is counted on the dial, not elapsed. Far beyond `Minute`'s range
    /// the answer is clamped to its ends.
    public func instants(of date: LocalDate, minute: Int32) -> Instants {
        let wall = date.midnightWallMinutes + Int64(minute)
        let earliest = segment(at: wall - Int64(greatestOffset))
        let latest = wall - Int64(smallestOffset)

        var first: Int64?
        var last: Int64?
        var skippedAt: Int64?
        var index = earliest.index
        // A handful of turns at most: one for each transition within the two days that a zone's
        // greatest and smallest offset lie apart.
        while true {
            let start = index == 0 ? Int64.min : Int64(transitions[index - 1]) + earliest.folded
            let end =
                index == transitions.count ? Int64.max : Int64(transitions[index]) + earliest.folded
            let instant = wall - Int64(offsets[index])
            if instant >= start && instant < end {
                first = first ?? instant
                last = instant
            } else if instant >= end, index + 1 < offsets.count,
                wall - Int64(offsets[index + 1]) < end
            {
                skippedAt = skippedAt ?? end
            }
            if end > latest { break }
            index += 1
        }
        guard let first, let last else {
            return .none(transition: Minute(clamping: skippedAt ?? latest))
        }
        return first == last
            ? .one(Minute(clamping: first))
            : .two(first: Minute(clamping: first), last: Minute(clamping: last))
    }

    // MARK: Transitions

    /// Whether the clock is set strictly inside the interval. A transition at its very start or end
    /// leaves the interval's own minutes evenly counted and does not matter.
    public func hasTransition(in interval: Interval) -> Bool {
        guard let next = nextTransition(after: interval.start) else { return false }
        return next < interval.end
    }

    /// The next instant, later than the given one, at which the clock is set; nil when it is not
    /// set again within `Minute`'s range.
    public func nextTransition(after instant: Minute) -> Minute? {
        let here = segment(at: Int64(instant.sinceEpoch))
        guard here.index < transitions.count else { return nil }
        let next = Int64(transitions[here.index]) + here.folded
        return Int32(exactly: next).map { Minute(sinceEpoch: $0) }
    }

    // MARK: The search

    /// Which stretch of constant offset an instant lies in, and by how much it was folded back.
    private func segment(at instant: Int64) -> (index: Int, folded: Int64) {
        var folded: Int64 = 0
        if instant >= foldFrom {
            folded = ((instant - foldFrom) / minutesPerEra + 1) * minutesPerEra
        }
        let target = instant - folded
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if Int64(transitions[middle]) <= target {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return (low, folded)
    }
}
