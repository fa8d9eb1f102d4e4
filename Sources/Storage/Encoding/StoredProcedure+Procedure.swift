internal import Scheduling

// Procedures, and what ties them to bookings.

extension StoredProcedure {
    init(_ procedure: Procedure) {
        self.init()
        id = StoredId(procedure.id)
        version = procedure.version
        externalRef = procedure.externalRef
        patient = StoredId(procedure.patient)
        if let type = procedure.type { self.type = StoredId(type) }
        view = UInt32(procedure.view.rawValue)
        status = UInt32(procedure.status.rawValue)
        entry = UInt32(procedure.entry.rawValue)
        isConsultOnly = procedure.isConsultOnly
        mdRequired = procedure.mdRequired
        steps = procedure.steps.map(Step.init)
        startedAt = procedure.startedAt.milliseconds
        if let submittedAt = procedure.submittedAt { self.submittedAt = submittedAt.milliseconds }
        if let completedAt = procedure.completedAt { self.completedAt = completedAt.milliseconds }
    }

    func procedure() throws(MalformedRecord) -> Procedure {
        Procedure(
            id: id.identifier(), version: version, externalRef: externalRef,
            patient: patient.identifier(), type: hasType ? type.identifier() : nil,
            view: try ProcedureView(stored: view), status: try ProcedureStatus(stored: status),
            entry: try ProcedureEntry(stored: entry), isConsultOnly: isConsultOnly,
            mdRequired: mdRequired, steps: steps.map { $0.procedureStep() },
            startedAt: Instant(milliseconds: startedAt),
            submittedAt: hasSubmittedAt ? Instant(milliseconds: submittedAt) : nil,
            completedAt: hasCompletedAt ? Instant(milliseconds: completedAt) : nil)
    }
}

extension StoredProcedure.Step {
    init(_ step: ProcedureStep) {
        self.init()
        self.step = step.step
        payload = storedBytes(step.payload)
        isDone = step.isDone
    }

    func procedureStep() -> ProcedureStep {
        ProcedureStep(step: step, payload: [UInt8](payload), isDone: isDone)
    }
}

extension StoredAttachment {
    init(_ attachment: Attachment) {
        self.init()
        id = StoredId(attachment.id)
        procedure = StoredId(attachment.procedure)
        booking = StoredId(attachment.booking)
        segment = attachment.segment
        attachedBy = attachment.attachedBy
        attachedAt = attachment.attachedAt.milliseconds
        if let stage = attachment.movedStageFrom { movedStageFrom = UInt32(stage.rawValue) }
        if let detachment = attachment.detachment {
            self.detachment.actor = detachment.actor
            self.detachment.at = detachment.at.milliseconds
            self.detachment.reason = detachment.reason
        }
    }

    func attachment() throws(MalformedRecord) -> Attachment {
        Attachment(
            id: id.identifier(), procedure: procedure.identifier(), booking: booking.identifier(),
            segment: segment, attachedBy: attachedBy,
            attachedAt: Instant(milliseconds: attachedAt),
            movedStageFrom: hasMovedStageFrom ? try Stage(stored: movedStageFrom) : nil,
            detachment: hasDetachment
                ? Scheduling.Detachment(
                    actor: detachment.actor, at: Instant(milliseconds: detachment.at),
                    reason: detachment.reason)
                : nil)
    }
}
