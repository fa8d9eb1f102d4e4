internal import Intervals
internal import SwiftProtobuf

/// A point in time: seconds since 1970-01-01T00:00Z.
struct Moment: Hashable, Comparable, Sendable {
    let seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    init(_ timestamp: Google_Protobuf_Timestamp) { seconds = timestamp.seconds }

    /// The API's form.
    var timestamp: Google_Protobuf_Timestamp { Google_Protobuf_Timestamp(seconds: seconds) }

    /// The start of the minute that it is in.
    var wholeMinute: Moment { Moment(seconds: seconds - seconds.modulo(60)) }

    static func < (left: Moment, right: Moment) -> Bool { left.seconds < right.seconds }

    static func + (moment: Moment, seconds: Int64) -> Moment {
        Moment(seconds: moment.seconds + seconds)
    }

    /// RFC 3339, at this distance from UTC: `2026-11-24T09:00:00-05:00`, or with `Z` for none.
    func rfc3339(offsetMinutes: Int = 0) -> String {
        let local = LocalReading(moment: self, offsetMinutes: offsetMinutes)
        return "\(local.day)T\(local.clock):\(twoDigits(local.second))\(offsetText(offsetMinutes))"
    }

    /// RFC 3339 with the offset that the zone has then.
    func rfc3339(in zone: Zone) -> String {
        rfc3339(offsetMinutes: zone.offsetMinutes(at: self))
    }
}

/// Minutes from UTC as RFC 3339 writes them: `Z`, `-05:00`.
func offsetText(_ minutes: Int) -> String {
    guard minutes != 0 else { return "Z" }
    let distance = abs(minutes)
    return (minutes < 0 ? "-" : "+") + twoDigits(distance / 60) + ":" + twoDigits(distance % 60)
}

/// A number of 0 to 99 in two digits.
func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

extension FixedWidthInteger {
    /// The remainder that is never negative.
    func modulo(_ divisor: Self) -> Self {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
