internal import Intervals

/// Gives bookings to come the buffers that their service has today, where there is room for them.
public struct ReapplyBuffers: Command {
    /// Whose bookings.
    public var service: Identifier<Service>
    /// Only at this location; nil: at all.
    public var location: Identifier<Location>?
    /// Only tells what it would do.
    public var isDryRun: Bool

    /// For a service's bookings.
    public init(
        _ service: Identifier<Service>, at location: Identifier<Location>?, isDryRun: Bool
    ) {
        self.service = service
        self.location = location
        self.isDryRun = isDryRun
    }

    /// What became of the bookings whose buffers differ from the service's, in order of start.
    public struct Outcome: Sendable {
        /// Those with the new buffers.
        public var changed: [Booking] = []
        /// Those that keep their old ones, because there is no room for others.
        public var kept: [Booking] = []
    }

    /// Decides on one booking after the other, each as if those before it had changed already.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Outcome> {
        guard organization.services[service] != nil else {
            throw .unknown("service", service.description, field: "service_id")
        }
        var outcome = Outcome()
        var after = organization
        for booking in organization.bookingsToCome(of: self, now: context.now) {
            guard let changed = after.withTodaysBuffers(booking, service) else { continue }
            if after.isOpen(around: changed, beyond: booking),
                after.hasRoom(for: changed, instead: booking, now: context.now)
            {
                after.apply([.put(.booking(changed))])
                outcome.changed.append(changed)
            } else {
                outcome.kept.append(booking)
            }
        }
        let writes = outcome.changed.map { RecordWrite.put(.booking($0)) }
        return Decision(isDryRun ? [] : writes, outcome)
    }
}

extension Organization {
    fileprivate func bookingsToCome(of command: ReapplyBuffers, now: Instant) -> [Booking] {
        var found: [Booking] = []
        bookings.forEach { booking in
            if booking.stage.awaitsVisit, booking.start > now.minute,
                command.location.map({ $0 == booking.location }) ?? true,
                booking.segments.contains(where: { $0.service == command.service })
            {
                found.append(booking)
            }
            return true
        }
        return found.sorted { BookingKey($0) < BookingKey($1) }
    }

    /// The booking with the buffers of today; nil when it has them.
    fileprivate func withTodaysBuffers(
        _ booking: Booking, _ id: Identifier<Service>
    ) -> Booking? {
        guard let service = services[id], let location = locations[booking.location] else {
            return nil
        }
        var changed = booking
        for index in changed.segments.indices where changed.segments[index].service == id {
            let rules = rules(
                of: service.details, provider: changed.segments[index].provider, at: location)
            changed.segments[index].bufferBefore = rules.bufferBefore
            changed.segments[index].bufferAfter = rules.bufferAfter
        }
        guard changed.segments != booking.segments else { return nil }
        changed.version += 1
        return changed
    }

    /// What the buffers would take besides lies in no closure and no time off, and within hours
    /// where the service keeps them there (availability.md 5). What they took before was judged
    /// before.
    fileprivate func isOpen(around changed: Booking, beyond old: Booking) -> Bool {
        guard let location = locations[changed.location] else { return false }
        return zip(changed.segments, old.segments).allSatisfy { new, old in
            var added: [(phase: PhaseSet, interval: Interval)] = []
            if let before = Interval(new.padded.start, old.padded.start) {
                added.append((.preparation, before))
            }
            if let after = Interval(old.padded.end, new.padded.end) {
                added.append((.turnover, after))
            }
            return added.allSatisfy { isOpen($0.interval, in: $0.phase, of: new, at: location) }
        }
    }

    private func isOpen(
        _ interval: Interval, in phase: PhaseSet, of segment: BookingSegment, at location: Location
    ) -> Bool {
        guard
            let place = schedules.schedule(
                of: location, from: interval.start, to: interval.end)
        else { return false }
        if place.closures.overlaps(interval) { return false }
        let extendsHours = profile.details.providersMayExtendHours
        let staysInside =
            services[segment.service].map {
                rules(of: $0.details, provider: segment.provider, at: location).keepsBuffersInHours
            } ?? false
        if staysInside, !extendsHours, !place.hours.contain(interval) { return false }
        let busy =
            [(provider: segment.provider, phases: segment.providerPhases)]
            + segment.uses.compactMap { use in
                use.provider.map { (provider: $0, phases: use.phases) }
            }
        return busy.allSatisfy { one in
            guard one.phases.isSuperset(of: phase) else { return true }
            guard let provider = providers[one.provider],
                let schedule = schedules.schedule(
                    of: provider, at: location, extendsHours: extendsHours, from: interval.start,
                    to: interval.end)
            else { return false }
            return !schedule.timeOff(for: segment.service).overlaps(interval)
                && (!staysInside || schedule.hours.contain(interval))
        }
    }

    /// Nothing else lies in what the booking would take of its providers, rooms and devices.
    fileprivate func hasRoom(for changed: Booking, instead old: Booking, now: Instant) -> Bool {
        let view = CalendarView(nowMilliseconds: now.milliseconds, ignoredBooking: old.id.value)
        for segment in changed.segments {
            let isShared = profile.details.sharedBuffers.contains(.provider)
            var claim = Claim()
            if segment.capacity > 1, segment.capacityRule == .anyOverlap {
                claim = Claim(capacity: .max, tolerance: segment.capacity)
            }
            let claimed = Claimed(
                calendar: calendar(.provider(segment.provider)), claim: claim,
                sharesBuffers: isShared, view: view)
            let window = StartWindow(
                from: segment.interval.start,
                to: segment.interval.start.clampedAdding(minutes: 1))
            let starts = claimed.starts(
                segment.shape.parts(segment.providerPhases),
                withoutBuffers: segment.shape.parts(segment.providerPhases.withoutBuffers),
                in: window)
            if starts.isEmpty { return false }
        }
        guard let question = try? question(moving: changed, walkIn: true, now: now) else {
            return changed.segments.allSatisfy(\.uses.isEmpty)
        }
        for index in question.segments.indices {
            guard let candidate = question.segments[index].candidates.first else { return false }
            let own = StartWindow(
                from: changed.start, to: changed.start.clampedAdding(minutes: 1)
            ).shifted(later: question.segments[index].offset)
            for need in question.segments[index].needs {
                let free = starts(
                    need, .free, of: question.segments[index], with: candidate, question, in: own)
                if free.isEmpty { return false }
            }
        }
        return true
    }
}
