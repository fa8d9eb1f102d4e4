internal import Intervals
internal import Scheduling
internal import WireFormat

// Bookings, holds, procedures and attachments.

extension MessageWriter {
    mutating func write(_ booking: Booking) {
        id(1, booking.id)
        integer(2, booking.version)
        text(3, booking.externalRef)
        id(4, booking.patient)
        id(5, booking.location)
        integer(6, booking.stage.rawValue)
        for segment in booking.segments { write(7, segment) }
        text(8, booking.timeZone)
        signed(9, booking.utcOffset)
        flag(10, booking.isWalkIn)
        text(11, booking.note)
        packed(12, booking.overrides.map(\.rawValue))
        text(13, booking.createdBy)
        signed(14, booking.createdAt.milliseconds)
        if let cancellation = booking.cancellation {
            message(15) { writer in
                writer.text(1, cancellation.actor)
                writer.signed(2, cancellation.at.milliseconds)
                writer.text(3, cancellation.reason)
                writer.money(50, cancellation.fee)
                writer.money(51, cancellation.refund)
            }
        }
        for change in booking.stageHistory {
            message(16) { writer in
                writer.integer(1, change.stage.rawValue)
                writer.signed(2, change.at.milliseconds)
                writer.text(3, change.actor)
                writer.text(50, change.reason)
                writer.flag(51, change.isUndo)
            }
        }
        text(30, booking.overrideNote)
        text(31, booking.overrideRole)
        if let group = booking.group { id(32, group) }
        if let deposit = booking.deposit {
            message(50) { writer in
                writer.money(1, deposit.amount)
                writer.flag(2, deposit.isPaid)
                writer.signed(3, deposit.refunded)
            }
        }
        if let minute = booking.releasedAt { always(51, signed: Int64(minute.sinceEpoch)) }
    }

    mutating func write(_ hold: Hold) {
        id(1, hold.id)
        text(2, hold.owner)
        if let patient = hold.patient { id(3, patient) }
        id(4, hold.location)
        for segment in hold.segments { write(5, segment) }
        signed(6, hold.createdAt.milliseconds)
        signed(7, hold.expiresAt.milliseconds)
        if let booking = hold.moving { id(30, booking) }
        packed(31, hold.overrides.map(\.rawValue))
        text(32, hold.overrideNote)
        text(33, hold.overrideRole)
        flag(34, hold.hasExpired)
    }

    mutating func write(_ procedure: Procedure) {
        id(1, procedure.id)
        integer(2, procedure.version)
        text(3, procedure.externalRef)
        id(4, procedure.patient)
        if let type = procedure.type { id(5, type) }
        integer(6, procedure.view.rawValue)
        integer(7, procedure.status.rawValue)
        integer(8, procedure.entry.rawValue)
        flag(9, procedure.isConsultOnly)
        flag(10, procedure.mdRequired)
        for step in procedure.steps {
            message(11) { writer in
                writer.integer(1, step.step)
                writer.blob(2, step.payload)
                writer.flag(3, step.isDone)
            }
        }
        signed(12, procedure.startedAt.milliseconds)
        if let at = procedure.submittedAt { always(13, signed: at.milliseconds) }
        if let at = procedure.completedAt { always(14, signed: at.milliseconds) }
        if let signature = procedure.signature {
            note(
                50, actor: signature.actor, at: signature.at, reason: signature.permittedBy)
        }
        if let ending = procedure.ending {
            note(51, actor: ending.actor, at: ending.at, reason: ending.reason)
        }
        if let at = procedure.bookingRescheduledAt { always(52, signed: at.milliseconds) }
    }

    mutating func write(_ attachment: Attachment) {
        id(1, attachment.id)
        id(2, attachment.procedure)
        id(3, attachment.booking)
        integer(4, attachment.segment)
        text(5, attachment.attachedBy)
        signed(6, attachment.attachedAt.milliseconds)
        if let stage = attachment.movedStageFrom { always(7, integer: stage.rawValue) }
        if let detachment = attachment.detachment {
            message(8) { writer in
                writer.text(1, detachment.actor)
                writer.signed(2, detachment.at.milliseconds)
                writer.text(3, detachment.reason)
                writer.flag(50, detachment.isSuperseded)
            }
        }
    }

    mutating func write(_ charge: Charge) {
        id(1, charge.id)
        integer(2, charge.version)
        id(3, charge.procedure)
        id(4, charge.booking)
        integer(5, charge.segment)
        id(6, charge.service)
        text(7, charge.code)
        integer(8, charge.quantity)
        money(9, charge.amount)
        integer(10, charge.status.rawValue)
        text(11, charge.externalRef)
        signed(12, charge.createdAt.milliseconds)
        if let at = charge.billedAt { always(13, signed: at.milliseconds) }
        text(14, charge.voidReason)
    }

    /// An amount; nothing for none.
    mutating func money(_ field: UInt32, _ money: Money?) {
        guard let money else { return }
        message(field) { writer in
            writer.signed(1, money.minor)
            writer.text(2, money.currency)
        }
    }
}
