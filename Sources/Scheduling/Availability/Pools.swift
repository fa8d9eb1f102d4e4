internal import Intervals

/// A location's pool as a joint resource: its members, what is taken of it openly, and what is
/// taken of its members by name.
///
/// Which member a visit gets stays open until the patient is here, so the pool can take a visit
/// when the visits that are there and the new one can all be given a unit of a member for all of
/// their time. Where the members are alike as far as anybody in reach can tell, counting decides
/// it: visits are intervals, and as many units as the most visits at a time always suffice.
/// Elsewhere see `PoolTimeline`.
struct Pool {
    /// A room or device of the pool.
    struct Member {
        var resource: Resource
        /// What is taken of it by name.
        var byName: ResourceCalendar
        /// Neighbors in it may share their buffers.
        var sharesBuffers: Bool
    }

    /// What is taken of it while it is open of which member.
    let open: ResourceCalendar
    let view: CalendarView
    let members: [Member]
    /// When a member can be used, worked out for an interval; nil: that is not known here.
    let schedule: (Resource, Interval) -> ResourceSchedule?

    /// The starts at which all wishes of a visit can be met together.
    func starts(_ wishes: [PoolWish], in window: StartWindow) -> StartRanges {
        var starts = counted(wishes, in: window)
        var reach: Interval?
        for wish in wishes {
            guard let own = window.reach(wish.part) else { return StartRanges() }
            reach =
                reach.map { Interval(min($0.start, own.start), max($0.end, own.end)) ?? $0 } ?? own
        }
        guard !starts.isEmpty, let reach else { return starts }
        let hull = cluster(around: reach)
        let named = members.filter { !$0.byName.isFree(hull, view) }.map(\.resource.id)
        let places = places(in: hull, named: Set(named), wishes)
        if named.isEmpty, wishes.count == 1, wishes[0].member == nil, wishes[0].except.isEmpty,
            places.count == 1, !places[0].sharesBuffers, places[0].units == units,
            places[0].isOpen(throughout: hull)
        {
            return starts
        }
        let timeline = PoolTimeline(
            places: places, visits: visits(in: hull), wishes: wishes, hull: hull)
        starts = timeline.narrow(starts)
        return starts
    }

    private var units: Int32 {
        members.reduce(0) { $0.addingReportingOverflow($1.resource.details.units).partialValue }
    }

    /// The starts at which there are enough units, whoever could have them: no other is possible.
    private func counted(_ wishes: [PoolWish], in window: StartWindow) -> StartRanges {
        var starts = window.all
        for wish in wishes where wish.member == nil {
            var claim = Claim(units: wish.quantity, capacity: units, tolerance: .max)
            if members.contains(where: \.sharesBuffers) { claim.span = .core }
            starts.narrow {
                var own = StartRanges()
                guard let reach = window.reach(wish.part) else { return own }
                open.forEachFree(in: reach, for: claim, view) {
                    own.append(within: $0, offset: wish.part.offset, length: wish.part.length)
                }
                return own
            }
        }
        return starts
    }

    /// The interval with everything that touches it through others.
    private func cluster(around interval: Interval) -> Interval {
        var hull = interval
        while true {
            var next = hull
            for calendar in [open] + members.map(\.byName) {
                calendar.forEachConflict(with: hull, view) { occupancy in
                    next =
                        Interval(min(next.start, occupancy.start), max(next.end, occupancy.end))
                        ?? next
                }
            }
            if next == hull { return hull }
            hull = next
        }
    }

    /// The members, those taken together that nobody could tell apart in an interval.
    private func places(
        in hull: Interval, named: Set<Identifier<Resource>>, _ wishes: [PoolWish]
    ) -> [PoolPlace] {
        var places: [PoolPlace] = []
        var models: [Resource.Details?] = []
        for member in members {
            let details = member.resource.details
            let isNamed =
                named.contains(member.resource.id)
                || wishes.contains {
                    $0.member == member.resource.id || $0.except.contains(member.resource.id)
                }
            let alike = places.indices.first { index in
                guard !isNamed, let model = models[index] else { return false }
                return model.hours == details.hours && model.outages == details.outages
                    && places[index].sharesBuffers == member.sharesBuffers
            }
            if let alike {
                places[alike].units =
                    places[alike].units.addingReportingOverflow(details.units).partialValue
                continue
            }
            guard let schedule = schedule(member.resource, hull) else { continue }
            places.append(
                PoolPlace(
                    units: details.units, member: isNamed ? member.resource.id : nil,
                    sharesBuffers: member.sharesBuffers, hours: schedule.hours,
                    outages: schedule.outages))
            models.append(isNamed ? nil : details)
        }
        return places
    }

    /// Everything in an interval that has a place, one entry for each unit of it.
    private func visits(in hull: Interval) -> [PoolVisit] {
        var visits: [PoolVisit] = []
        func add(_ calendar: ResourceCalendar, _ member: Identifier<Resource>?, most: Int32) {
            var sessions: Set<SessionPlace> = []
            calendar.forEachConflict(with: hull, view) { occupancy in
                // Those who take part in one session share its places.
                let place = SessionPlace(session: occupancy.session, padded: occupancy.padded)
                if occupancy.session != 0, !sessions.insert(place).inserted { return }
                let core = occupancy.isBuffer ? nil : occupancy.core
                let owner = PoolVisit.Owner(id: occupancy.owner, segment: occupancy.segment)
                let visit = PoolVisit(
                    padded: occupancy.padded, core: core, inHours: core, member: member,
                    owner: owner)
                for _ in 0..<min(occupancy.units, most) { visits.append(visit) }
            }
        }
        add(open, nil, most: .max)
        for member in members {
            add(member.byName, member.resource.id, most: member.resource.details.units)
        }
        return visits.sorted { ($0.padded.start, $0.padded.end) < ($1.padded.start, $1.padded.end) }
    }
}

private struct SessionPlace: Hashable {
    var session: UInt64
    var padded: Interval
}
