internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// Weekly hours as people write them: `mon-fri 09:00-17:00`, `sat 10:00-14:00,15:00-18:00`,
/// `mon,wed 20:00-02:00` (into the next day).
enum HoursText {
    /// Reads one such text.
    static func parse(_ text: String) throws(CommandFailure) -> [Slotd_V1_WeeklyInterval] {
        let words = text.split(separator: " ")
        guard words.count == 2 else { throw malformed(text) }
        var intervals: [Slotd_V1_WeeklyInterval] = []
        for day in try days(words[0], text) {
            for stretch in words[1].split(separator: ",") {
                let ends = stretch.split(separator: "-")
                guard ends.count == 2, let start = clockMinute(ends[0]), start < 1440,
                    let end = clockMinute(ends[1])
                else { throw malformed(text) }
                intervals.append(
                    .with {
                        $0.day = Slotd_V1_DayOfWeek(rawValue: day) ?? .unspecified
                        $0.startMinute = Int32(start)
                        $0.endMinute = Int32(end)
                    })
            }
        }
        return intervals
    }

    /// Reads several, joined; `none` alone for no hours.
    static func parse(
        all texts: [String]
    ) throws(CommandFailure) -> [Slotd_V1_WeeklyInterval] {
        if texts.map({ $0.lowercased() }) == ["none"] { return [] }
        var intervals: [Slotd_V1_WeeklyInterval] = []
        for text in texts { intervals += try parse(text) }
        return intervals
    }

    /// The same for people: days with equal hours joined, as in `Mon–Fri 09:00–17:00, Sat
    /// 10:00–14:00`.
    static func text(_ intervals: [Slotd_V1_WeeklyInterval]) -> String {
        var hoursOfDay: [(day: Int, hours: String)] = []
        for day in 1...7 {
            let hours = intervals.filter { $0.day.rawValue == day }
                .sorted { $0.startMinute < $1.startMinute }
                .map {
                    clockText(minute: Int($0.startMinute)) + "–"
                        + clockText(minute: Int($0.endMinute))
                }
            if !hours.isEmpty { hoursOfDay.append((day, hours.joined(separator: " and "))) }
        }
        var parts: [String] = []
        var index = 0
        while index < hoursOfDay.count {
            var last = index
            while last + 1 < hoursOfDay.count,
                hoursOfDay[last + 1].hours == hoursOfDay[index].hours,
                hoursOfDay[last + 1].day == hoursOfDay[last].day + 1
            {
                last += 1
            }
            let first = LocalDate.weekdays[hoursOfDay[index].day - 1]
            let name =
                last == index ? first : first + "–" + LocalDate.weekdays[hoursOfDay[last].day - 1]
            parts.append("\(name) \(hoursOfDay[index].hours)")
            index = last + 1
        }
        return parts.joined(separator: ", ")
    }

    private static func days(
        _ word: Substring, _ text: String
    ) throws(CommandFailure) -> [Int] {
        var days: [Int] = []
        for part in word.split(separator: ",") {
            let ends = part.split(separator: "-").map(day)
            switch ends.count {
            case 1:
                guard let only = ends[0] else { throw malformed(text) }
                days.append(only)
            case 2:
                guard let first = ends[0], let last = ends[1] else { throw malformed(text) }
                days += (0...(last - first).modulo(7)).map { (first - 1 + $0) % 7 + 1 }
            default: throw malformed(text)
            }
        }
        return days
    }

    private static func day(_ word: Substring) -> Int? {
        LocalDate.weekdays.firstIndex { $0.lowercased() == word.lowercased().prefix(3) }
            .map { $0 + 1 }
    }

    private static func malformed(_ text: String) -> CommandFailure {
        .usage("“\(text)” are no weekly hours: write “mon-fri 09:00-17:00”")
    }
}
