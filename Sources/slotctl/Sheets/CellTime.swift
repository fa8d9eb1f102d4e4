internal import Intervals
internal import SwiftProtobuf

/// Times in cells: RFC 3339 with an offset, or the local time of a place as `2026-11-24 09:00`.
///
/// Other than on a command line, words such as `tomorrow` are none: a file must mean the same on
/// every day.
struct CellTime {
    let column: String
    /// The place's; nil: its time is not known.
    let zone: Zone?
    /// Why it is not known, for the message.
    var withoutZone = "an offset must be written, as in 2026-11-24T09:00:00-05:00"

    /// A moment, down to the nanosecond.
    func instant(_ text: String) throws(CellProblem) -> Google_Protobuf_Timestamp {
        if let moment = rfc3339Moment(text), let nanos = Self.nanoseconds(text) {
            var timestamp = moment.timestamp
            timestamp.nanos = nanos
            return timestamp
        }
        guard text.utf8.count == 16, LocalDate(text.prefix(10)) != nil,
            clockMinute(text.suffix(5)) != nil
        else {
            throw CellProblem(
                column,
                "“\(text)” is no time: write 2026-11-24T09:00:00-05:00, or “2026-11-24 09:00”")
        }
        guard let zone else { throw CellProblem(column, "“\(text)” is local time: \(withoutZone)") }
        do throws(CommandFailure) {
            return try TimeExpression(zone: zone, now: Moment(seconds: 0)).moment(text).timestamp
        } catch {
            throw CellProblem(column, error.message)
        }
    }

    /// A moment that is a whole minute.
    func minute(_ text: String) throws(CellProblem) -> Google_Protobuf_Timestamp {
        let timestamp = try instant(text)
        guard timestamp.seconds.modulo(60) == 0, timestamp.nanos == 0 else {
            throw CellProblem(column, "“\(text)” is not a whole minute")
        }
        return timestamp
    }

    /// RFC 3339 by the clock of a place, or in UTC.
    static func text(_ timestamp: Google_Protobuf_Timestamp, in zone: Zone?) -> String {
        let moment = Moment(timestamp)
        let whole = zone.map { moment.rfc3339(in: $0) } ?? moment.rfc3339()
        guard timestamp.nanos != 0 else { return whole }
        var digits = String(timestamp.nanos + 1_000_000_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return whole.prefix(19) + "." + digits + whole.dropFirst(19)
    }

    /// What stands behind the second's point; 0 where there is none, nil for no number.
    private static func nanoseconds(_ text: String) -> Int32? {
        guard let point = text.firstIndex(of: ".") else { return 0 }
        let fraction = text[text.index(after: point)...].prefix { !"Zz+-".contains($0) }
        guard let number = digits(fraction) else { return nil }
        return Int32(number) * (0..<(9 - fraction.utf8.count)).reduce(1) { scale, _ in scale * 10 }
    }
}
