import Intervals

@testable import Scheduling

/// A stretch of working hours that belongs to one local date.
struct MinuteWindow {
    /// The dial's reading at the date's midnight.
    let midnight: Int
    /// Minutes from that midnight on the dial.
    let dial: Range<Int>
    /// The instants, narrowly.
    let instants: Range<Int>
}

/// When someone or something works, minute by minute, with the windows that starts are offered in.
struct MinuteHours {
    private(set) var open: MinuteMarks
    private(set) var windows: [MinuteWindow] = []

    /// The minutes on the dial of each date, from its midnight.
    init(_ clock: WallClock, dial: (Int) -> Set<Int>) {
        open = MinuteMarks(clock.range)
        for date in clock.dates {
            for stretch in Self.stretches(dial(date)) {
                let midnight = date * 1440
                let opens = clock.first(midnight + stretch.lowerBound)
                let closes = clock.first(midnight + stretch.upperBound)
                guard opens < closes else { continue }
                open.mark(opens..<closes)
                windows.append(
                    MinuteWindow(midnight: midnight, dial: stretch, instants: opens..<closes))
            }
        }
        open.count()
    }

    static func stretches(_ minutes: Set<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for minute in minutes.sorted() {
            if let last = found.last, last.upperBound == minute {
                found[found.count - 1] = last.lowerBound..<minute + 1
            } else {
                found.append(minute..<minute + 1)
            }
        }
        return found
    }

    // MARK: Whose hours

    /// The minutes of a week's hours on a date. 1970-01-01 was a Thursday.
    private static func week(_ hours: [WeeklyInterval], _ date: Int) -> Set<Int> {
        Set(
            hours.filter { $0.weekday == (date + 3) % 7 + 1 }
                .flatMap { Int($0.startMinute)..<Int($0.endMinute) })
    }

    private static func exception(_ days: [DayHours], _ date: Int) -> Set<Int>? {
        days.first { Int($0.date.dayNumber) == date }
            .map { Set($0.hours.flatMap { Int($0.startMinute)..<Int($0.endMinute) }) }
    }

    private static func place(_ location: Location.Details, _ date: Int) -> Set<Int> {
        exception(location.days, date) ?? week(location.hours, date)
    }

    private static func own(
        _ provider: Provider.Details, at location: Identifier<Location>, _ date: Int
    ) -> Set<Int> {
        let days = provider.days.filter { $0.location == location }.map(\.day)
        if let exception = exception(days, date) { return exception }
        var minutes: Set<Int> = []
        for schedule in provider.schedules where schedule.location == location {
            if let start = schedule.effectiveStart, Int(start.dayNumber) > date { continue }
            if let end = schedule.effectiveEnd, Int(end.dayNumber) < date { continue }
            minutes.formUnion(week(schedule.hours, date))
        }
        return minutes
    }

    /// When a location is open.
    static func of(_ location: Location, _ clock: WallClock) -> MinuteHours {
        MinuteHours(clock) { place(location.details, $0) }
    }

    /// When a provider works at a location: within its hours, unless those do not bind.
    static func of(
        _ provider: Provider, at location: Location, extending: Bool, _ clock: WallClock
    ) -> MinuteHours {
        var known: [Int: Set<Int>] = [:]
        func place(_ date: Int) -> Set<Int> {
            if let minutes = known[date] { return minutes }
            let minutes = self.place(location.details, date)
            known[date] = minutes
            return minutes
        }
        return MinuteHours(clock) { date in
            let own = own(provider.details, at: location.id, date)
            if extending || own.isEmpty { return own }
            let around = (-2...2).map { place(date + $0) }
            return own.filter { minute in
                (-2...2).contains { around[$0 + 2].contains(minute - $0 * 1440) }
            }
        }
    }

    /// When a room or device can be used; nil: whenever the location is open.
    static func of(_ resource: Resource, _ clock: WallClock) -> MinuteHours? {
        if resource.details.hours.isEmpty { return nil }
        return MinuteHours(clock) { week(resource.details.hours, $0) }
    }
}
