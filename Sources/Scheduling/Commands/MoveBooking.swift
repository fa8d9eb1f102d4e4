internal import Intervals

/// Moves a booking to another stage, as procedures.md 7 allows.
public struct MoveBooking: Command {
    public var id: Identifier<Booking>
    public var expectedVersion: Int64
    public var stage: Stage

    public init(_ id: Identifier<Booking>, expectedVersion: Int64, to stage: Stage) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.stage = stage
    }

    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard var booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        if booking.stage == stage { return Decision([], booking) }
        var writes: [RecordWrite] = []
        try organization.guardMove(of: booking, to: stage, now: context.now)
        if !stage.occupies, booking.stage.precedesVisit {
            writes = organization.detachDrafts(
                of: booking,
                reason: stage == .archived ? "BOOKING_ARCHIVED" : "BOOKING_CANCELLED", context)
        }
        try organization.check(version: booking.version, expected: expectedVersion, of: id)
        if stage == .cancelled, booking.stage != .archived {
            booking.cancellation = Cancellation(
                actor: context.actor, at: context.now, reason: "")
        } else if booking.stage == .cancelled, stage != .archived {
            booking.cancellation = nil
        }
        booking.enter(stage, at: context.now, by: context.actor)
        booking.version += 1
        return Decision(writes + [.put(.booking(booking))], booking)
    }
}

/// Cancels a booking and frees its time. A draft that was attached goes back to its step 2; a
/// booking that is cancelled already stays as it is.
public struct CancelBooking: Command {
    public var id: Identifier<Booking>
    public var expectedVersion: Int64
    public var reason: String

    public init(_ id: Identifier<Booking>, expectedVersion: Int64, reason: String) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.reason = reason
    }

    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard let booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        if booking.stage == .cancelled { return Decision([], booking) }
        var decision = try MoveBooking(id, expectedVersion: expectedVersion, to: .cancelled)
            .decide(on: organization, &context)
        decision.outcome.cancellation?.reason = reason
        decision.writes[decision.writes.count - 1] = .put(.booking(decision.outcome))
        return decision
    }
}

extension Organization {
    fileprivate func guardMove(
        of booking: Booking, to stage: Stage, now: Instant
    ) throws(Rejection) {
        let refused = Rejection(
            booking.stage == .cancelled ? .cancelled : .stage,
            "a booking in \(booking.stage.label) cannot go to \(stage.label)"
        ).about(booking.id)
        guard booking.stage.successors.contains(stage) else { throw refused }
        switch (booking.stage, stage) {
        case (.archived, _):
            guard booking.stageHistory.dropLast().last?.stage == stage else { throw refused }
            if stage.occupies { try checkStillFree(booking, now: now) }
        case (_, .noShow):
            let grace = profile.details.noShowGrace
            guard now.minute >= booking.start.clampedAdding(minutes: grace) else {
                throw Rejection(
                    .notStartedYet, "the visit began less than \(grace) minutes ago, or has not"
                ).about(booking.id)
            }
            try refuseIfProcedureStarted(booking)
        case (_, .cancelled):
            try refuseIfProcedureStarted(booking)
        case (let from, .archived) where from.precedesVisit:
            try refuseIfProcedureStarted(booking)
        case (_, .waitlist):
            guard activeAttachments(of: booking).isEmpty else {
                throw Rejection(.procedureActive, "a procedure is attached").about(booking.id)
            }
        case (.checkIn, .inProcedure):
            guard !activeAttachments(of: booking).isEmpty else {
                throw Rejection(.notAttached, "no procedure is attached; start one")
                    .about(booking.id)
            }
        case (.inProcedure, .billing):
            let open = activeAttachments(of: booking).compactMap { procedures[$0.procedure] }
                .filter { $0.status != .completed && !$0.isConsultOnly }
            guard open.isEmpty else {
                var rejection = Rejection(.procedureOpen, "a procedure is not completed")
                    .about(open[0].id)
                rejection.blocking = open.map(\.id.description)
                throw rejection
            }
        case (.inProcedure, .checkIn):
            let begun = activeAttachments(of: booking).compactMap { procedures[$0.procedure] }
                .filter { !$0.steps.isEmpty || $0.status != .draft }
            guard begun.isEmpty else {
                throw Rejection(.procedureActive, "a procedure has been filled in beyond step 2")
                    .about(begun[0].id)
            }
        case (let from, let to) where to.occupies && !from.occupies:
            try checkStillFree(booking, now: now)
        default:
            break
        }
    }

    /// A booking that comes back to its time must find it free and within hours; notice and step
    /// were judged when it was booked.
    private func checkStillFree(_ booking: Booking, now: Instant) throws(Rejection) {
        var question = try question(moving: booking, walkIn: true, now: now)
        for index in question.segments.indices {
            for number in question.segments[index].candidates.indices {
                question.segments[index].candidates[number].earliest = .earliest
            }
        }
        _ = try assign(question, at: booking.start)
    }

    /// Detaches the drafts of a booking that will not take place: they go back to step 2.
    fileprivate func detachDrafts(
        of booking: Booking, reason: String, _ context: DecisionContext
    ) -> [RecordWrite] {
        var writes: [RecordWrite] = []
        for attachment in activeAttachments(of: booking) {
            var detached = attachment
            detached.detachment = Detachment(
                actor: context.actor, at: context.now, reason: reason)
            writes.append(.put(.attachment(detached)))
            if var procedure = procedures[attachment.procedure] {
                procedure.version += 1
                writes.append(.put(.procedure(procedure)))
            }
        }
        return writes
    }
}

extension Stage {
    /// The visit is still to come, or the patient has only just arrived for it.
    fileprivate var precedesVisit: Bool {
        switch self {
        case .waitlist, .new, .confirmed, .checkIn: true
        case .inProcedure, .billing, .checkout, .noShow, .cancelled, .archived: false
        }
    }
}
