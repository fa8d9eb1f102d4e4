internal import Scheduling

// Reads procedures, and what ties them to bookings.

extension StoredProcedure {
    func procedure() throws(MalformedRecord) -> Procedure {
        Procedure(
            id: id.identifier(), version: version, externalRef: externalRef,
            patient: patient.identifier(), type: hasType ? type.identifier() : nil,
            view: try ProcedureView(stored: view), status: try ProcedureStatus(stored: status),
            entry: try ProcedureEntry(stored: entry), isConsultOnly: isConsultOnly,
            mdRequired: mdRequired, steps: steps.map { $0.procedureStep() },
            startedAt: Instant(milliseconds: startedAt),
            submittedAt: hasSubmittedAt ? Instant(milliseconds: submittedAt) : nil,
            completedAt: hasCompletedAt ? Instant(milliseconds: completedAt) : nil,
            signature: hasSignature
                ? Scheduling.Signature(
                    actor: signature.actor, at: Instant(milliseconds: signature.at),
                    permittedBy: signature.permittedBy) : nil,
            ending: hasEnding
                ? ProcedureEnding(
                    actor: ending.actor, at: Instant(milliseconds: ending.at),
                    reason: ending.reason) : nil,
            bookingRescheduledAt: hasBookingRescheduledAt
                ? Instant(milliseconds: bookingRescheduledAt) : nil)
    }
}

extension StoredProcedure.Step {
    func procedureStep() -> ProcedureStep {
        ProcedureStep(step: step, payload: [UInt8](payload), isDone: isDone)
    }
}

extension StoredAttachment {
    func attachment() throws(MalformedRecord) -> Attachment {
        Attachment(
            id: id.identifier(), procedure: procedure.identifier(), booking: booking.identifier(),
            segment: segment, attachedBy: attachedBy,
            attachedAt: Instant(milliseconds: attachedAt),
            movedStageFrom: hasMovedStageFrom ? try Stage(stored: movedStageFrom) : nil,
            detachment: hasDetachment
                ? Scheduling.Detachment(
                    actor: detachment.actor, at: Instant(milliseconds: detachment.at),
                    reason: detachment.reason, isSuperseded: detachment.isSuperseded)
                : nil)
    }
}

extension StoredCharge {
    func charge() throws(MalformedRecord) -> Charge {
        Charge(
            id: id.identifier(), version: version, procedure: procedure.identifier(),
            booking: booking.identifier(), segment: segment, service: service.identifier(),
            code: code, quantity: quantity, amount: amount.money(),
            status: try ChargeStatus(stored: status), externalRef: externalRef,
            createdAt: Instant(milliseconds: createdAt),
            billedAt: hasBilledAt ? Instant(milliseconds: billedAt) : nil, voidReason: voidReason)
    }
}
