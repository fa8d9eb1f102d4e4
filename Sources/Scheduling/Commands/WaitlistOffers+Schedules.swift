internal import Intervals

// What a change of the catalog opens for those who wait: hours that are new, and closures, time off
// and outages that are taken back.

extension RecordWrite {
    /// It changes when something can be booked, without a booking or hold of it.
    var changesSchedules: Bool {
        switch self {
        case .put(.location), .put(.provider), .put(.resource), .put(.service): true
        default: false
        }
    }
}

extension Organization {
    /// The time at each location where somebody waits that a write may have opened. More than was
    /// opened does no harm: what is offered is looked for with all rules.
    ///
    /// `after` is the organization as the write leaves it.
    func opened(
        by write: RecordWrite, now: Instant, _ after: Organization
    ) -> [Identifier<Location>: [Interval]] {
        var opened: [Identifier<Location>: [Interval]] = [:]
        for place in waitlistByLocation.keys {
            guard let reach = waitingReach(at: place, now: now),
                let old = locations[place], let new = after.locations[place]
            else { continue }
            let stretches: [Interval] =
                switch write {
                case .put(.location(let row)) where row.id == place:
                    after.opened(old, new, in: reach)
                case .put(.provider(let row)):
                    after.opened(providers[row.id], row, at: new, in: reach, before: self)
                case .put(.resource(let row)) where row.details.location == place:
                    after.opened(resources[row.id], row, at: new, in: reach)
                // Any of its rules may have become another.
                case .put(.service(let row)) where services[row.id] != row: [reach]
                default: []
                }
            if !stretches.isEmpty { opened[place] = stretches }
        }
        return opened
    }

    /// From now to the last start that anyone at the location waits for; a hundred are asked, as
    /// many as are offered anything.
    private func waitingReach(at place: Identifier<Location>, now: Instant) -> Interval? {
        var latest = now.minute
        var count = 0
        waitlistByLocation[place]?.forEach(from: nil) { key in
            if let entry = waitlist[key.id] { latest = max(latest, entry.latest) }
            count += 1
            return count < 100
        }
        return Interval(now.minute, latest)
    }

    private func opened(
        _ old: Location, _ new: Location, in reach: Interval
    ) -> [Interval] {
        var changed = old.details
        changed.name = new.details.name
        changed.externalRef = new.details.externalRef
        let taken = changed.closures.filter { !new.details.closures.contains($0) }
        changed.closures = new.details.closures
        if changed != new.details { return [reach] }
        guard let zone = schedules.zone(of: new) else { return [] }
        return taken.compactMap { Interval($0, zone: zone)?.intersection(reach) }
    }

    private func opened(
        _ old: Provider?, _ new: Provider, at place: Location, in reach: Interval,
        before: Organization
    ) -> [Interval] {
        guard !new.details.isDisabled, new.works(at: place.id) else { return [] }
        guard let old, !old.details.isDisabled, old.details.dailyCap == new.details.dailyCap,
            let zone = schedules.zone(of: place)
        else { return [reach] }
        var opened = old.details.timeOff.filter { !new.details.timeOff.contains($0) }
            .filter { $0.location ?? place.id == place.id }
            .compactMap { off in
                Interval(
                    zone.blockStart(of: off.startDate, minute: off.startMinute),
                    zone.blockEnd(of: off.endDate, minute: off.endMinute))?.intersection(reach)
            }
        if old.details.schedules != new.details.schedules || old.details.days != new.details.days {
            let known = BlockedTime(before.hours(of: old, at: place, in: reach))
            for run in hours(of: new, at: place, in: reach) {
                known.forEachPiece(of: run) { opened.append($0) }
            }
        }
        return opened
    }

    private func hours(of provider: Provider, at place: Location, in reach: Interval) -> [Interval]
    {
        let schedule = schedules.schedule(
            of: provider, at: place, extendsHours: profile.details.providersMayExtendHours,
            from: reach.start, to: reach.end)
        return schedule?.hours.runs.compactMap { $0.interval.intersection(reach) } ?? []
    }

    private func opened(
        _ old: Resource?, _ new: Resource, at place: Location, in reach: Interval
    ) -> [Interval] {
        guard !new.details.isArchived else { return [] }
        guard let old else { return [reach] }
        var changed = old.details
        changed.name = new.details.name
        changed.externalRef = new.details.externalRef
        let taken = changed.outages.filter { !new.details.outages.contains($0) }
        changed.outages = new.details.outages
        if changed != new.details { return [reach] }
        guard let zone = schedules.zone(of: place) else { return [] }
        return taken.compactMap { Interval($0, zone: zone)?.intersection(reach) }
    }
}
