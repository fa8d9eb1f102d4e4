internal import Intervals

/// Schedules, each worked out when it is first asked for and kept until what it follows from
/// changes.
///
/// It holds nothing that does not follow from the records, so it is no part of an organization's
/// value: queries fill it, and a copy of the organization may share it.
///
/// Safe although `@unchecked Sendable`: only its organization reaches it, and every call to an
/// organization, queries included, runs under that organization's lock.
final class ScheduleCache: @unchecked Sendable {
    private let zones: TimeZoneDatabase
    private var lanes: [Lane: LaneSchedule] = [:]
    private var places: [Identifier<Location>: PlaceSchedule] = [:]
    private var resources: [Identifier<Resource>: Dated<ResourceSchedule>] = [:]

    /// A schedule without dates of its own, and those it was worked out for.
    private struct Dated<Schedule: Sendable>: Sendable {
        var schedule: Schedule
        var days: ClosedRange<Int32>
    }

    /// Dates worked out at once around those asked for, so that the next question finds them.
    private static let margin: Int32 = 32
    /// The longest range of dates that is kept: two windows of the API's limit.
    private static let keptDays: Int32 = 2 * Limits.windowDays + 2 * margin

    init(zones: TimeZoneDatabase) {
        self.zones = zones
    }

    func forgetAll() {
        lanes.removeAll()
        places.removeAll()
        resources.removeAll()
    }

    func forget(location: Identifier<Location>) {
        lanes = lanes.filter { $0.key.location != location }
        places[location] = nil
        // Their hours are read on the location's clock.
        resources.removeAll()
    }

    func forget(provider: Identifier<Provider>) {
        lanes = lanes.filter { $0.key.provider != provider }
    }

    func forget(resource: Identifier<Resource>) {
        resources[resource] = nil
    }

    /// The schedule of a lane, covering at least the local dates of the instants from `from` to
    /// `to` and one more at each end. Nil when the location's zone is not known to this machine.
    func schedule(
        of provider: Provider, at location: Location, extendsHours: Bool, from: Minute, to: Minute
    ) -> LaneSchedule? {
        let lane = Lane(
            provider: provider.id, location: location.id, extendsHours: extendsHours)
        let known = lanes[lane]
        guard let zone = known?.hours.zone ?? zone(of: location) else { return nil }
        guard let days = missing(known?.hours.days, from: from, to: to, zone: zone) else {
            return known
        }
        let schedule = LaneSchedule(
            location: location, provider: provider.details, extendsHours: extendsHours, zone: zone,
            days: days)
        lanes[lane] = schedule
        return schedule
    }

    /// The same of a location itself.
    func schedule(of location: Location, from: Minute, to: Minute) -> PlaceSchedule? {
        let known = places[location.id]
        guard let zone = known?.hours.zone ?? zone(of: location) else { return nil }
        guard let days = missing(known?.hours.days, from: from, to: to, zone: zone) else {
            return known
        }
        let schedule = PlaceSchedule(location.details, zone: zone, days: days)
        places[location.id] = schedule
        return schedule
    }

    /// The same of a room or device.
    func schedule(
        of resource: Resource, at location: Location, from: Minute, to: Minute
    ) -> ResourceSchedule? {
        let known = resources[resource.id]
        guard let zone = zone(of: location) else { return nil }
        guard let days = missing(known?.days, from: from, to: to, zone: zone) else {
            return known?.schedule
        }
        let schedule = ResourceSchedule(resource.details, zone: zone, days: days)
        resources[resource.id] = Dated(schedule: schedule, days: days)
        return schedule
    }

    /// A location's zone; nil when this machine does not know it.
    func zone(of location: Location) -> TimeZoneRules? {
        try? zones.zone(location.details.timeZone)
    }

    /// The dates to work out; nil when those that are known cover what is asked.
    private func missing(
        _ known: ClosedRange<Int32>?, from: Minute, to: Minute, zone: TimeZoneRules
    ) -> ClosedRange<Int32>? {
        // A window belongs to the date on which it starts and ends on the next date at the latest.
        let first = zone.localDate(at: from).dayNumber - 1
        let last = max(first, zone.localDate(at: to).dayNumber + 1)
        if let known, known.contains(first), known.contains(last) { return nil }
        let days = first - Self.margin...last + Self.margin
        guard let known else { return days }
        let union =
            min(days.lowerBound, known.lowerBound)...max(days.upperBound, known.upperBound)
        return union.upperBound - union.lowerBound <= Self.keptDays ? union : days
    }
}
