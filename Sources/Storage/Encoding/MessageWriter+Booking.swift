internal import Scheduling

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
            note(
                15, actor: cancellation.actor, at: cancellation.at, reason: cancellation.reason)
        }
        for change in booking.stageHistory {
            message(16) { writer in
                writer.integer(1, change.stage.rawValue)
                writer.signed(2, change.at.milliseconds)
                writer.text(3, change.actor)
            }
        }
        text(30, booking.overrideNote)
        text(31, booking.overrideRole)
        if let group = booking.group { id(32, group) }
    }

    mutating func write(_ hold: Hold) {
        id(1, hold.id)
        text(2, hold.owner)
        if let patient = hold.patient { id(3, patient) }
        id(4, hold.location)
        for segment in hold.segments { write(5, segment) }
        signed(6, hold.createdAt.milliseconds)
        signed(7, hold.expiresAt.milliseconds)
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
            note(8, actor: detachment.actor, at: detachment.at, reason: detachment.reason)
        }
    }
}
