/// A date on the wall, without a zone: proleptic Gregorian.
///
/// Held as a day number, so that stepping and comparing are integer operations and the calendar's
/// irregularities are met only where a date is taken apart or put together. A date made from parts
/// lies in the years 1...5999, where every local time of it, in every zone, is a `Minute`.
public struct LocalDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01; negative before.
    public let dayNumber: Int32

    /// The date that lies this many days after 1970-01-01.
    public init(dayNumber: Int32) {
        self.dayNumber = dayNumber
    }

    /// Nil for a date that is not in the calendar (February 30) or not in the years 1...5999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...5999).contains(year), (1...12).contains(month),
            day >= 1, day <= LocalDate.dayCount(year: year, month: month)
        else { return nil }
        self.init(unchecked: year, month, day)
    }

    /// The parts are trusted; a month outside 1...12 or a day outside its month is the caller's
    /// bug.
    ///
    /// Years are counted from March, so that the leap day is a year's last and the months' lengths
    /// follow the straight line (153 m + 2) / 5.
    init(unchecked year: Int, _ month: Int, _ day: Int) {
        let marchYear = month > 2 ? year : year - 1
        let era = marchYear.flooredQuotient(by: 400)
        let yearOfEra = marchYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(dayNumber: Int32(era * daysPerEra + dayOfEra - epochFromMarchOfYear0))
    }

    /// Year, month and day at once; cheaper than asking for them one by one.
    public var parts: (year: Int, month: Int, day: Int) {
        let days = Int(dayNumber) + epochFromMarchOfYear0
        let era = days.flooredQuotient(by: daysPerEra)
        let dayOfEra = days - era * daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The calendar year.
    public var year: Int { parts.year }
    /// The month, 1...12.
    public var month: Int { parts.month }
    /// The day of the month, 1...31.
    public var day: Int { parts.day }

    /// The ISO weekday: Monday is 1, Sunday 7.
    public var weekday: Int {
        (Int(dayNumber) + 3).flooredRemainder(by: 7) + 1
    }

    /// The date so many days later (earlier, when negative). Traps beyond `Int32`'s days, which lie
    /// five million years off.
    public func adding(days: Int32) -> LocalDate {
        LocalDate(dayNumber: dayNumber + days)
    }

    /// Days from this date to another; negative when the other is earlier.
    public func days(until other: LocalDate) -> Int {
        Int(other.dayNumber) - Int(dayNumber)
    }

    /// Earlier comes first.
    public static func < (a: LocalDate, b: LocalDate) -> Bool { a.dayNumber < b.dayNumber }

    /// Minutes from 1970-01-01T00:00 to this date's midnight, both read off a wall clock.
    var midnightWallMinutes: Int64 { Int64(dayNumber) * 1440 }

    /// Whether February has 29 days.
    static func isLeap(year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Days of a month, 28...31.
    static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year: year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension LocalDate: CustomStringConvertible {
    /// ISO 8601, such as `2026-03-08`.
    public var description: String {
        let (year, month, day) = parts
        let padding = String(repeating: "0", count: max(0, 4 - String(year).count))
        return "\(padding)\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}

/// The Gregorian calendar repeats after 400 years, which are this many days: a multiple of 7.
let daysPerEra = 146_097
/// Days from 0000-03-01 to 1970-01-01.
private let epochFromMarchOfYear0 = 719_468
