public import Intervals

/// A booking as another system holds it, its references resolved.
public struct ImportBooking: Command {
    /// The other system's name of it: what makes a repeated import harmless.
    public var externalRef: String
    /// Who came.
    public var patient: Identifier<Patient>
    /// Where.
    public var location: Identifier<Location>
    /// What was done, one after another; never empty.
    public var segments: [ImportSegment]
    /// The present stage last; empty: NEW since it was booked.
    public var stageHistory: [ImportStage]
    /// Free text.
    public var note: String
    /// When it was booked; nil: when its history begins. What held the providers' time at that
    /// moment stands in the way as well, whatever became of it since, so that bookings which are
    /// replayed in the order in which they were made meet the same conflicts in every run. Where it
    /// is nil only what keeps its time now does, which lets in what was moved since.
    public var bookedAt: Instant?
    /// The visit ended early: from this minute on its time is others'.
    public var releasedAt: Minute?

    /// A booking of one service, booked now.
    public init(
        externalRef: String, patient: Identifier<Patient>, location: Identifier<Location>,
        provider: Identifier<Provider>, service: Identifier<Service>, interval: Interval,
        stageHistory: [StageChange], note: String
    ) {
        self.externalRef = externalRef
        self.patient = patient
        self.location = location
        self.segments = [
            ImportSegment(provider: provider, service: service, interval: interval)
        ]
        self.stageHistory = stageHistory.map(ImportStage.init)
        self.note = note
    }

    /// When the visit begins.
    var start: Minute { segments[0].interval.start }
    /// When the visit ends.
    var end: Minute { segments[segments.count - 1].interval.end }

    /// An overlap is refused, and what cannot have been yet; all else is let pass, and recorded as
    /// an override.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<(Identifier<Booking>, ImportOutcome)> {
        let survivor = organization.survivor(of: patient)
        if survivor != patient {
            var following = self
            following.patient = survivor
            return try following.decide(on: organization, &context)
        }
        if let old = known(in: organization) {
            guard isSame(as: old) else {
                throw Rejection(
                    .externalRefTaken, "the booking exists with other fields; it is not changed"
                ).about(old.id)
            }
            return Decision([], (old.id, .unchanged))
        }
        let location = try checkReferences(in: organization)
        if let releasedAt, releasedAt >= end {
            throw .invalid("booking.released_at", "does not lie before the end")
        }
        let history = try history(context)
        let last = history[history.count - 1]
        var booking = Booking(
            id: context.ids.next(), externalRef: externalRef, patient: patient,
            location: location.id, stage: last.stage,
            segments: segments.map { segment in
                BookingSegment(
                    service: segment.service, provider: segment.provider, anyProvider: false,
                    interval: segment.interval, bufferBefore: 0, bufferAfter: 0)
            },
            timeZone: location.details.timeZone,
            utcOffset: try organization.zone(of: location).offsetMinutes(at: start), note: note,
            createdBy: context.actor,
            createdAt: bookedAt ?? min(history[0].at, context.now),
            cancellation: last.stage == .cancelled
                ? Cancellation(actor: last.actor, at: last.at, reason: "") : nil,
            stageHistory: history, releasedAt: releasedAt)
        try refuseOverlap(of: booking, organization, context)
        booking.overrides = overrides(organization, location, bookedAt: booking.createdAt)
        return Decision([.put(.booking(booking))], (booking.id, .created))
    }

    /// The booking of this name; one that has no external reference goes by its id.
    private func known(in organization: Organization) -> Booking? {
        if let id: Identifier<Booking> = organization.identifier(
            .booking, externalRef: externalRef)
        {
            return organization.bookings[id]
        }
        guard let id = Identifier<Booking>(externalRef), let old = organization.bookings[id],
            old.externalRef.isEmpty
        else { return nil }
        return old
    }

    /// A stored history that has gone on from this one is the same booking, later.
    private func isSame(as old: Booking) -> Bool {
        old.patient == patient && old.location == location && old.note == note
            && old.segments.count == segments.count
            && zip(old.segments, segments).allSatisfy { stored, given in
                stored.provider == given.provider && stored.service == given.service
                    && stored.interval == given.interval
            }
            && (bookedAt == nil || old.createdAt == bookedAt)
            && (releasedAt == nil || old.releasedAt == releasedAt)
            && stageHistory.count <= old.stageHistory.count
            && zip(old.stageHistory, stageHistory).allSatisfy { stored, given in
                stored.stage == given.stage && stored.actor == given.actor
                    && (given.at == nil || stored.at == given.at)
            }
    }

    private func checkReferences(
        in organization: Organization
    ) throws(Rejection) -> Location {
        guard organization.patients[patient] != nil else {
            throw .unknown("patient", patient.description, field: "booking.patient_ref")
        }
        for (index, segment) in segments.enumerated() {
            let path = index == 0 ? "booking" : "booking.further_segments[\(index - 1)]"
            guard organization.providers[segment.provider] != nil else {
                throw .unknown(
                    "provider", segment.provider.description, field: "\(path).provider_ref")
            }
            guard organization.services[segment.service] != nil else {
                throw .unknown(
                    "service", segment.service.description, field: "\(path).service_ref")
            }
        }
        guard let found = organization.locations[location] else {
            throw .unknown("location", location.description, field: "booking.location_ref")
        }
        return found
    }

    /// The rules that an ordinary booking of this slot would have broken.
    private func overrides(
        _ organization: Organization, _ location: Location, bookedAt: Instant
    ) -> [Reason] {
        var reasons: [Reason] = []
        func broke(_ reason: Reason) { if !reasons.contains(reason) { reasons.append(reason) } }
        for segment in segments {
            guard let service = organization.services[segment.service] else { continue }
            let interval = segment.interval
            let minutes = Int32(clamping: interval.durationMinutes)
            let rules = organization.rules(of: service.details, at: location)
            if service.details.isArchived || !service.details.providers.contains(segment.provider) {
                broke(.serviceNotOffered)
            }
            if !service.details.durations.contains(minutes) { broke(.durationNotOffered) }
            if let provider = organization.providers[segment.provider],
                let schedule = organization.schedules.schedule(
                    of: provider, at: location,
                    extendsHours: organization.profile.details.providersMayExtendHours,
                    from: interval.start, to: interval.end)
            {
                if !schedule.hours.contain(interval) { broke(.outsideHours) }
                if schedule.timeOff(for: service.id).overlaps(interval) { broke(.timeOff) }
            }
            if start < bookedAt.minuteRoundedUp.clampedAdding(minutes: rules.notice) {
                broke(.tooSoon)
            }
        }
        return reasons
    }
}

