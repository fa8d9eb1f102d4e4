internal import Intervals

// Bookings whose time no longer fits the schedules: they stay, and are shown as what they are.

extension Organization {
    /// It keeps its time before it has begun to be over, and yet that does not fit the schedules or
    /// the catalog of today, and nobody had said that it may.
    public func isOutOfHours(_ booking: Booking) -> Bool {
        booking.stage.awaitsVisit && !brokenSchedules(of: booking).isEmpty
    }

    /// What a booking does not fit any more, in the order in which rules are checked, less what was
    /// broken knowingly: its location is archived, a provider disabled, a service archived or the
    /// provider's no more, its time outside hours or in a closure, time off or outage, or too few
    /// rooms or places of a session are left. Its phases and buffers are those it was booked with;
    /// buffers may lie outside hours.
    func brokenSchedules(of booking: Booking) -> [Reason] {
        guard let location = locations[booking.location] else { return [.locationClosed] }
        var broken: Set<Reason> = []
        if location.details.isArchived { broken.insert(.locationInactive) }
        for segment in booking.segments {
            broken.formUnion(brokenSchedules(of: segment, at: location))
            if providers[segment.provider]?.details.isDisabled ?? true {
                broken.insert(.providerDisabled)
            }
            if !isOffered(segment) { broken.insert(.serviceNotOffered) }
            if lacksPlace(segment, of: booking, at: location) { broken.insert(.slotTaken) }
            if !broken.contains(.resourceOut), lacksResources(segment, of: booking, at: location) {
                broken.insert(.resourceOut)
            }
        }
        broken.subtract(booking.overrides)
        let ofCatalog = [Reason.locationInactive, .providerDisabled, .serviceNotOffered]
            .filter(broken.contains)
        return ofCatalog + Reason.inEvaluationOrder(broken.subtracting(ofCatalog))
    }

    private func isOffered(_ segment: BookingSegment) -> Bool {
        guard let service = services[segment.service]?.details else { return false }
        return !service.isArchived && service.providers.contains(segment.provider)
    }

    /// The service's capacity has become less than are booked at a time, and as many as it serves
    /// were booked before this one.
    private func lacksPlace(
        _ segment: BookingSegment, of booking: Booking, at location: Location
    ) -> Bool {
        guard segment.capacity > 1, let service = services[segment.service] else { return false }
        let rules = rules(of: service.details, provider: segment.provider, at: location)
        guard rules.capacity < segment.capacity else { return false }
        let view = CalendarView(nowMilliseconds: .min).only(.booking)
        var earlier: [Interval] = []
        calendar(.provider(segment.provider)).forEachConflict(with: segment.interval, view) {
            guard !$0.isBuffer, $0.owner < booking.id.value, $0.core.overlaps(segment.interval)
            else { return }
            earlier.append($0.core)
        }
        let most = earlier.map { one in
            earlier.count { $0.start <= one.start && one.start < $0.end }
        }.max()
        return most ?? 0 >= Int(rules.capacity)
    }

    /// The zone's rules put the booking at another local time than was agreed.
    func isZoneShifted(_ booking: Booking) -> Bool {
        guard booking.stage.awaitsVisit, let zone = try? zones.zone(booking.timeZone) else {
            return false
        }
        return zone.offsetMinutes(at: booking.start) != booking.utcOffset
    }

    private func brokenSchedules(
        of segment: BookingSegment, at location: Location
    ) -> Set<Reason> {
        var broken: Set<Reason> = []
        let window = StartWindow(
            from: segment.interval.start, to: segment.interval.start.clampedAdding(minutes: 1))
        let shape = segment.shape
        let extendsHours = profile.details.providersMayExtendHours
        let place = schedules.schedule(
            of: location, from: segment.interval.start, to: segment.interval.end)
        guard let place else { return [.locationClosed] }
        let isOpen = !place.hours.starts(shape.visit, from: window.from, to: window.to).isEmpty
        if !isOpen, !extendsHours { broken.insert(.locationClosed) }
        if place.closures.starts(shape.visit, in: window).isEmpty {
            broken.insert(.locationClosed)
        }
        broken.formUnion(
            brokenSchedules(
                of: segment.provider, segment, phases: segment.providerPhases, at: location,
                extendsHours: extendsHours || broken.contains(.locationClosed)))
        for use in segment.uses {
            if let provider = use.provider {
                let others = brokenSchedules(
                    of: provider, segment, phases: use.phases, at: location,
                    extendsHours: extendsHours || broken.contains(.locationClosed))
                if !others.isEmpty || providers[provider]?.details.isDisabled ?? true {
                    broken.insert(.resourceOut)
                }
            } else if let id = use.resource, let resource = resources[id],
                isOut(resource, segment, phases: use.phases, at: location)
            {
                broken.insert(.resourceOut)
            }
        }
        return broken
    }

    private func brokenSchedules(
        of id: Identifier<Provider>, _ segment: BookingSegment, phases: PhaseSet,
        at location: Location, extendsHours: Bool
    ) -> Set<Reason> {
        guard let provider = providers[id],
            let schedule = schedules.schedule(
                of: provider, at: location, extendsHours: extendsHours,
                from: segment.interval.start, to: segment.interval.end)
        else { return [.outsideHours] }
        var broken: Set<Reason> = []
        let from = segment.interval.start
        let window = StartWindow(from: from, to: from.clampedAdding(minutes: 1))
        let off = schedule.timeOff(for: segment.service)
        for part in segment.shape.parts(phases.withoutBuffers) {
            if schedule.hours.starts(part, from: window.from, to: window.to).isEmpty {
                broken.insert(.outsideHours)
            }
            if off.starts(part, in: window).isEmpty { broken.insert(.timeOff) }
        }
        return broken
    }

    private func isOut(
        _ resource: Resource, _ segment: BookingSegment, phases: PhaseSet, at location: Location
    ) -> Bool {
        guard !resource.details.isArchived, resource.details.location == location.id,
            let schedule = schedules.schedule(
                of: resource, at: location, from: segment.interval.start,
                to: segment.interval.end)
        else { return true }
        let from = segment.interval.start
        let window = StartWindow(from: from, to: from.clampedAdding(minutes: 1))
        return segment.shape.parts(phases.withoutBuffers).contains { part in
            schedule.outages.starts(part, in: window).isEmpty
                || schedule.hours.map {
                    $0.starts(part, from: window.from, to: window.to).isEmpty
                } ?? false
        }
    }
}

extension Stage {
    /// The visit keeps its time and has not begun.
    var awaitsVisit: Bool { self == .new || self == .confirmed || self == .checkIn }
}
