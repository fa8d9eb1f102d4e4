internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Hours, dates and closures: what the catalog's records are made of.

/// Weekly hours, at most 64.
func weekly(
    _ messages: [Slotd_V1_WeeklyInterval], _ field: String
) throws(Rejection) -> [WeeklyInterval] {
    var hours: [WeeklyInterval] = []
    for (index, message) in try list(messages, field, atMost: 64).enumerated() {
        let path = "\(field)[\(index)]"
        let day = try number(message.day.rawValue, "\(path).day", 1...7)
        let start = try number(message.startMinute, "\(path).start_minute", 0...1439)
        let end = try number(message.endMinute, "\(path).end_minute", 1...2880)
        guard let interval = WeeklyInterval(weekday: day, startMinute: start, endMinute: end)
        else { throw .invalid(path, "is no interval") }
        hours.append(interval)
    }
    return hours
}

extension Slotd_V1_WeeklyInterval {
    init(_ interval: WeeklyInterval) {
        self.init()
        day = Slotd_V1_DayOfWeek(rawValue: interval.weekday) ?? .unspecified
        startMinute = interval.startMinute
        endMinute = interval.endMinute
    }
}

/// The hours of one date.
func dayHours(_ message: Slotd_V1_DayHours, _ field: String) throws(Rejection) -> DayHours {
    guard message.hasDate else { throw .invalid("\(field).date", "is missing") }
    var ranges: [WallRange] = []
    for (index, hours) in try list(message.hours, "\(field).hours", atMost: 16).enumerated() {
        let path = "\(field).hours[\(index)]"
        let start = try number(hours.startMinute, "\(path).start_minute", 0...1439)
        let end = try number(hours.endMinute, "\(path).end_minute", 1...2880)
        guard let range = WallRange(start, end <= start ? end + 1440 : end) else {
            throw .invalid(path, "is no interval")
        }
        ranges.append(range)
    }
    return DayHours(date: try date(message.date, "\(field).date"), hours: ranges)
}

extension Slotd_V1_DayHours {
    init(_ day: DayHours) {
        self.init()
        date = Slotd_V1_LocalDate(day.date)
        hours = day.hours.map { range in
            Slotd_V1_MinuteRange.with {
                $0.startMinute = range.startMinute
                $0.endMinute = range.endMinute
            }
        }
    }
}

/// Closures or outages, at most 512.
func closedTimes(
    _ messages: [Slotd_V1_Closure], _ field: String
) throws(Rejection) -> [Closure] {
    var closures: [Closure] = []
    for (index, message) in try list(messages, field, atMost: 512).enumerated() {
        closures.append(try Closure(message, "\(field)[\(index)]"))
    }
    return closures
}

extension Closure {
    /// `path` is where the message stands in the request.
    init(_ message: Slotd_V1_Closure, _ path: String) throws(Rejection) {
        let stretch = try LocalStretch(
            from: message.hasStart ? message.start : nil, to: message.hasEnd ? message.end : nil,
            path)
        self.init(
            startDate: stretch.startDate, startMinute: stretch.startMinute,
            endDate: stretch.endDate, endMinute: stretch.endMinute,
            note: try text(message.note, "\(path).note", 0...200))
    }
}

extension Slotd_V1_Closure {
    init(_ closure: Closure) {
        self.init()
        start = Slotd_V1_LocalDateTime(closure.startDate, closure.startMinute)
        end = Slotd_V1_LocalDateTime(closure.endDate, closure.endMinute)
        note = closure.note
    }
}

/// A stretch of local time that is not empty, as `start` and `end` of a message have it.
struct LocalStretch {
    let startDate: LocalDate
    let startMinute: Int32
    let endDate: LocalDate
    let endMinute: Int32

    /// `field` is the message that has both; nil: not set.
    init(
        from start: Slotd_V1_LocalDateTime?, to end: Slotd_V1_LocalDateTime?, _ field: String
    ) throws(Rejection) {
        guard let start else { throw .invalid("\(field).start", "is missing") }
        guard let end else { throw .invalid("\(field).end", "is missing") }
        startDate = try date(start.date, "\(field).start.date")
        startMinute = try number(start.minute, "\(field).start.minute", 0...1440)
        endDate = try date(end.date, "\(field).end.date")
        endMinute = try number(end.minute, "\(field).end.minute", 0...1440)
        let first = Int64(startDate.dayNumber) * 1440 + Int64(startMinute)
        guard first < Int64(endDate.dayNumber) * 1440 + Int64(endMinute) else {
            throw .invalid("\(field).end", "does not lie after start")
        }
    }
}

extension Slotd_V1_LocalDateTime {
    init(_ date: LocalDate, _ minute: Int32) {
        self.init()
        self.date = Slotd_V1_LocalDate(date)
        self.minute = minute
    }
}
