public import Intervals

/// A reading of the clock: milliseconds since 1970-01-01T00:00Z, not rounded to minutes.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00Z.
    public let milliseconds: Int64

    /// The reading at so many milliseconds since 1970-01-01T00:00Z.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The reading at the start of a minute.
    public init(_ minute: Minute) {
        milliseconds = Int64(minute.sinceEpoch) * 60_000
    }

    /// The minute that the clock is in.
    public var minute: Minute {
        Minute(sinceEpoch: Int32(clamping: milliseconds.flooredQuotient(60_000)))
    }

    /// The first minute that does not lie before this reading.
    public var minuteRoundedUp: Minute {
        Minute(sinceEpoch: Int32(clamping: (milliseconds + 59_999).flooredQuotient(60_000)))
    }

    /// The reading so many seconds later.
    public func adding(seconds: Int64) -> Instant {
        Instant(milliseconds: milliseconds + seconds * 1000)
    }

    /// Earlier readings come first.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