/// One service of an imported booking.
public struct ImportSegment: Equatable, Sendable {
    /// With whom.
    public var provider: Identifier<Provider>
    /// What.
    public var service: Identifier<Service>
    /// When.
    public var interval: Interval

    /// A service by a provider.
    public init(
        provider: Identifier<Provider>, service: Identifier<Service>, interval: Interval
    ) {
        self.provider = provider
        self.service = service
        self.interval = interval
    }
}

// MARK: Overlap

extension ImportBooking {
    /// Two rules. What keeps its time must find it free of all that keeps theirs now; a live hold
    /// counts, since it is promised and will be booked without being asked again. And what says
    /// when it was booked must have found the time free then.
    private func refuseOverlap(
        of booking: Booking, _ organization: Organization, _ context: DecisionContext
    ) throws(Rejection) {
        var blocking: [Identifier<Booking>] = []
        var heldUntil: Int64?
        let view = CalendarView(nowMilliseconds: context.now.milliseconds)
        for segment in booking.occupancies {
            organization.calendars[segment.provider]?.forEachConflict(
                with: segment.interval, view
            ) { occupancy in
                if occupancy.kind == .hold {
                    heldUntil = max(heldUntil ?? .min, occupancy.expiresAtMilliseconds)
                } else {
                    blocking.append(Identifier(value: occupancy.owner))
                }
            }
        }
        if let bookedAt {
            for segment in booking.segments {
                organization.forEachHolder(
                    of: segment.interval, with: segment.provider, at: bookedAt
                ) { blocking.append($0) }
            }
        }
        if !blocking.isEmpty {
            var rejection = Rejection(.slotTaken, "it overlaps another booking of the provider")
            rejection.blocking = Set(blocking).sorted().map(\.description)
            throw rejection
        }
        guard let heldUntil else { return }
        var rejection = Rejection(.slotHeld, Reason.slotHeld.sentence)
        rejection.retryAt = Instant(milliseconds: heldUntil)
        throw rejection
    }
}

extension Organization {
    /// The bookings that kept some of a provider's time at a moment, as their stage histories tell.
    ///
    /// Cost: the provider's bookings that start in the interval, or before it by less than the
    /// longest visit there ever was.
    fileprivate func forEachHolder(
        of interval: Interval, with provider: Identifier<Provider>, at instant: Instant,
        _ body: (Identifier<Booking>) -> Void
    ) {
        let first = interval.start.clampedAdding(minutes: -longestVisitMinutes)
        let lowest = BookingKey(start: first, id: Identifier(value: 0))
        bookingsByProvider[provider]?.forEach(from: lowest) { key in
            guard key.start < interval.end else { return false }
            guard let other = bookings[key.id] else { return true }
            let kept = other.kept(at: instant)
            if kept.contains(where: { $0.provider == provider && $0.interval.overlaps(interval) }) {
                body(other.id)
            }
            return true
        }
    }
}

extension Booking {
    /// The segments whose time it kept at a moment of its past.
    fileprivate func kept(at instant: Instant) -> [BookingSegment] {
        guard let change = stageHistory.last(where: { $0.at <= instant }), change.stage.occupies
        else { return [] }
        guard let releasedAt, instant >= Instant(releasedAt) else { return segments }
        return keptSegments
    }
}
