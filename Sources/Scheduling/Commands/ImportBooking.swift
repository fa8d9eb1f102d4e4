public import Intervals

/// A booking as another system holds it, its references resolved.
public struct ImportBooking: Command {
    public var externalRef: String
    public var patient: Identifier<Patient>
    public var location: Identifier<Location>
    public var provider: Identifier<Provider>
    public var service: Identifier<Service>
    public var interval: Interval
    /// The present stage last; empty: NEW since the import.
    public var stageHistory: [StageChange]
    public var note: String

    public init(
        externalRef: String, patient: Identifier<Patient>, location: Identifier<Location>,
        provider: Identifier<Provider>, service: Identifier<Service>, interval: Interval,
        stageHistory: [StageChange], note: String
    ) {
        self.externalRef = externalRef
        self.patient = patient
        self.location = location
        self.provider = provider
        self.service = service
        self.interval = interval
        self.stageHistory = stageHistory
        self.note = note
    }

    /// Everything but an overlap is let pass, and recorded as an override.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<(Identifier<Booking>, ImportOutcome)> {
        let known: Identifier<Booking>? = organization.identifier(
            .booking, externalRef: externalRef)
        if let known, let old = organization.bookings[known] {
            guard isSame(as: old) else {
                throw Rejection(
                    .externalRefTaken, "the booking exists with other fields; it is not changed"
                ).about(known)
            }
            return Decision([], (known, .unchanged))
        }
        guard organization.patients[patient] != nil else {
            throw .unknown("patient", patient.description, field: "patient_ref")
        }
        guard organization.providers[provider] != nil else {
            throw .unknown("provider", provider.description, field: "provider_ref")
        }
        guard let location = organization.locations[location] else {
            throw .unknown("location", self.location.description, field: "location_ref")
        }
        guard let service = organization.services[service] else {
            throw .unknown("service", self.service.description)
        }
        let history =
            stageHistory.isEmpty
            ? [StageChange(stage: .new, at: context.now, actor: context.actor)] : stageHistory
        let stage = history[history.count - 1].stage
        if stage.occupies { try refuseOverlap(organization, context) }
        let zone = try organization.zone(of: location)
        let booking = Booking(
            id: context.ids.next(), externalRef: externalRef, patient: patient,
            location: location.id, stage: stage,
            segments: [
                BookingSegment(
                    service: service.id, provider: provider, anyProvider: false,
                    interval: interval, bufferBefore: 0, bufferAfter: 0)
            ],
            timeZone: location.details.timeZone,
            utcOffset: zone.offsetMinutes(at: interval.start), note: note,
            overrides: overrides(organization, location, service, now: context.now),
            createdBy: context.actor, createdAt: context.now,
            cancellation: stage == .cancelled
                ? Cancellation(
                    actor: history[history.count - 1].actor, at: history[history.count - 1].at,
                    reason: "") : nil,
            stageHistory: history)
        return Decision([.put(.booking(booking))], (booking.id, .created))
    }

    private func isSame(as old: Booking) -> Bool {
        let segment = old.segments[0]
        return old.patient == patient && old.location == location && segment.provider == provider
            && segment.service == service && segment.interval == interval && old.note == note
            && (stageHistory.isEmpty || old.stageHistory == stageHistory)
    }

    /// A live hold counts as well: it is promised, and will be booked without being asked again.
    private func refuseOverlap(
        _ organization: Organization, _ context: DecisionContext
    ) throws(Rejection) {
        var blocking: [String] = []
        var heldUntil: Int64?
        let view = CalendarView(nowMilliseconds: context.now.milliseconds)
        organization.calendars[provider]?.forEachConflict(with: interval, view) { occupancy in
            if occupancy.kind == .hold {
                heldUntil = max(heldUntil ?? .min, occupancy.expiresAtMilliseconds)
            } else {
                blocking.append(Identifier<Booking>(value: occupancy.owner).description)
            }
        }
        if !blocking.isEmpty {
            var rejection = Rejection(.slotTaken, "it overlaps another booking of the provider")
            rejection.blocking = blocking
            throw rejection
        }
        guard let heldUntil else { return }
        var rejection = Rejection(.slotHeld, Reason.slotHeld.sentence)
        rejection.retryAt = Instant(milliseconds: heldUntil)
        throw rejection
    }

    /// The rules that an ordinary booking of this slot would have broken.
    private func overrides(
        _ organization: Organization, _ location: Location, _ service: Service, now: Instant
    ) -> [Reason] {
        var reasons: [Reason] = []
        let minutes = Int32(clamping: interval.durationMinutes)
        if !service.details.providers.contains(provider) { reasons.append(.serviceNotOffered) }
        if !service.details.durations.contains(minutes) { reasons.append(.durationNotOffered) }
        if let provider = organization.providers[provider],
            let schedule = organization.schedules.schedule(
                of: provider, at: location,
                extendsHours: organization.profile.details.providersMayExtendHours,
                from: interval.start, to: interval.end)
        {
            if !schedule.hours.contain(interval) { reasons.append(.outsideHours) }
            if schedule.timeOff(for: service.id).overlaps(interval) { reasons.append(.timeOff) }
        }
        if interval.start < now.minuteRoundedUp.clampedAdding(minutes: service.details.notice) {
            reasons.append(.tooSoon)
        }
        return reasons
    }
}

