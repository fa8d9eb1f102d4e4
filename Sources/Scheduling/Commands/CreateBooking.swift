public import Intervals

/// Where, what, how long, with whom and when: all that a new booking needs but the patient.
public struct NewBooking: Sendable {
    /// Where; nil only where a hold says it.
    public var location: Identifier<Location>?
    /// What, of a visit of one segment; nil where a hold or `segments` says it.
    public var service: Identifier<Service>?
    /// Minutes, one of those that the service offers; nil: its first.
    public var duration: Int32?
    /// With whom; nil: somebody whom the service's assignment rule picks.
    public var provider: Identifier<Provider>?
    /// Rooms or devices that are wanted by name where the service takes any of a pool.
    public var resources: [Identifier<Resource>] = []
    /// Several services one after another, in place of service, duration, provider and resources.
    public var segments: [SegmentRequest] = []
    /// The first minute of the first segment; nil only where a hold says it.
    public var start: Minute?
    /// Rules that may be broken.
    public var overrides = OverrideWish()
    /// The patient books without staff.
    public var isSelfService = false
    /// Converts this hold; what is given beside it must agree with it.
    public var hold: Identifier<Hold>?
    /// Refuse when the hold has expired; else book if the time is still free.
    public var failsOnExpired = false
    /// The patient is here: the booking begins in Check-in, and neither notice nor step counts.
    public var isWalkIn = false
    /// The booking begins in Confirmed in place of New.
    public var isConfirmed = false
    /// Free text, at most 2000 bytes, that identifies nobody.
    public var note = ""
    /// The client's own name of it, unique among its kind; at most 200 bytes, empty: none.
    public var externalRef = ""
    /// What is paid ahead of the visit.
    public var deposit: Deposit?
    /// The journal position at which the slot was found; nil: not told.
    public var foundAt: Int64?

    /// Asks for nothing yet.
    public init() {}
}

/// Books a slot.
public struct CreateBooking: Command {
    /// Who comes.
    public var patient: Identifier<Patient>
    /// What is booked.
    public var new: NewBooking

    /// Names all that it needs.
    public init(patient: Identifier<Patient>, _ new: NewBooking) {
        self.patient = patient
        self.new = new
    }

    /// Refuses with the first rule that fails, in the order of evaluation, with what blocks and the
    /// next start that is free. Search offers exactly what this accepts.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<PlannedBooking> {
        do throws(Rejection) {
            let planned = try organization.plan(new, patient: patient, &context)
            return Decision(planned.writes, planned)
        } catch {
            throw error.ofSlot(foundAt: new.foundAt, in: organization)
        }
    }
}

/// A booking that the rules allow, not written yet.
public struct PlannedBooking: Sendable {
    /// As it will be stored, in version 1.
    public var booking: Booking
    /// The hold that it converts.
    public var hold: Identifier<Hold>?
    /// The hold had expired, and its time was still free.
    public var holdHadExpired = false
    /// What the caller should know.
    public var warnings: [Reason] = []

    /// A booking that converts no hold.
    public init(
        booking: Booking, hold: Identifier<Hold>? = nil, holdHadExpired: Bool = false
    ) {
        self.booking = booking
        self.hold = hold
        self.holdHadExpired = holdHadExpired
    }

    var writes: [RecordWrite] {
        let release = hold.map { [RecordWrite.remove(RecordKey(kind: .hold, id: $0.value))] } ?? []
        return release + [.put(.booking(booking))]
    }
}

extension Organization {
    /// Decides on a new booking: the one way to a slot, alone, with others or with a procedure.
    ///
    /// What is pending is not written yet.
    func plan(
        _ new: NewBooking, patient: Identifier<Patient>, _ context: inout DecisionContext,
        pending: PendingBookings = PendingBookings()
    ) throws(Rejection) -> PlannedBooking {
        let patient = try self.patient(patient)
        try checkFree(new.externalRef, kind: .booking, name: "booking")
        guard let id = new.hold else {
            let slot = try slot(new, patient: patient, context, pending)
            var planned = PlannedBooking(
                booking: try booking(new, patient: patient, slot: slot, &context))
            planned.warnings = slot.warnings
            return planned
        }
        guard let hold = holds[id] else {
            throw .unknown("hold", id.description, field: "hold_id")
        }
        try checkAgreement(of: new, with: hold, patient: patient)
        try refuseIfMoving(hold)
        let isLive = hold.expiresAt > context.now
        if !isLive, new.failsOnExpired {
            throw Rejection(.holdExpired, "the hold has expired").about(id)
        }
        let slot =
            isLive
            ? try convert(hold, new, patient: patient, context, pending)
            : try renew(hold, new, patient: patient, context, pending)
        var booking = try booking(new, patient: patient, slot: slot, &context)
        if isLive { booking.inheritOverrides(of: hold) }
        var planned = PlannedBooking(booking: booking, hold: id, holdHadExpired: !isLive)
        planned.warnings = slot.warnings
        return planned
    }

