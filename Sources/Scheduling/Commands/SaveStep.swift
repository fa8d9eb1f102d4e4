/// What a client sends of a step of the wizard.
public enum StepContent: Sendable {
    /// Step 1.
    case patient(Identifier<Patient>)
    /// Step 2; the booking is attached by its own commands. Nil: the type stays.
    case type(Identifier<ProcedureType>?)
    /// Step 3 and up.
    case payload(StepEdit)
    /// No step: only how it is filled in, or whether it is a consultation.
    case nothing
}

/// What a client says of a step, 3 or up. What it leaves out stays: only a payload that is given
/// takes the place of the stored one.
public struct StepEdit: Sendable {
    /// 3 or up.
    public var step: Int32
    /// Opaque, at most `Limits.stepPayload` bytes, which is checked where the request is read; nil:
    /// as stored, of a step that is not stored yet empty.
    public var payload: [UInt8]?
    /// The step is valid; nil: as stored, of a step that is not stored yet not.
    public var isDone: Bool?

    /// Names all that it says.
    public init(step: Int32, payload: [UInt8]?, isDone: Bool?) {
        self.step = step
        self.payload = payload
        self.isDone = isDone
    }
}

/// Saves one step of the wizard, or with no step only its view or whether it is a consultation.
public struct SaveStep: Command {
    /// Which procedure: a draft for steps 1 and 2, one that is not signed for the rest.
    public var procedure: Identifier<Procedure>
    /// What the step says.
    public var content: StepContent
    /// How it is filled in from now on; nil: as before.
    public var view: ProcedureView?
    /// Not for treatment or billing; nil: as it is.
    public var isConsultOnly: Bool?
    /// The version that the procedure must have; 0: any.
    public var expectedVersion: Int64

    /// Names all that it needs.
    public init(
        procedure: Identifier<Procedure>, _ content: StepContent, view: ProcedureView?,
        expectedVersion: Int64
    ) {
        self.procedure = procedure
        self.content = content
        self.view = view
        self.expectedVersion = expectedVersion
    }

    /// Refuses a step from 3 on while 2 is not valid, another patient while a booking is attached,
    /// a type that is archived, and payloads beyond `Limits`. What is stored so already changes
    /// nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Procedure> {
        guard let old = organization.procedures[procedure] else {
            throw .unknown("procedure", procedure.description, field: "procedure_id")
        }
        var new = old
        switch content {
        case .patient(let patient):
            _ = try organization.draft(procedure)
            let patient = try organization.patient(patient)
            if patient != old.patient, organization.activeAttachment(of: procedure) != nil {
                throw Rejection(
                    .procedureAttached, "the patient cannot change while a booking is attached"
                ).about(procedure)
            }
            new.patient = patient
        case .type(let type):
            _ = try organization.draft(procedure)
            if let type {
                try organization.chooseType(type, for: &new)
                organization.derivePermission(of: &new)
            }
        case .payload(let step):
            try organization.checkFillable(old)
            guard organization.stepsDone(of: old).contains(2) else {
                throw Rejection(
                    .stepIncomplete, "step 2 lacks its booking or its procedure type"
                ).about(procedure)
            }
            try organization.save(step, in: &new)
        case .nothing:
            try organization.checkFillable(old)
        }
        if let view { new.view = view }
        if let isConsultOnly {
            if !isConsultOnly { try organization.checkStillInProcedure(old) }
            new.isConsultOnly = isConsultOnly
        }
        try organization.check(version: old.version, expected: expectedVersion, of: procedure)
        guard new != old else { return Decision([], old) }
        new.version += 1
        return Decision([.put(.procedure(new))] + organization.chargeWrites(following: new), new)
    }
}

extension Organization {
    /// Steps are filled in until the treatment is done.
    fileprivate func checkFillable(_ procedure: Procedure) throws(Rejection) {
        switch procedure.status {
        case .draft, .inProgress:
            return
        case .signed:
            throw Rejection(.procedureSigned, "the procedure is signed").about(procedure.id)
        case .completed:
            throw Rejection(.procedureStatus, "the procedure is completed").about(procedure.id)
        case .abandoned, .cancelled, .enteredInError:
            throw Rejection(.procedureStatus, "the procedure has been given up")
                .about(procedure.id)
        }
    }

    /// A visit went on to Billing with an open procedure because that is a consultation, which it
    /// stays: else the card would stand where procedures.md 7 does not let it come.
    fileprivate func checkStillInProcedure(_ procedure: Procedure) throws(Rejection) {
        guard procedure.isConsultOnly, !procedure.status.isDone,
            let stage = activeAttachment(of: procedure.id).flatMap({ bookings[$0.booking] })?.stage
        else { return }
        switch stage {
        case .billing, .checkout, .archived:
            throw Rejection(
                .procedureOpen, "the visit is in \(stage.label), and the procedure not completed"
            ).about(procedure.id)
        case .waitlist, .new, .confirmed, .checkIn, .inProcedure, .noShow, .cancelled:
            return
        }
    }

    /// Stores what is said of a step; a step of which nothing is said stays as it is.
    fileprivate func save(
        _ edit: StepEdit, in procedure: inout Procedure
    ) throws(Rejection) {
        let stored = procedure.steps.first { $0.step == edit.step }
        let step = ProcedureStep(
            step: edit.step, payload: edit.payload ?? stored?.payload ?? [],
            isDone: edit.isDone ?? stored?.isDone ?? false)
        guard edit.payload != nil || edit.isDone != nil else {
            return try check(step: edit.step, at: "", of: procedure)
        }
        try save(step, at: "", in: &procedure)
    }

    private func check(
        step: Int32, at path: String, of procedure: Procedure
    ) throws(Rejection) {
        let count = stepCount(of: procedure)
        guard step >= 3, step <= count else {
            throw .invalid("\(path)step", "\(step) is not one of 3 to \(count)")
        }
    }

    /// Stores a step, 3 or up, in a procedure, within its bounds; `path` is where the request's
    /// fields of the step are.
    func save(
        _ step: ProcedureStep, at path: String, in procedure: inout Procedure
    ) throws(Rejection) {
        try check(step: step.step, at: path, of: procedure)
        procedure.steps.removeAll { $0.step == step.step }
        let index = procedure.steps.firstIndex { $0.step > step.step }
        procedure.steps.insert(step, at: index ?? procedure.steps.count)
        let bytes = procedure.steps.reduce(0) { $0 + $1.payload.count }
        guard bytes <= Limits.procedurePayload else {
            throw .invalid(
                "\(path)payload",
                "the steps hold \(bytes) bytes, more than \(Limits.procedurePayload)")
        }
    }
}
