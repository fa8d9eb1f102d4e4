/// A zone's standing rule, as the footer of its file spells it: `EST5EDT,M3.2.0,M11.1.0`.
///
/// The grammar is that of POSIX's TZ variable with RFC 9636's extension: the time of a change may
/// be
/// -167...167 hours, so that a change may fall days away from the date that the rule names. In this
/// notation hours west of Greenwich are positive; `standardOffset` and `daylightOffset` have the
/// usual sign again.
struct PosixTimeZone: Hashable, Sendable {
    /// When daylight time begins and ends in a year, and how far ahead it is.
    struct DaylightRule: Hashable, Sendable {
        let offsetSeconds: Int32
        let begin: Change
        let end: Change
    }

    /// A date rule and the wall time, in seconds from that date's midnight, at which it strikes.
    struct Change: Hashable, Sendable {
        let date: DateRule
        let seconds: Int32
    }

    /// How a rule names a date in every year.
    enum DateRule: Hashable, Sendable {
        /// `Jn`: day 1...365, with February 29 never counted.
        case dayWithoutLeap(Int)
        /// `n`: day 0...365, with February 29 counted.
        case dayOfYear(Int)
        /// `Mm.w.d`: month, week 1...5 (5 is the last), weekday with Sunday 0.
        case monthWeekDay(month: Int, week: Int, weekday: Int)
    }

    /// Seconds east of UTC outside daylight time.
    let standardOffsetSeconds: Int32
    /// Nil for a zone without daylight time.
    let daylight: DaylightRule?

    /// Parses a footer; nil when it does not follow the grammar to its last byte.
    init?(_ text: ArraySlice<UInt8>) {
        var parser = PosixParser(text)
        guard parser.skipName(), let west = parser.time(hours: 0...24) else { return nil }
        standardOffsetSeconds = -west
        if parser.isAtEnd {
            daylight = nil
            return
        }
        guard parser.skipName() else { return nil }
        var offset = standardOffsetSeconds + 3600
        if !parser.skip(",") {
            guard let west = parser.time(hours: 0...24), parser.skip(",") else { return nil }
            offset = -west
        }
        guard let begin = parser.change(), parser.skip(","), let end = parser.change(),
            parser.isAtEnd
        else { return nil }
        daylight = DaylightRule(offsetSeconds: offset, begin: begin, end: end)
    }

    /// The two changes of one year in the order of time, or none without daylight time.
    func transitions(inYear year: Int) -> [TZifTable.Transition] {
        guard let daylight else { return [] }
        let begin = TZifTable.Transition(
            unixSeconds: daylight.begin.wallSeconds(inYear: year) - Int64(standardOffsetSeconds),
            offsetSeconds: daylight.offsetSeconds)
        let end = TZifTable.Transition(
            unixSeconds: daylight.end.wallSeconds(inYear: year) - Int64(daylight.offsetSeconds),
            offsetSeconds: standardOffsetSeconds)
        return begin.unixSeconds <= end.unixSeconds ? [begin, end] : [end, begin]
    }
}

extension PosixTimeZone.Change {
    /// The change in one year, read off a wall clock, in seconds since 1970-01-01T00:00 of that
    /// clock.
    func wallSeconds(inYear year: Int) -> Int64 {
        Int64(date.dayNumber(inYear: year)) * 86_400 + Int64(seconds)
    }
}

extension PosixTimeZone.DateRule {
    /// Days since 1970-01-01 of the date that the rule names in a year.
    func dayNumber(inYear year: Int) -> Int32 {
        let newYear = LocalDate(unchecked: year, 1, 1)
        switch self {
        case .dayWithoutLeap(let day):
            let leapDay = LocalDate.isLeap(year: year) && day >= 60 ? 1 : 0
            return newYear.dayNumber + Int32(day - 1 + leapDay)
        case .dayOfYear(let day):
            return newYear.dayNumber + Int32(day)
        case .monthWeekDay(let month, let week, let weekday):
            let first = LocalDate(unchecked: year, month, 1)
            let toWeekday = (weekday - first.weekday % 7 + 7) % 7
            var day = toWeekday + (week - 1) * 7
            if day >= LocalDate.dayCount(year: year, month: month) { day -= 7 }
            return first.dayNumber + Int32(day)
        }
    }
}

/// Reads the pieces of a POSIX time zone string from left to right.
private struct PosixParser {
    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) {
        rest = text
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Steps over one character if it is the next one.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// A designation: three or more letters, or three or more of letters, digits, + and - in angle
    /// brackets. What it says is of no use here.
    mutating func skipName() -> Bool {
        let quoted = skip("<")
        let name = rest.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"): quoted
            default: false
            }
        }
        rest = rest.dropFirst(name.count)
        return name.count >= 3 && (!quoted || skip(">"))
    }

    /// A number of one to three digits within a range.
    mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix(3).prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return range.contains(value) ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time(hours: ClosedRange<Int>) -> Int32? {
        let negative = skip("-")
        if !negative { _ = skip("+") }
        guard let hour = number(hours) else { return nil }
        var seconds = hour * 3600
        if skip(":") {
            guard let minute = number(0...59) else { return nil }
            seconds += minute * 60
            if skip(":") {
                guard let second = number(0...59) else { return nil }
                seconds += second
            }
        }
        return Int32(negative ? -seconds : seconds)
    }

    /// `date[/time]`, at 02:00 when no time is given.
    mutating func change() -> PosixTimeZone.Change? {
        guard let date = dateRule() else { return nil }
        guard skip("/") else { return PosixTimeZone.Change(date: date, seconds: 7200) }
        guard let seconds = time(hours: 0...167) else { return nil }
        return PosixTimeZone.Change(date: date, seconds: seconds)
    }

    private mutating func dateRule() -> PosixTimeZone.DateRule? {
        if skip("J") { return number(1...365).map { .dayWithoutLeap($0) } }
        guard skip("M") else { return number(0...365).map { .dayOfYear($0) } }
        guard let month = number(1...12), skip("."), let week = number(1...5), skip("."),
            let weekday = number(0...6)
        else { return nil }
        return .monthWeekDay(month: month, week: week, weekday: weekday)
    }
}
