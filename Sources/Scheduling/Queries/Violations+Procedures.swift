internal import Intervals

// Board, chart and bill agree: what must be true of stages, procedures and charges together.

extension Organization {
    /// A booking's stage against its history, its time and its procedures. What an import attached
    /// is let pass: what was done was done.
    func stageViolations() -> [String] {
        var found: [String] = []
        bookings.forEach { booking in
            func broken(_ sentence: String) { found.append("\(booking.id) \(sentence)") }
            if booking.stageHistory.last?.stage != booking.stage { broken("is not where it went") }
            if booking.stage != .archived,
                (booking.cancellation != nil) != (booking.stage == .cancelled)
            {
                broken("is half cancelled")
            }
            if let minute = booking.releasedAt, minute >= booking.end {
                broken("gave back what it did not have")
            }
            if let deposit = booking.deposit, !(0...deposit.amount.minor).contains(deposit.refunded)
            {
                broken("refunded more than its deposit")
            }
            let attached = activeAttachments(of: booking).compactMap { procedures[$0.procedure] }
                .filter { $0.entry != .imported }
            switch booking.stage {
            case .waitlist, .cancelled, .noShow:
                if !attached.isEmpty { broken("has a procedure in \(booking.stage.label)") }
            case .billing, .checkout:
                if attached.contains(where: { !$0.status.isDone && !$0.isConsultOnly }) {
                    broken("has an open procedure in \(booking.stage.label)")
                }
            case .new, .confirmed, .checkIn, .inProcedure, .archived:
                break
            }
            return true
        }
        return found
    }

    /// Cards in In Procedure that would stay there when their last procedure ends, in words.
    ///
    /// Not among `violations`, which a daemon does not start with: journals from before attachments
    /// handed the way back on may hold such cards, and a move puts each of them right.
    func strandedCards() -> [String] {
        var found: [String] = []
        bookings.forEach { booking in
            if hasLostItsWayBack(booking) {
                found.append("\(booking.id) has lost the way back to Check-in")
            }
            return true
        }
        return found
    }

    /// An attachment that had moved the card to In Procedure ended there, and none that is left
    /// knows where it came from.
    private func hasLostItsWayBack(_ booking: Booking) -> Bool {
        guard booking.stage == .inProcedure, let since = booking.stageHistory.last?.at else {
            return false
        }
        let all = (attachmentsByBooking[booking.id] ?? []).compactMap { attachments[$0] }
        return all.contains { $0.movedStageFrom != nil && ($0.detachment?.at ?? since) > since }
            && !all.contains { $0.movedStageFrom != nil && $0.isActive }
    }

    /// Procedures against their ends, charges against their procedures.
    func chargeViolations() -> [String] {
        var found: [String] = []
        procedures.forEach { procedure in
            if survivor(of: procedure.patient) != procedure.patient {
                found.append("\(procedure.id) did not follow its patient")
            }
            if procedure.status.isClosed != (procedure.ending != nil) {
                found.append("\(procedure.id) is half closed")
            }
            if procedure.status.isClosed, activeAttachment(of: procedure.id) != nil {
                found.append("\(procedure.id) is closed and attached")
            }
            if procedure.status == .signed, procedure.signature == nil {
                found.append("\(procedure.id) has lost its signature")
            }
            return true
        }
        charges.forEach { charge in
            guard charge.status != .void else { return true }
            guard let procedure = procedures[charge.procedure],
                let active = activeAttachment(of: charge.procedure),
                active.booking == charge.booking, active.segment == charge.segment
            else {
                found.append("\(charge.id) is for nothing that is attached")
                return true
            }
            let isRight =
                charge.status == .billed
                ? procedure.status.isDone && !charge.externalRef.isEmpty
                : charge.status == procedure.chargeStatus
            if !isRight { found.append("\(charge.id) is \(charge.status)") }
            return true
        }
        return found
    }
}
