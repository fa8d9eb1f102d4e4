internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// The hours of one date as people write them: `2026-12-24=09:00-12:00,13:00-15:00`, or
/// `2026-12-25=closed`.
enum DayText {
    static func parse(_ text: some StringProtocol) throws(CommandFailure) -> Slotd_V1_DayHours {
        let words = text.split(separator: "=", omittingEmptySubsequences: false)
        guard words.count == 2, let date = LocalDate(words[0]),
            let hours = words[1].lowercased() == "closed" ? [] : ranges(words[1])
        else {
            throw .usage(
                "“\(text)” are no hours of a date: write 2026-12-24=09:00-12:00, "
                    + "or 2026-12-25=closed")
        }
        return .with {
            $0.date = date.message
            $0.hours = hours
        }
    }

    /// The same, or `2026-12-25=week`, which takes the date's own hours back.
    static func parseOrClear(
        _ text: String
    ) throws(CommandFailure) -> (day: Slotd_V1_DayHours, clear: Bool) {
        let words = text.split(separator: "=", omittingEmptySubsequences: false)
        guard words.count == 2, words[1].lowercased() == "week" else {
            return (try parse(text), false)
        }
        let date = try date(String(words[0]))
        return (.with { $0.date = date }, true)
    }

    /// A date alone, as in `2026-12-24`.
    static func date(_ text: String) throws(CommandFailure) -> Slotd_V1_LocalDate {
        guard let date = LocalDate(text) else {
            throw .usage("“\(text)” is no date: write it as 2026-12-24")
        }
        return date.message
    }

    /// The same for people and for the next command line.
    static func text(_ day: Slotd_V1_DayHours) -> String {
        let hours = day.hours.map { range in
            clockText(minute: Int(range.startMinute)) + "-"
                + clockText(minute: Int(range.endMinute))
        }
        let date = LocalDate(day.date)?.description ?? "?"
        return "\(date)=" + (hours.isEmpty ? "closed" : hours.joined(separator: ","))
    }

    private static func ranges(_ text: some StringProtocol) -> [Slotd_V1_MinuteRange]? {
        var ranges: [Slotd_V1_MinuteRange] = []
        for stretch in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = stretch.split(separator: "-")
            guard ends.count == 2, let start = clockMinute(ends[0]), start < 1440,
                let end = clockMinute(ends[1])
            else { return nil }
            ranges.append(
                .with {
                    $0.startMinute = Int32(start)
                    $0.endMinute = Int32(end)
                })
        }
        return ranges
    }
}