    private struct BookedSlot {
        var location: Identifier<Location>
        var segments: [BookingSegment]
        var overrides: [Reason]
        var warnings: [Reason] = []
    }

    private func slot(
        _ new: NewBooking, patient: Identifier<Patient>, _ context: DecisionContext,
        _ pending: PendingBookings
    ) throws(Rejection) -> BookedSlot {
        guard let location = new.location else { throw .invalid("location_id", "is missing") }
        guard let start = new.start else { throw .invalid("start", "is missing") }
        var segments = new.segments
        if segments.isEmpty {
            guard let service = new.service else { throw .invalid("service_id", "is missing") }
            segments = [
                SegmentRequest(
                    service: service, duration: new.duration,
                    providers: new.provider.map { [$0] } ?? [], resources: new.resources)
            ]
        }
        var request = SlotRequest(location: location, segments: segments)
        request.listsSegments = !new.segments.isEmpty
        request.patient = patient
        request.isSelfService = new.isSelfService || context.role == .patient
        request.isWalkIn = new.isWalkIn
        let allowed = try new.overrides.allowed(to: context.role)
        var question = try question(request, now: context.now)
        question.pending = pending
        let visit = try assign(question, at: start, allowing: allowed)
        var slot = BookedSlot(
            location: location, segments: visit.segments, overrides: visit.broken)
        if new.isWalkIn {
            request.isWalkIn = false
            slot.overrides += try waived(request, visit.segments, at: start, context)
                .filter { !slot.overrides.contains($0) }
        }
        slot.warnings = warnings(question, at: start)
        return slot
    }

    /// What staff is told of a start that may be booked.
    private func warnings(_ question: SlotQuestion, at start: Minute) -> [Reason] {
        let isElsewhere =
            !question.refusesPatientOverlap && profile.details.patientOverlap == .warn
            && !patientOverlap(question, question.segments[0].candidates[0], at: start).isEmpty
        return isElsewhere ? [.patientOverlap] : []
    }

    /// A live hold's slot. It was judged when the hold was made, except whether the patient has
    /// another visit then: who comes may be known only now, and they may have booked meanwhile.
    private func convert(
        _ hold: Hold, _ new: NewBooking, patient: Identifier<Patient>, _ context: DecisionContext,
        _ pending: PendingBookings
    ) throws(Rejection) -> BookedSlot {
        var slot = BookedSlot(
            location: hold.location, segments: hold.segments, overrides: hold.overrides)
        let allowed = try new.overrides.allowed(to: context.role)
        let policy = profile.details.patientOverlap
        guard policy != .allow, let visit = Interval(hold.start, hold.end) else { return slot }
        let others = visits(of: patient, during: visit, besides: nil, pending)
        if others.isEmpty || hold.overrides.contains(.patientOverlap) { return slot }
        let isSelfService = new.isSelfService || context.role == .patient
        guard policy == .refuse || isSelfService else {
            slot.warnings = [.patientOverlap]
            return slot
        }
        guard allowed.contains(.patientOverlap) else {
            var rejection = Rejection(.patientOverlap, Reason.patientOverlap.sentence)
            rejection.blocking = others.map(\.id.description)
            throw rejection
        }
        slot.overrides.append(.patientOverlap)
        return slot
    }

    /// The rules that a walk-in's start breaks and that were waived.
    private func waived(
        _ request: SlotRequest, _ segments: [BookingSegment], at start: Minute,
        _ context: DecisionContext
    ) throws(Rejection) -> [Reason] {
        let strict = try question(request, now: context.now)
        var reasons: [Reason] = []
        for (index, segment) in segments.enumerated() {
            let candidate = strict.segments[index].candidates
                .first { $0.provider.id == segment.provider }
            guard let candidate else { continue }
            let failures = failures(candidate, segment: index, strict, at: start)
            for reason in failures.map(\.reason)
            where [.tooSoon, .offStep].contains(reason) && !reasons.contains(reason) {
                reasons.append(reason)
            }
        }
        return reasons
    }

