public import Intervals

/// When one provider, room or device works and is taken.
public struct FreeBusy: Sendable {
    /// A provider's or a resource's id.
    public var id: String
    /// Hours less closures, time off and outages, merged.
    public var working: [Interval]
    /// What bookings and live holds take, merged; of several units: where none is left.
    public var busy: [Interval]
    /// Of a pool's room or device: where so much of the pool is taken that it must be part of it.
    public var needed: [Interval] = []
}

extension Organization {
    /// When providers and resources work and are taken at a location, cut to an interval; none
    /// named: everyone who works there.
    public func freeBusy(
        at place: Identifier<Location>, providers ids: [Identifier<Provider>],
        resources resourceIDs: [Identifier<Resource>], in interval: Interval, now: Instant
    ) throws(Rejection) -> [FreeBusy] {
        guard let location = locations[place] else {
            throw .unknown("location", place.description, field: "location_id")
        }
        let view = CalendarView(nowMilliseconds: now.milliseconds)
        var found: [FreeBusy] = []
        for provider in try providers(ids, orAllAt: place, unless: !resourceIDs.isEmpty) {
            let schedule = schedules.schedule(
                of: provider, at: location,
                extendsHours: profile.details.providersMayExtendHours, from: interval.start,
                to: interval.end)
            found.append(
                FreeBusy(
                    id: provider.id.description,
                    working: schedule?.hours.intervals(in: interval, except: schedule?.blocked)
                        ?? [],
                    busy: calendar(.provider(provider.id))
                        .blocked(in: interval, for: Claim(), view).cut(to: interval)))
        }
        for (index, id) in resourceIDs.enumerated() {
            guard let resource = resources[id] else {
                throw .unknown("resource", id.description, field: "resource_ids[\(index)]")
            }
            found.append(freeBusy(resource, at: location, in: interval, view))
        }
        return found
    }

    private func providers(
        _ ids: [Identifier<Provider>], orAllAt place: Identifier<Location>, unless isOther: Bool
    ) throws(Rejection) -> [Provider] {
        var found: [Provider] = []
        for (index, id) in ids.enumerated() {
            guard let provider = providers[id] else {
                throw .unknown("provider", id.description, field: "provider_ids[\(index)]")
            }
            found.append(provider)
        }
        if ids.isEmpty, !isOther {
            providers.forEach {
                if !$0.details.isDisabled, $0.works(at: place) { found.append($0) }
                return true
            }
        }
        return found
    }

    private func freeBusy(
        _ resource: Resource, at location: Location, in interval: Interval, _ view: CalendarView
    ) -> FreeBusy {
        let schedule = schedules.schedule(
            of: resource, at: location, from: interval.start, to: interval.end)
        let place = schedules.schedule(of: location, from: interval.start, to: interval.end)
        let hours = schedule?.hours ?? place?.hours
        let closed = BlockedTime(
            (place?.closures.intervals ?? []) + (schedule?.outages.intervals ?? []))
        let claim = Claim(units: 1, capacity: resource.details.units, tolerance: .max)
        return FreeBusy(
            id: resource.id.description,
            working: hours?.intervals(in: interval, except: closed) ?? [],
            busy: calendar(.resource(resource.id)).blocked(in: interval, for: claim, view)
                .cut(to: interval),
            needed: needed(resource, at: location, in: interval, view))
    }

    /// Where the other members of its pool are fewer than what is taken of it openly.
    ///
    /// Between two ends of anything the answer is the same. Costs what lies in the interval,
    /// squared at worst.
    private func needed(
        _ resource: Resource, at location: Location, in interval: Interval, _ view: CalendarView
    ) -> [Interval] {
        let key = CalendarKey.pool(location.id, resource.details.pool)
        var open: [Occupancy] = []
        calendar(key).forEachConflict(with: interval, view) { occupancy in
            // Those of one session share their places.
            let isKnown =
                occupancy.session != 0
                && open.contains { $0.session == occupancy.session && $0.core == occupancy.core }
            if !isKnown { open.append(occupancy) }
        }
        if open.isEmpty || resource.details.pool.isEmpty { return [] }
        let others = (poolMembers[key] ?? []).compactMap { resources[$0] }
            .filter { $0.id != resource.id && !$0.details.isArchived }
        let places = others.map {
            (units: $0.details.units, lost: lost($0, location, interval, view))
        }
        let ends = Set(
            open.flatMap { [$0.start, $0.end] }
                + places.flatMap { $0.lost }
                .flatMap { [$0.start, $0.end] })
        let edges =
            ([interval.start, interval.end]
            + ends.filter {
                interval.start < $0 && $0 < interval.end
            }).sorted()
        return Interval.merged(
            zip(edges, edges.dropFirst()).compactMap { Interval($0, $1) }.filter { piece in
                let taken = open.reduce(Int64(0)) {
                    $0 + ($1.padded.overlaps(piece) ? Int64($1.units) : 0)
                }
                let left = places.reduce(Int64(0)) { sum, place in
                    sum + (place.lost.contains { $0.overlaps(piece) } ? 0 : Int64(place.units))
                }
                return taken > left
            })
    }

    /// When a member of a pool serves no visit that is open about its room: closed, out, or taken
    /// by name.
    private func lost(
        _ member: Resource, _ location: Location, _ interval: Interval, _ view: CalendarView
    ) -> [Interval] {
        let schedule = schedules.schedule(
            of: member, at: location, from: interval.start, to: interval.end)
        var lost = schedule?.outages.intervals ?? [interval]
        if let hours = schedule?.hours {
            BlockedTime(hours.runs.map(\.interval)).forEachPiece(of: interval) { lost.append($0) }
        }
        let claim = Claim(
            units: member.details.units, capacity: member.details.units, tolerance: .max)
        return lost + calendar(.resource(member.id)).blocked(in: interval, for: claim, view)
    }
}

extension OpenHours {
    /// The hours in an interval less what is blocked.
    fileprivate func intervals(in interval: Interval, except blocked: BlockedTime?) -> [Interval] {
        var found: [Interval] = []
        var index = firstRun(endingAfter: interval.start)
        while index < runs.count, let open = runs[index].interval.intersection(interval) {
            (blocked ?? BlockedTime()).forEachPiece(of: open) { found.append($0) }
            index += 1
        }
        return found
    }
}

extension [Interval] {
    fileprivate func cut(to interval: Interval) -> [Interval] {
        compactMap { $0.intersection(interval) }
    }
}
