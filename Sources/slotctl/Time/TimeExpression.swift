internal import Intervals

/// Times as people write them on a command line:
///
/// - RFC 3339, which says its own offset: `2026-11-24T09:00:00-05:00`, `2026-11-24T14:00Z`;
/// - local time of the place that the command is about: `2026-11-24 09:00`, `2026-11-24T09:00`,
///   `today 09:00`, `tomorrow 9:00`, `mon 09:00` (the next Monday, today included), or `09:00` for
///   today;
/// - a day alone, which means its first minute: `2026-11-24`, `today`, `tomorrow`, `mon`;
/// - `now`, the minute that has begun.
///
/// A local time that the clock skips is refused, and so is one that it shows twice, naming both.
struct TimeExpression {
    let zone: Zone
    let now: Moment

    /// The moment that the text means.
    func moment(_ text: String) throws(CommandFailure) -> Moment {
        let trimmed = text.trimmingPrefix(while: \.isWhitespace)
        if trimmed.lowercased() == "now" { return now.wholeMinute }
        if let moment = rfc3339Moment(trimmed) { return moment }
        let parts = trimmed.split(whereSeparator: { $0 == " " || $0 == "T" || $0 == "t" })
        // The separator `T` also occurs in words such as `today`, which have no digit before it.
        let words =
            trimmed.first?.isNumber == true ? parts : trimmed.split(separator: " ")
        switch words.count {
        case 1:
            if let minute = clockMinute(words[0]) {
                return try moment(zone.reading(now).day, minute, as: text)
            }
            return zone.start(of: try day(String(words[0])))
        case 2:
            guard let minute = clockMinute(words[1]) else { throw malformed(text) }
            return try moment(try day(String(words[0])), minute, as: text)
        default: throw malformed(text)
        }
    }

    /// The day that the text means: `2026-11-24`, `today`, `tomorrow`, `yesterday`, or a day of the
    /// week by its first three letters or more, which is the next one, today included.
    func day(_ text: String) throws(CommandFailure) -> LocalDate {
        if let day = LocalDate(text) { return day }
        let today = zone.reading(now).day
        let word = text.lowercased()
        switch word {
        case "today": return today
        case "tomorrow": return today.adding(days: 1)
        case "yesterday": return today.adding(days: -1)
        default: break
        }
        if word.count >= 3, let weekday = Self.weekdays.firstIndex(where: { $0.hasPrefix(word) }) {
            return today.adding(days: Int32((weekday + 1 - today.weekday).modulo(7)))
        }
        throw malformed(text)
    }

    private func moment(
        _ day: LocalDate, _ minute: Int, as text: String
    ) throws(CommandFailure) -> Moment {
        let candidates = zone.moments(day, minute: minute)
        if candidates.count == 1 { return candidates[0] }
        if candidates.isEmpty {
            throw .usage(
                "\(day) \(clockText(minute: minute)) does not exist in \(zone.name): "
                    + "the clock is put forward over it")
        }
        let spellings = candidates.map {
            $0.rfc3339(in: zone)
        }
        throw .usage(
            "\(day) \(clockText(minute: minute)) happens twice in \(zone.name): "
                + "write \(spellings.joined(separator: " or "))")
    }

    private func malformed(_ text: String) -> CommandFailure {
        .usage(
            "“\(text)” is no time: write 2026-11-24T09:00:00-05:00, “2026-11-24 09:00”, "
                + "“tomorrow 09:00”, 09:00, or a day alone")
    }

    private static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]
}

/// `9:00` or `09:00` as minutes since midnight, up to `24:00`; nil for anything else.
func clockMinute(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
        let hours = digits(parts[0]), let minutes = digits(parts[1]),
        minutes < 60, hours * 60 + minutes <= 1440
    else { return nil }
    return hours * 60 + minutes
}

/// An RFC 3339 time with its offset; seconds may be left out, fractions are dropped. Nil for
/// anything else.
func rfc3339Moment(_ text: some StringProtocol) -> Moment? {
    guard let separator = text.firstIndex(where: { $0 == "T" || $0 == "t" || $0 == " " }),
        let day = LocalDate(text[..<separator])
    else { return nil }
    let rest = text[text.index(after: separator)...]
    guard let zoneStart = rest.firstIndex(where: { "Zz+-".contains($0) }),
        let offset = offsetSeconds(rest[zoneStart...])
    else { return nil }
    let wholeSeconds = rest[..<zoneStart].split(
        separator: ".", maxSplits: 1, omittingEmptySubsequences: false)[0]
    let clock = wholeSeconds.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(clock.count), clock.allSatisfy({ $0.count == 2 }),
        let hours = digits(clock[0]), let minutes = digits(clock[1]),
        let seconds = clock.count == 3 ? digits(clock[2]) : 0,
        hours < 24, minutes < 60, seconds < 60
    else { return nil }
    let ofDay = Int64(hours * 3600 + minutes * 60 + seconds)
    return Moment(seconds: Int64(day.dayNumber) * 86_400 + ofDay - Int64(offset))
}

/// `Z`, `-05:00`; nil for anything else.
private func offsetSeconds(_ text: some StringProtocol) -> Int? {
    if text.lowercased() == "z" { return 0 }
    guard let sign = text.first, sign == "+" || sign == "-",
        let minutes = clockMinute(text.dropFirst()), text.count == 6, minutes < 1440
    else { return nil }
    return (sign == "-" ? -60 : 60) * minutes
}
