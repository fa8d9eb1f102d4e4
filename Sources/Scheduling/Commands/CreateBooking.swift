public import Intervals

/// Where, what, how long, with whom and when: all that a new booking needs but the patient.
public struct NewBooking: Sendable {
    public var location: Identifier<Location>?
    public var service: Identifier<Service>?
    public var duration: Int32?
    public var provider: Identifier<Provider>?
    public var start: Minute?
    /// Converts this hold; what is given beside it must agree with it.
    public var hold: Identifier<Hold>?
    /// Refuse when the hold has expired; else book if the time is still free.
    public var failsOnExpired = false
    public var isWalkIn = false
    public var isConfirmed = false
    public var note = ""
    public var externalRef = ""

    public init() {}
}

/// Books a slot.
public struct CreateBooking: Command {
    public var patient: Identifier<Patient>
    public var new: NewBooking

    public init(patient: Identifier<Patient>, _ new: NewBooking) {
        self.patient = patient
        self.new = new
    }

    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<PlannedBooking> {
        let planned = try organization.plan(new, patient: patient, &context)
        return Decision(planned.writes, planned)
    }
}

/// A booking that the rules allow, not written yet.
public struct PlannedBooking: Sendable {
    public var booking: Booking
    /// The hold that it converts.
    public var hold: Identifier<Hold>?
    /// The hold had expired, and its time was still free.
    public var holdHadExpired = false

    var writes: [RecordWrite] {
        let release = hold.map { [RecordWrite.remove(RecordKey(kind: .hold, id: $0.value))] } ?? []
        return release + [.put(.booking(booking))]
    }
}

extension Organization {
    /// Decides on a new booking: the one way to a slot, alone or together with a procedure.
    func plan(
        _ new: NewBooking, patient: Identifier<Patient>, _ context: inout DecisionContext
    ) throws(Rejection) -> PlannedBooking {
        guard patients[patient] != nil else {
            throw .unknown("patient", patient.description, field: "patient_id")
        }
        try checkFree(new.externalRef, kind: .booking, name: "booking")
        guard let id = new.hold else {
            let slot = try slot(new, context)
            return PlannedBooking(
                booking: try booking(new, patient: patient, slot: slot, &context))
        }
        guard let hold = holds[id] else {
            throw .unknown("hold", id.description, field: "hold_id")
        }
        try checkAgreement(of: new, with: hold, patient: patient)
        let isLive = hold.expiresAt > context.now
        if !isLive, new.failsOnExpired {
            throw Rejection(.holdExpired, "the hold has expired").about(id)
        }
        let segment = isLive ? hold.segments[0] : try renew(hold, walkIn: new.isWalkIn, context)
        let slot = BookedSlot(location: hold.location, segment: segment, overrides: [])
        return PlannedBooking(
            booking: try booking(new, patient: patient, slot: slot, &context),
            hold: id, holdHadExpired: !isLive)
    }

    private struct BookedSlot {
        var location: Identifier<Location>
        var segment: BookingSegment
        var overrides: [Reason]
    }

    private func slot(
        _ new: NewBooking, _ context: DecisionContext
    ) throws(Rejection) -> BookedSlot {
        guard let location = new.location else { throw .invalid("location_id", "is missing") }
        guard let service = new.service else { throw .invalid("service_id", "is missing") }
        guard let start = new.start else { throw .invalid("start", "is missing") }
        var request = SlotRequest(
            location: location, service: service, duration: new.duration,
            providers: new.provider.map { [$0] } ?? [], isWalkIn: new.isWalkIn)
        let question = try question(request, now: context.now)
        let provider = try assign(question, at: start)
        var overrides: [Reason] = []
        if new.isWalkIn {
            request.isWalkIn = false
            request.providers = [provider]
            let strict = try self.question(request, now: context.now)
            overrides = waived(strict, at: start)
        }
        return BookedSlot(
            location: location,
            segment: try question.segment(provider, at: start, anyProvider: !question.isNamed),
            overrides: overrides)
    }

    /// The rules that a walk-in's start breaks and that were waived.
    private func waived(_ strict: SlotQuestion, at start: Minute) -> [Reason] {
        var reasons: [Reason] = []
        if start < strict.earliest { reasons.append(.tooSoon) }
        if let provider = strict.providers.first,
            let schedule = schedule(of: provider, strict, from: start, to: start),
            !schedule.isFree(strict.need, in: calendar(of: provider.id), at: start)
        {
            reasons.append(.offStep)
        }
        return reasons
    }

    /// Checks an expired hold's slot anew: what it kept free was free for others meanwhile, so that
    /// the buffers are today's, as the check's are.
    private func renew(
        _ hold: Hold, walkIn: Bool, _ context: DecisionContext
    ) throws(Rejection) -> BookingSegment {
        let segment = hold.segments[0]
        let request = SlotRequest(
            location: hold.location, service: segment.service,
            duration: Int32(segment.interval.durationMinutes), providers: [segment.provider],
            hold: hold.id, isWalkIn: walkIn)
        let question = try question(request, now: context.now)
        do {
            _ = try assign(question, at: segment.interval.start)
        } catch {
            var expired = error
            expired.reason = .holdExpired
            expired.message = "the hold has expired, and \(error.message)"
            throw expired
        }
        return try question.segment(
            segment.provider, at: segment.interval.start, anyProvider: segment.anyProvider)
    }

    private func checkAgreement(
        of new: NewBooking, with hold: Hold, patient: Identifier<Patient>
    ) throws(Rejection) {
        let segment = hold.segments[0]
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
            } else {
                nil
            }
        guard let differs else { return }
        var rejection = Rejection(.holdMismatch, "\(differs): the hold is for another one")
            .about(hold.id)
        rejection.field = differs
        throw rejection
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
        return Booking(
            id: context.ids.next(), externalRef: new.externalRef, patient: patient,
            location: slot.location, stage: stage, segments: [slot.segment],
            timeZone: location.details.timeZone,
            utcOffset: zone?.offsetMinutes(at: slot.segment.interval.start) ?? 0,
            isWalkIn: new.isWalkIn, note: new.note, overrides: slot.overrides,
            createdBy: context.actor, createdAt: context.now,
            stageHistory: [StageChange(stage: stage, at: context.now, actor: context.actor)])
    }
}
