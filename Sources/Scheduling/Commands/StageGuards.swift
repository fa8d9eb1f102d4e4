internal import Intervals

// The stage machine of procedures.md 7: what each move asks for, and what it does besides. Every
// way to another stage comes through `move`.

extension Organization {
    /// Moves a booking, undoing included: the stage's own rules, then the version. With `namesFee`
    /// the caller writes the fee of a cancellation itself.
    func move(
        _ old: Booking, _ wish: MoveBooking, isUndo: Bool, namesFee: Bool = false,
        _ context: DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        let stage = wish.stage
        var booking = old
        try check(wish)
        try guardMove(of: old, to: stage, isUndo: isUndo, now: context.now)
        var overridden = try guardReturn(of: old, to: stage, overriding: wish.overrides)
        overridden += try guardCharges(of: old, to: stage, overriding: wish.overrides)
        if stage.occupies, !old.stage.occupies {
            // A visit that is still to come needs all of its time again.
            if stage.precedesVisit { booking.releasedAt = nil }
            try checkStillFree(booking, now: context.now)
        } else if stage.precedesBilling {
            regainTime(of: &booking, now: context.now)
        }
        // A booking that is cancelled with a fee of its own does not ask for the usual one.
        let asksUsual = stage == .cancelled && old.stage != .archived && !isUndo && !namesFee
        let usualFee = asksUsual ? try self.usualFee(of: old, field: "stage") : nil
        var writes: [RecordWrite] = []
        if !stage.occupies, old.stage.precedesVisit {
            writes = endAttachments(
                of: old, reason: stage.detachReason,
                begun: stage == .archived ? .kept : .cancelled(""), context)
        }
        try check(version: old.version, expected: wish.expectedVersion, of: old.id)
        if stage == .cancelled, old.stage != .archived {
            booking.cancellation = Cancellation(
                actor: context.actor, at: context.now, reason: wish.reason,
                fee: isUndo ? nil : usualFee)
        } else if old.stage == .cancelled, stage != .archived {
            booking.cancellation = nil
        }
        for reason in overridden where !booking.overrides.contains(reason) {
            booking.overrides.append(reason)
        }
        if stage == .billing, profile.details.earlyFinishFrees {
            booking.release(at: context.now.minuteRoundedUp)
        }
        booking.enter(
            stage, at: context.now, by: context.actor, reason: wish.reason, isUndo: isUndo)
        booking.version += 1
        return Decision(writes + [.put(.booking(booking))], booking)
    }

    private func check(_ wish: MoveBooking) throws(Rejection) {
        guard !wish.overrides.isEmpty else { return }
        for (index, reason) in wish.overrides.enumerated()
        where reason != .chargeOpen && reason != .procedureActive {
            throw .invalid(
                "overrides[\(index)]", "a move can break CHARGE_OPEN and PROCEDURE_ACTIVE alone")
        }
        guard !wish.reason.isEmpty else { throw .invalid("reason", "an override needs a reason") }
    }

    private func guardMove(
        of booking: Booking, to stage: Stage, isUndo: Bool, now: Instant
    ) throws(Rejection) {
        let refused = Rejection(
            booking.stage == .cancelled ? .cancelled : .stage,
            "a booking in \(booking.stage.label) cannot go to \(stage.label)"
        ).about(booking.id)
        // A move is taken back where it might have been made: an imported history may hold others.
        let isLegal =
            isUndo
            ? stage.successors.contains(booking.stage) : booking.stage.successors.contains(stage)
        guard isLegal else { throw refused }
        switch (booking.stage, stage) {
        case (.archived, _):
            guard booking.stageHistory.dropLast().last?.stage == stage else { throw refused }
        case (_, .noShow):
            let grace = profile.details.noShowGrace
            guard now.minute >= booking.start.clampedAdding(minutes: grace) else {
                throw Rejection(
                    .notStartedYet, "the visit began less than \(grace) minutes ago, or has not"
                ).about(booking.id)
            }
            try refuseIfBegun(booking)
        case (_, .cancelled):
            try refuseIfBegun(booking)
        case (_, .waitlist):
            guard activeAttachments(of: booking).isEmpty else {
                throw Rejection(.procedureActive, "a procedure is attached").about(booking.id)
            }
        case (.checkIn, .inProcedure):
            let isOptional = profile.details.isProcedureOptional
            guard isOptional || !activeAttachments(of: booking).isEmpty else {
                throw Rejection(.notAttached, "no procedure is attached; start one")
                    .about(booking.id)
            }
        case (.inProcedure, .billing):
            let open = activeAttachments(of: booking).compactMap { procedures[$0.procedure] }
                .filter { !$0.status.isDone && !$0.isConsultOnly }
            guard open.isEmpty else {
                var rejection = Rejection(.procedureOpen, "a procedure is not completed")
                    .about(open[0].id)
                rejection.blocking = open.map(\.id.description)
                throw rejection
            }
        default:
            break
        }
    }