/// A procedure as another system holds it, its references resolved.
public struct ImportProcedure: Command {
    public var externalRef: String
    public var patient: Identifier<Patient>
    public var booking: Identifier<Booking>
    public var type: Identifier<ProcedureType>
    public var status: ProcedureStatus
    public var startedAt: Instant
    public var completedAt: Instant?

    public init(
        externalRef: String, patient: Identifier<Patient>, booking: Identifier<Booking>,
        type: Identifier<ProcedureType>, status: ProcedureStatus, startedAt: Instant,
        completedAt: Instant?
    ) {
        self.externalRef = externalRef
        self.patient = patient
        self.booking = booking
        self.type = type
        self.status = status
        self.startedAt = startedAt
        self.completedAt = completedAt
    }

    /// Attaches in any stage: what was done was done.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<(Identifier<Procedure>, ImportOutcome)> {
        let known: Identifier<Procedure>? = organization.identifier(
            .procedure, externalRef: externalRef)
        if let known, let old = organization.procedures[known] {
            let attached = organization.activeAttachment(of: known)?.booking
            guard old.patient == patient, old.type == type, old.status == status,
                old.startedAt == startedAt, old.completedAt == completedAt, attached == booking
            else {
                throw Rejection(
                    .externalRefTaken, "the procedure exists with other fields; it is not changed"
                ).about(known)
            }
            return Decision([], (known, .unchanged))
        }
        guard let booking = organization.bookings[booking] else {
            throw .unknown("booking", self.booking.description, field: "booking_ref")
        }
        guard booking.patient == patient else {
            throw Rejection(.patientMismatch, "the booking belongs to another patient")
                .about(booking.id)
        }
        guard status == .draft || status == .inProgress || status == .completed else {
            throw .invalid("procedure.status", "only a draft, or one under way or done, comes in")
        }
        let key = SegmentKey(booking: booking.id, segment: 1)
        let active = organization.activeAttachments(of: key)
        let most = organization.profile.details.activeProceduresPerSegment
        if most != 0, active.count >= Int(most) {
            throw Rejection(.alreadyAttached, "the booking is attached already")
                .about(active[0].procedure)
        }
        let type = organization.procedureTypes[type]
        let procedure = Procedure(
            id: context.ids.next(), externalRef: externalRef, patient: patient, type: self.type,
            view: .singlePage, status: status, entry: .imported,
            mdRequired: type?.details.mdRequired ?? false, startedAt: startedAt,
            submittedAt: status == .draft ? nil : startedAt, completedAt: completedAt)
        let attachment = Attachment(
            id: context.ids.next(), procedure: procedure.id, booking: booking.id, segment: 1,
            attachedBy: context.actor, attachedAt: context.now)
        return Decision(
            [.put(.procedure(procedure)), .put(.attachment(attachment))],
            (procedure.id, .created))
    }
}
