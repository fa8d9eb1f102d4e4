internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// A stretch of local time as people write it: `2026-12-24 12:00..2026-12-27 00:00`, where a date
/// alone is its midnight, or one date for the whole of it.
enum LocalStretchText {
    static func parse(
        _ text: some StringProtocol
    ) throws(CommandFailure) -> (start: Slotd_V1_LocalDateTime, end: Slotd_V1_LocalDateTime) {
        let whole = String(text)
        let ends = whole.ranges(of: "..")
        if ends.isEmpty, let day = LocalDate(whole) {
            return (reading(day, 0), reading(day.adding(days: 1), 0))
        }
        guard ends.count == 1, let start = localTime(whole[..<ends[0].lowerBound]),
            let end = localTime(whole[ends[0].upperBound...])
        else {
            throw .usage(
                "“\(whole)” is no stretch of local time: write "
                    + "“2026-12-24 12:00..2026-12-27 00:00”, or 2026-12-24 for the whole day")
        }
        return (start, end)
    }

    /// The same for people and for the next command line.
    static func text(_ start: Slotd_V1_LocalDateTime, _ end: Slotd_V1_LocalDateTime) -> String {
        if start.minute == 0, end.minute == 0, let day = LocalDate(start.date),
            LocalDate(end.date) == day.adding(days: 1)
        {
            return day.description
        }
        return "\(text(start))..\(text(end))"
    }

    private static func text(_ time: Slotd_V1_LocalDateTime) -> String {
        "\(LocalDate(time.date)?.description ?? "?") \(clockText(minute: Int(time.minute)))"
    }

    /// `2026-12-24 08:00`, or a day alone for its midnight.
    private static func localTime(_ text: Substring) -> Slotd_V1_LocalDateTime? {
        let words = text.split(separator: " ")
        guard (1...2).contains(words.count), let day = LocalDate(words[0]),
            let minute = words.count == 2 ? clockMinute(words[1]) : 0
        else { return nil }
        return reading(day, minute)
    }

    private static func reading(_ day: LocalDate, _ minute: Int) -> Slotd_V1_LocalDateTime {
        .with {
            $0.date = day.message
            $0.minute = Int32(minute)
        }
    }
}

extension Slotd_V1_Closure {
    /// What the command line takes for it.
    init(_ text: String) throws(CommandFailure) {
        self.init()
        (start, end) = try LocalStretchText.parse(text)
    }

    /// The same, and why.
    var text: String {
        LocalStretchText.text(start, end) + (note.isEmpty ? "" : " (\(note))")
    }
}
