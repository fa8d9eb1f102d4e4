/// An instant of the world's time line, in whole minutes since 1970-01-01T00:00Z.
///
/// Everything that can be booked starts and ends on a whole minute (availability.md 1), so this is
/// the only grain the core knows. Seconds appear at the borders alone: a client's timestamp is
/// refused unless it is a whole minute, and a clock reading is rounded on purpose, up or down, by
/// whoever compares it.
///
/// The full range of `Int32` is 2114 BC to 6053 AD. What comes from outside must lie in
/// `earliest...latest`, which leaves room at both ends, so that adding a zone's offset, a buffer or
/// a few days to a checked instant cannot leave the range.
public struct Minute: Hashable, Comparable, Sendable {
    /// Minutes since 1970-01-01T00:00Z; negative before.
    public let sinceEpoch: Int32

    /// Wraps a count that is already known to be sound, such as one read back from a table.
    public init(sinceEpoch: Int32) {
        self.sinceEpoch = sinceEpoch
    }

    /// The first instant accepted from outside: 0001-01-03T00:00Z.
    public static let earliest = Minute(sinceEpoch: -719_160 * 1440)
    /// The last instant accepted from outside: 5999-12-30T00:00Z.
    public static let latest = Minute(sinceEpoch: 1_471_925 * 1440)

    /// The instant of a client's timestamp.
    ///
    /// Nil when the seconds are not a whole minute or lie outside `earliest...latest`.
    public init?(unixSeconds: Int64) {
        let (minutes, rest) = unixSeconds.quotientAndRemainder(dividingBy: 60)
        guard rest == 0,
            minutes >= Int64(Minute.earliest.sinceEpoch), minutes <= Int64(Minute.latest.sinceEpoch)
        else { return nil }
        self.init(sinceEpoch: Int32(minutes))
    }

    /// The last whole minute that is not after a clock reading; clamped to the range of `Int32`.
    public init(roundingDownUnixSeconds seconds: Int64) {
        self.init(clamping: seconds.flooredQuotient(by: 60))
    }

    /// The first whole minute that is not before a clock reading; clamped to the range of `Int32`.
    public init(roundingUpUnixSeconds seconds: Int64) {
        let floor = seconds.flooredQuotient(by: 60)
        self.init(clamping: seconds.flooredRemainder(by: 60) == 0 ? floor : floor + 1)
    }

    /// The nearest instant that exists to a count of minutes that may not fit.
    init(clamping minutes: Int64) {
        self.init(sinceEpoch: Int32(clamping: minutes))
    }

    /// Seconds since 1970-01-01T00:00Z, as timestamps on the wire count them.
    public var unixSeconds: Int64 { Int64(sinceEpoch) * 60 }

    /// The instant this many minutes later (earlier, when negative); nil when it would not fit.
    public func adding(minutes: Int32) -> Minute? {
        let (sum, overflow) = sinceEpoch.addingReportingOverflow(minutes)
        return overflow ? nil : Minute(sinceEpoch: sum)
    }

    /// As `adding(minutes:)`, but stops at the end of the range instead of failing: for the bounds
    /// of a search, where beyond the end of time nothing is booked anyway.
    public func clampedAdding(minutes: Int32) -> Minute {
        Minute(clamping: Int64(sinceEpoch) + Int64(minutes))
    }

    /// Elapsed minutes from this instant to another; negative when the other is earlier.
    public func minutes(until other: Minute) -> Int {
        Int(other.sinceEpoch) - Int(sinceEpoch)
    }

    /// Earlier comes first.
    public static func < (a: Minute, b: Minute) -> Bool { a.sinceEpoch < b.sinceEpoch }
}

extension Minute: CustomStringConvertible {
    /// ISO 8601 in UTC, such as `2026-03-08T07:00Z`.
    public var description: String {
        let day = sinceEpoch.flooredQuotient(by: 1440)
        let minute = sinceEpoch.flooredRemainder(by: 1440)
        return "\(LocalDate(dayNumber: day))T\(clockText(minute))Z"
    }
}

/// Minutes since midnight as `HH:MM`.
func clockText(_ minuteOfDay: Int32) -> String {
    let (hour, minute) = minuteOfDay.quotientAndRemainder(dividingBy: 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
}

extension FixedWidthInteger where Self: SignedInteger {
    /// The quotient rounded towards minus infinity, so that days and grids run on evenly through
    /// zero. The divisor is positive.
    func flooredQuotient(by divisor: Self) -> Self {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// What `flooredQuotient(by:)` leaves: always in `0..<divisor`.
    func flooredRemainder(by divisor: Self) -> Self {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
