internal import Intervals

/// The lanes' schedules, each worked out when it is first asked for and kept until its location or
/// provider changes.
///
/// It holds nothing that does not follow from the records, so it is no part of an organization's
/// value: queries fill it, and a copy of the organization may share it.
///
/// Safe although `@unchecked Sendable`: only its organization reaches it, and every call to an
/// organization, queries included, runs under that organization's lock.
final class ScheduleCache: @unchecked Sendable {
    private let zones: TimeZoneDatabase
    private var schedules: [Lane: LaneSchedule] = [:]

    /// Dates worked out at once around those asked for, so that the next question finds them.
    private static let margin: Int32 = 32
    /// The longest range of dates that is kept: two windows of the API's limit.
    private static let keptDays: Int32 = 2 * Limits.windowDays + 2 * margin

    init(zones: TimeZoneDatabase) {
        self.zones = zones
    }

    func forget(location: Identifier<Location>) {
        schedules = schedules.filter { $0.key.location != location }
    }

    func forget(provider: Identifier<Provider>) {
        schedules = schedules.filter { $0.key.provider != provider }
    }

    /// The schedule of a lane, covering at least the local dates of the instants from `from` to
    /// `to` and one more at each end. Nil when the location's zone is not known to this machine.
    func schedule(
        of provider: Provider, at location: Location, from: Minute, to: Minute
    ) -> LaneSchedule? {
        let lane = Lane(provider: provider.id, location: location.id)
        let known = schedules[lane]
        guard let zone = known?.zone ?? (try? zones.zone(location.details.timeZone)) else {
            return nil
        }
        // A window belongs to the date on which it starts and ends on the next date at the latest.
        let first = zone.localDate(at: from).dayNumber - 1
        let last = max(first, zone.localDate(at: to).dayNumber + 1)
        if let known, known.days.contains(first), known.days.contains(last) { return known }

        var days = first - Self.margin...last + Self.margin
        if let known {
            let union =
                min(
                    days.lowerBound, known.days.lowerBound)...max(
                    days.upperBound, known.days.upperBound)
            if union.upperBound - union.lowerBound <= Self.keptDays { days = union }
        }
        let schedule = LaneSchedule(
            location: location.details, id: location.id, provider: provider.details, zone: zone,
            days: days)
        schedules[lane] = schedule
        return schedule
    }
}