    /// A card goes back to Check-in by itself only while nothing beyond step 2 is filled in; from
    /// then on somebody must mean it, and once it is signed or billed nobody can. Returns what was
    /// overridden.
    private func guardReturn(
        of booking: Booking, to stage: Stage, overriding overrides: [Reason]
    ) throws(Rejection) -> [Reason] {
        guard booking.stage == .inProcedure, stage == .checkIn else { return [] }
        let begun = activeAttachments(of: booking).compactMap { procedures[$0.procedure] }
            .filter { !$0.steps.isEmpty || $0.status != .draft }
        guard !begun.isEmpty else { return [] }
        if overrides.contains(.procedureActive) {
            try refuseIfLocked(booking)
            return [.procedureActive]
        }
        var rejection = Rejection(
            .procedureActive, "a procedure has been filled in beyond step 2"
        ).about(begun[0].id)
        rejection.blocking = begun.map(\.id.description)
        throw rejection
    }

    /// Nobody leaves with a charge that waits to be billed, unless it is let pass. Returns what
    /// was overridden.
    private func guardCharges(
        of booking: Booking, to stage: Stage, overriding overrides: [Reason]
    ) throws(Rejection) -> [Reason] {
        guard booking.stage == .billing, stage == .checkout else { return [] }
        let open = charges(of: booking.id).filter { $0.status == .billable }
        guard !open.isEmpty else { return [] }
        if overrides.contains(.chargeOpen) { return [.chargeOpen] }
        var rejection = Rejection(.chargeOpen, "a charge of the visit has not been billed")
            .about(open[0].id)
        rejection.blocking = open.map(\.id.description)
        throw rejection
    }

    /// A visit that goes on after all has its time again which an early finish had given up, unless
    /// that is not free any more: then it stays with who took it.
    func regainTime(of booking: inout Booking, now: Instant) {
        guard booking.releasedAt != nil else { return }
        var whole = booking
        whole.releasedAt = nil
        do throws(Rejection) {
            try checkStillFree(whole, now: now)
            booking = whole
        } catch {
            // Not a refusal of the move: the patient is here, whoever has the rest of the hour.
        }
    }

    /// A booking that comes back to its time must find it free and within hours; notice and step
    /// were judged when it was booked.
    private func checkStillFree(_ booking: Booking, now: Instant) throws(Rejection) {
        var kept = booking
        kept.segments = booking.keptSegments
        guard !kept.segments.isEmpty else { return }
        var question = try question(moving: kept, walkIn: true, now: now)
        for index in question.segments.indices {
            for number in question.segments[index].candidates.indices {
                question.segments[index].candidates[number].earliest = .earliest
            }
        }
        _ = try assign(question, at: kept.start)
    }
}

extension Stage {
    /// The visit is still to come, or the patient has only just arrived for it.
    var precedesVisit: Bool {
        switch self {
        case .waitlist, .new, .confirmed, .checkIn: true
        case .inProcedure, .billing, .checkout, .noShow, .cancelled, .archived: false
        }
    }

    /// The visit is still to come or under way, so that it needs its time.
    var precedesBilling: Bool { precedesVisit && self != .waitlist || self == .inProcedure }

    /// Why a draft loses its booking when that comes to this stage.
    var detachReason: String {
        switch self {
        case .noShow: "BOOKING_NO_SHOW"
        case .archived: "BOOKING_ARCHIVED"
        default: "BOOKING_CANCELLED"
        }
    }
}
