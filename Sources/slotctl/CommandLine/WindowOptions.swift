internal import ArgumentParser
internal import Intervals

/// A stretch of time, in the local time of a place.
struct WindowOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "First moment: RFC 3339, or local “2026-11-24 09:00”, today, mon, 09:00, now.",
            valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Up to, without this moment itself.", valueName: "time"))
    var to: String?

    @Option(
        help: ArgumentHelp(
            "From this day's first minute: 2026-11-24, today, mon.", valueName: "day"))
    var date: String?

    @Option(help: ArgumentHelp("So many days from there.", valueName: "count"))
    var days: Int?

    func validate() throws {
        if date != nil, from != nil {
            throw ValidationError("--date and --from say the same thing; give one of them")
        }
        if days != nil, to != nil {
            throw ValidationError("--days and --to say the same thing; give one of them")
        }
        if let days, !(1...400).contains(days) {
            throw ValidationError("--days takes 1 to 400")
        }
    }

    /// True: nothing was said.
    var isEmpty: Bool { from == nil && to == nil && date == nil && days == nil }

    /// The window; its end lies `defaultDays` local days after its start when nothing is said. A
    /// start that is not given is the present minute, or with `wholeDays` today's first.
    func window(
        _ times: TimeExpression, defaultDays: Int, wholeDays: Bool = false
    ) throws(CommandFailure) -> (from: Moment, to: Moment) {
        let zone = times.zone
        let start: Moment
        var dayCount = days ?? defaultDays
        if let date {
            start = zone.start(of: try times.day(date))
            dayCount = days ?? 1
        } else if let from {
            start = try times.moment(from).wholeMinute
        } else if wholeDays {
            start = zone.start(of: zone.reading(times.now).day)
        } else {
            // The next whole minute: the present one has begun.
            start = (times.now + 59).wholeMinute
        }
        if let to { return (start, try times.moment(to).wholeMinute) }
        let lastDay = zone.reading(start).day.adding(days: Int32(dayCount))
        return (start, zone.start(of: lastDay))
    }
}
