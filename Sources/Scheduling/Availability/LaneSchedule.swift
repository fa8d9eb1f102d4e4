internal import Intervals

/// A provider at a location.
struct Lane: Hashable, Sendable {
    var provider: Identifier<Provider>
    var location: Identifier<Location>
    /// In their own hours, whether or not the location is open.
    var extendsHours: Bool
}

/// When a location is open, worked out for a range of local dates.
final class PlaceSchedule: Sendable {
    let hours: OpenHours
    let closures: BlockedTime

    init(_ location: Location.Details, zone: TimeZoneRules, days: ClosedRange<Int32>) {
        let dated = DatedHours(week: location.hours, days: location.days)
        hours = OpenHours(zone: zone, days: days) {
            DayWindow.windows(on: $0, own: dated.ranges(on: $0), zone: zone)
        }
        closures = BlockedTime(location.closures.compactMap { Interval($0, zone: zone) })
    }
}

/// When a room or device can be used, worked out for a range of local dates.
final class ResourceSchedule: Sendable {
    /// Nil: whenever its location is open.
    let hours: OpenHours?
    let outages: BlockedTime

    init(_ resource: Resource.Details, zone: TimeZoneRules, days: ClosedRange<Int32>) {
        let week = DatedHours(week: resource.hours)
        hours =
            resource.hours.isEmpty
            ? nil
            : OpenHours(zone: zone, days: days) {
                DayWindow.windows(on: $0, own: week.ranges(on: $0), zone: zone)
            }
        outages = BlockedTime(resource.outages.compactMap { Interval($0, zone: zone) })
    }
}

/// When a provider works at a location, worked out for a range of local dates.
///
/// Hours, closures and time off only: what is booked stands in the provider's calendar. Immutable;
/// a change of the location or the provider makes a new one.
final class LaneSchedule: Sendable {
    /// The provider's hours, as far as the location is open.
    let hours: OpenHours
    /// Time off from every service.
    let timeOff: BlockedTime
    /// Time off from one service alone.
    let serviceTimeOff: [Identifier<Service>: BlockedTime]
    /// When the location is closed, and the time off from every service.
    let blocked: BlockedTime

    init(
        location: Location, provider: Provider.Details, extendsHours: Bool, zone: TimeZoneRules,
        days: ClosedRange<Int32>
    ) {
        let place = DatedHours(week: location.details.hours, days: location.details.days)
        let own = ProviderHours(provider, at: location.id)
        hours = OpenHours(zone: zone, days: days) { date in
            let ranges = own.ranges(on: date)
            if ranges.isEmpty { return [] }
            return extendsHours
                ? DayWindow.windows(on: date, own: ranges, zone: zone)
                : DayWindow.windows(
                    on: date, own: ranges, place: { place.ranges(on: $0) }, zone: zone)
        }
        var always: [Interval] = []
        var byService: [Identifier<Service>: [Interval]] = [:]
        for off in provider.timeOff where off.location == nil || off.location == location.id {
            let interval = Interval(
                zone.blockStart(of: off.startDate, minute: off.startMinute),
                zone.blockEnd(of: off.endDate, minute: off.endMinute))
            guard let interval else { continue }
            if let service = off.service {
                byService[service, default: []].append(interval)
            } else {
                always.append(interval)
            }
        }
        timeOff = BlockedTime(always)
        serviceTimeOff = byService.mapValues { BlockedTime($0) }
        blocked = BlockedTime(
            always + location.details.closures.compactMap { Interval($0, zone: zone) })
    }

    /// Closures, and time off from a service or from all.
    func blocked(for service: Identifier<Service>) -> BlockedTime {
        guard let own = serviceTimeOff[service] else { return blocked }
        return BlockedTime(blocked.intervals + own.intervals)
    }

    /// Time off from a service or from all.
    func timeOff(for service: Identifier<Service>) -> BlockedTime {
        guard let own = serviceTimeOff[service] else { return timeOff }
        return BlockedTime(timeOff.intervals + own.intervals)
    }
}

/// A provider's own hours at a location: weekly hours while they are in effect, and the dates that
/// differ.
private struct ProviderHours {
    private let schedules: [(schedule: ProviderSchedule, hours: WeeklyHours)]
    private let days: DatedHours

    init(_ provider: Provider.Details, at location: Identifier<Location>) {
        schedules = provider.schedules.filter { $0.location == location }
            .map { (schedule: $0, hours: WeeklyHours($0.hours)) }
        days = DatedHours(
            week: [], days: provider.days.filter { $0.location == location }.map(\.day))
    }

    /// Merged.
    func ranges(on date: LocalDate) -> [WallRange] {
        if let exception = days.exception(on: date) { return exception }
        var ranges: [WallRange] = []
        for (schedule, hours) in schedules
        where (schedule.effectiveStart.map { $0 <= date } ?? true)
            && (schedule.effectiveEnd.map { date <= $0 } ?? true)
        {
            ranges += hours.ranges(on: date)
        }
        return schedules.count == 1 ? ranges : WallRange.merged(ranges)
    }
}
