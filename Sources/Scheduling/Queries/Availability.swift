public import Intervals

// Questions about availability besides the list of slots.

/// A bookable start at one of several locations.
public struct LocatedSlots: Sendable {
    /// Where.
    public var location: Identifier<Location>
    /// The slots of one location.
    public var page: SlotPage
    /// Which of them.
    public var index: Int
}

extension Organization {
    /// The first bookable starts over several locations, in order of start, then location.
    ///
    /// Locations that the visit cannot take place at are passed over, unless it can at none: then
    /// the first refusal counts. Cost: a search at each location, up to its first `limit` starts.
    public func findEarliest(
        _ request: SlotRequest, at places: [Identifier<Location>], from: Minute, to: Minute,
        limit: Int, now: Instant
    ) throws(Rejection) -> [LocatedSlots] {
        var found: [LocatedSlots] = []
        var refusal: Rejection?
        var asked = 0
        var end = to
        for place in places {
            var request = request
            request.location = place
            let page: SlotPage
            do throws(Rejection) {
                page = try findSlots(request, from: from, to: end, limit: limit, now: now)
            } catch {
                if error.reason == .unknownRecord || error.reason == .invalidValue { throw error }
                refusal = refusal ?? error
                continue
            }
            asked += 1
            found += page.starts.indices.map {
                LocatedSlots(location: place, page: page, index: $0)
            }
            found.sort { ($0.start, $0.location) < ($1.start, $1.location) }
            if found.count > limit { found.removeLast(found.count - limit) }
            // What starts after all that are wanted need not be looked for.
            if found.count == limit, let last = found.last {
                end = min(end, last.start.clampedAdding(minutes: 1))
            }
        }
        if asked == 0, let refusal { throw refusal }
        return found
    }

    /// Every location where something can be booked, in order of id.
    public var openLocations: [Identifier<Location>] {
        var ids: [Identifier<Location>] = []
        locations.forEach {
            if !$0.details.isArchived { ids.append($0.id) }
            return true
        }
        return ids
    }

    /// Whether a start can be booked: who is free for the first segment, first whom a booking would
    /// get; or the refusal that a booking would get, without the next free start.
    public func check(
        _ request: SlotRequest, at start: Minute, now: Instant
    ) -> Result<[Identifier<Provider>], Rejection> {
        do throws(Rejection) {
            let question = try question(request, now: now)
            let visit = try assign(question, at: start, nextFree: false)
            let assigned = visit.segments[0].provider
            let page = findSlots(
                question, from: start, to: start.clampedAdding(minutes: 1), limit: 1)
            let free = page.providerIndexes.map { page.providers[Int($0)] }
            return .success([assigned] + free.filter { $0 != assigned })
        } catch {
            return .failure(error)
        }
    }
}

extension LocatedSlots {
    /// The slot's start.
    public var start: Minute { page.starts[index] }
}

/// When one provider, room or device works and is taken.
public struct FreeBusy: Sendable {
    /// A provider's or a resource's id.
    public var id: String
    /// Hours less closures, time off and outages, merged.
    public var working: [Interval]
    /// What bookings and live holds take, merged; of several units: where none is left.
    public var busy: [Interval]
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
                .cut(to: interval))
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
