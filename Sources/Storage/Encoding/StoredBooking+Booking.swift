internal import Intervals
internal import Scheduling

// Reads bookings, and the holds that may become bookings.

extension StoredBooking {
    func booking() throws(MalformedRecord) -> Booking {
        guard !segments.isEmpty else { throw MalformedRecord("a booking without segments") }
        var booking = Booking(
            id: id.identifier(), version: version, externalRef: externalRef,
            patient: patient.identifier(), location: location.identifier(),
            stage: try Stage(stored: stage),
            segments: try segments.mapped { stored throws(MalformedRecord) in
                try stored.segment()
            },
            timeZone: timeZone, utcOffset: utcOffset, isWalkIn: isWalkIn, note: note,
            overrides: try overrides.mapped { number throws(MalformedRecord) in
                try Reason(stored: number)
            },
            createdBy: createdBy, createdAt: Instant(milliseconds: createdAt),
            cancellation: hasCancellation ? cancellation.cancellation() : nil,
            stageHistory: try stageHistory.mapped { stored throws(MalformedRecord) in
                try stored.change()
            },
            deposit: hasDeposit ? deposit.deposit() : nil,
            releasedAt: hasReleasedAt ? Minute(sinceEpoch: releasedAt) : nil)
        booking.overrideNote = overrideNote
        booking.overrideRole = overrideRole
        booking.group = hasGroup ? group.identifier() : nil
        return booking
    }
}

extension StoredBooking.StageChange {
    func change() throws(MalformedRecord) -> Scheduling.StageChange {
        Scheduling.StageChange(
            stage: try Stage(stored: stage), at: Instant(milliseconds: at), actor: actor,
            reason: reason, isUndo: isUndo)
    }
}

extension StoredBooking.Cancellation {
    func cancellation() -> Scheduling.Cancellation {
        Scheduling.Cancellation(
            actor: actor, at: Instant(milliseconds: at), reason: reason,
            fee: hasFee ? fee.money() : nil, refund: hasRefund ? refund.money() : nil)
    }
}

extension StoredBooking.Deposit {
    func deposit() -> Scheduling.Deposit {
        Scheduling.Deposit(amount: amount.money(), isPaid: isPaid, refunded: refunded)
    }
}

extension StoredHold {
    func hold() throws(MalformedRecord) -> Hold {
        guard !segments.isEmpty else { throw MalformedRecord("a hold without segments") }
        var hold = Hold(
            id: id.identifier(), owner: owner, patient: hasPatient ? patient.identifier() : nil,
            location: location.identifier(),
            segments: try segments.mapped { stored throws(MalformedRecord) in
                try stored.segment()
            },
            createdAt: Instant(milliseconds: createdAt),
            expiresAt: Instant(milliseconds: expiresAt))
        hold.moving = hasMoving ? moving.identifier() : nil
        hold.overrides = try overrides.mapped { number throws(MalformedRecord) in
            try Reason(stored: number)
        }
        hold.overrideNote = overrideNote
        hold.overrideRole = overrideRole
        hold.hasExpired = expired
        return hold
    }
}