    /// Checks an expired hold's slot anew: what it kept free was free for others meanwhile, so that
    /// the buffers are today's, as the check's are.
    private func renew(
        _ hold: Hold, _ new: NewBooking, patient: Identifier<Patient>, _ context: DecisionContext,
        _ pending: PendingBookings
    ) throws(Rejection) -> BookedSlot {
        var request = SlotRequest(
            location: hold.location,
            segments: hold.segments.map { segment in
                SegmentRequest(
                    service: segment.service,
                    duration: Int32(clamping: segment.interval.durationMinutes),
                    providers: [segment.provider],
                    resources: segment.uses.compactMap { $0.pool.isEmpty ? nil : $0.resource })
            })
        request.hold = hold.id
        request.patient = patient
        request.isSelfService = new.isSelfService || context.role == .patient
        request.isWalkIn = new.isWalkIn
        let allowed = try new.overrides.allowed(to: context.role)
        var question = try question(request, now: context.now)
        question.pending = pending
        do {
            var visit = try assign(question, at: hold.start, allowing: allowed)
            for index in visit.segments.indices {
                visit.segments[index].anyProvider = hold.segments[index].anyProvider
            }
            return BookedSlot(
                location: hold.location, segments: visit.segments, overrides: visit.broken,
                warnings: warnings(question, at: hold.start))
        } catch {
            var expired = error
            expired.reason = .holdExpired
            expired.message = "the hold has expired, and \(error.message)"
            throw expired
        }
    }

    private func checkAgreement(
        of new: NewBooking, with hold: Hold, patient: Identifier<Patient>
    ) throws(Rejection) {
        let segment = hold.segments[0]
        let wanted = new.segments.enumerated().first { index, wanted in
            !hold.segments.indices.contains(index) || wanted.differs(from: hold.segments[index])
        }
        let differs: String? =
            if let of = hold.patient, of != patient {
                "patient_id"
            } else if let location = new.location, location != hold.location {
                "location_id"
            } else if let service = new.service, service != segment.service {
                "service_id"
            } else if let duration = new.duration, duration != segment.interval.durationMinutes {
                "duration_minutes"
            } else if let provider = new.provider, provider != segment.provider {
                "provider_id"
            } else if let start = new.start, start != segment.interval.start {
                "start"
            } else if let wanted {
                "segments[\(wanted.offset)]"
            } else if !new.segments.isEmpty, new.segments.count != hold.segments.count {
                "segments"
            } else {
                nil
            }
        if let differs { throw .mismatch(differs, with: hold.id) }
    }

    private func booking(
        _ new: NewBooking, patient: Identifier<Patient>, slot: BookedSlot,
        _ context: inout DecisionContext
    ) throws(Rejection) -> Booking {
        guard let location = locations[slot.location] else {
            throw .unknown("location", slot.location.description, field: "location_id")
        }
        let zone = try? zones.zone(location.details.timeZone)
        let stage: Stage = new.isWalkIn ? .checkIn : new.isConfirmed ? .confirmed : .new
        var booking = Booking(
            id: context.ids.next(), externalRef: new.externalRef, patient: patient,
            location: slot.location, stage: stage, segments: slot.segments,
            timeZone: location.details.timeZone,
            utcOffset: zone?.offsetMinutes(at: slot.segments[0].interval.start) ?? 0,
            isWalkIn: new.isWalkIn, note: new.note, overrides: slot.overrides,
            createdBy: context.actor, createdAt: context.now,
            stageHistory: [StageChange(stage: stage, at: context.now, actor: context.actor)],
            deposit: new.deposit)
        if !slot.overrides.isEmpty, !new.overrides.rules.isEmpty {
            booking.overrideNote = new.overrides.note
            booking.overrideRole = context.role.rawValue
        }
        return booking
    }
}

extension SegmentRequest {
    fileprivate func differs(from segment: BookingSegment) -> Bool {
        service != segment.service
            || duration.map { Int($0) != segment.interval.durationMinutes } ?? false
            || !providers.isEmpty && !providers.contains(segment.provider)
    }
}
