// How an attachment ends, once for every command: it stays as history, its charges count no more,
// and a stage that it had moved comes back.

extension Organization {
    /// The charges that a booking has had, in order of id.
    public func charges(of booking: Identifier<Booking>) -> [Charge] {
        (chargesByBooking[booking] ?? []).compactMap { charges[$0] }
    }

    /// The charges that a procedure has had, in order of id.
    public func charges(of procedure: Identifier<Procedure>) -> [Charge] {
        (chargesByProcedure[procedure] ?? []).compactMap { charges[$0] }
    }

    /// The procedures of a booking that are more than drafts.
    func begunProcedures(of booking: Booking) -> [Procedure] {
        activeAttachments(of: booking).compactMap { procedures[$0.procedure] }
            .filter { $0.status != .draft }
    }

    /// Refuses what a signature or a bill has settled.
    func refuseIfLocked(_ booking: Booking) throws(Rejection) {
        for procedure in begunProcedures(of: booking) {
            guard procedure.status != .signed else {
                throw Rejection(.procedureSigned, "the booking has a procedure that is signed")
                    .about(procedure.id)
            }
            try refuseIfBilled(procedure)
        }
    }

    /// Refuses what a procedure that is more than a draft stands in the way of.
    func refuseIfBegun(_ booking: Booking) throws(Rejection) {
        try refuseIfLocked(booking)
        try refuseIfProcedureStarted(booking)
    }

    /// A bill is void before the treatment is.
    func refuseIfBilled(_ procedure: Procedure) throws(Rejection) {
        let billed = charges(of: procedure.id).filter { $0.status == .billed }
        guard let first = billed.first else { return }
        var rejection = Rejection(.chargeBilled, "a charge of the procedure has been billed")
            .about(first.id)
        rejection.blocking = billed.map(\.id.description)
        throw rejection
    }

    /// Ends an attachment; its procedure and booking are for the caller to write.
    func ending(
        _ attachment: Attachment, reason: String, _ context: DecisionContext
    ) -> [RecordWrite] {
        var ended = attachment
        ended.detachment = Detachment(actor: context.actor, at: context.now, reason: reason)
        let void = charges(of: attachment.procedure).filter(\.status.isOpen).map { charge in
            RecordWrite.put(.charge(charge.voided(reason)))
        }
        return [.put(.attachment(ended))] + void
    }

    /// What a draft knew of its booking goes with it.
    func loseBooking(_ draft: inout Procedure) {
        derivePermission(of: &draft, attachedTo: nil, segment: 1)
        draft.bookingRescheduledAt = nil
    }

    /// What becomes of procedures that are more than drafts when their booking ends.
    enum Begun {
        /// They are cancelled for this reason.
        case cancelled(String)
        /// They keep the booking: the chart has the visit, wherever the card is put.
        case kept
    }

    /// Ends the attachments of a booking that will not take place. Drafts go back to step 2.
    func endAttachments(
        of booking: Booking, reason: String, begun: Begun = .cancelled(""),
        _ context: DecisionContext
    ) -> [RecordWrite] {
        var writes: [RecordWrite] = []
        for attachment in activeAttachments(of: booking) {
            guard var procedure = procedures[attachment.procedure] else { continue }
            if procedure.status == .draft {
                loseBooking(&procedure)
            } else {
                guard case .cancelled(let closing) = begun else { continue }
                procedure.status = .cancelled
                procedure.ending = ProcedureEnding(
                    actor: context.actor, at: context.now, reason: closing)
            }
            writes += ending(attachment, reason: reason, context)
            procedure.version += 1
            writes.append(.put(.procedure(procedure)))
        }
        return writes
    }

    /// Takes a booking back from In Procedure, or from Billing after it, where the attachment that
    /// ends had moved it there and no other remains. Where one does, it is handed what the first
    /// one knew, so that the card goes back with the last of them; what is written for that is
    /// returned. Who has left, in Checkout, is not waiting at the desk again: that card stays.
    func returnStage(
        of booking: inout Booking, ending attachment: Attachment, _ context: DecisionContext
    ) -> [RecordWrite] {
        guard let from = attachment.movedStageFrom else { return [] }
        let others = activeAttachments(of: booking).filter { $0.id != attachment.id }
        if var heir = others.first {
            guard others.allSatisfy({ $0.movedStageFrom == nil }) else { return [] }
            heir.movedStageFrom = from
            return [.put(.attachment(heir))]
        }
        guard booking.stage == .inProcedure || booking.stage == .billing else { return [] }
        if booking.stage == .billing {
            booking.enter(.inProcedure, at: context.now, by: context.actor, isUndo: true)
            regainTime(of: &booking, now: context.now)
        }
        booking.enter(from, at: context.now, by: context.actor, isUndo: true)
        return []
    }
}

extension ChargeStatus {
    /// It may still become something else with its procedure.
    var isOpen: Bool {
        switch self {
        case .planned, .billable, .notBillable: true
        case .billed, .void: false
        }
    }
}
