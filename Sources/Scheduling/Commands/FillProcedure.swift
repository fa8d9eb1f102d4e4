/// Ends a draft: the wizard's last page; or the whole single page at once, which creates it.
public struct SubmitProcedure: Command {
    /// The booking that a draft without one gets.
    public enum BookingChoice: Sendable {
        case none
        case existing(Identifier<Booking>, segment: Int32, expectedVersion: Int64)
        case new(NewBooking)
    }

    /// Nil: the single page.
    public var procedure: Identifier<Procedure>?
    /// Whose; needed without a draft, and of a draft must be its patient.
    public var patient: Identifier<Patient>?
    /// The booking, where the draft has none.
    public var booking: BookingChoice = .none
    /// The kind; nil: the draft's, or the only one that the booking's service leads to.
    public var type: Identifier<ProcedureType>?
    /// Steps 3 and up, each at most once.
    public var steps: [ProcedureStep] = []
    /// Not for treatment or billing. False leaves a draft's own word.
    public var isConsultOnly = false
    /// The client's own name of a procedure that this creates; at most 200 bytes, empty: none.
    public var externalRef = ""
    /// Also moves an existing booking from Check-in to In Procedure.
    public var advancesStage = false
    /// The version that the draft must have; 0: any. Not compared without a draft.
    public var expectedVersion: Int64 = 0

    /// Without a draft the single page, which creates the procedure.
    public init(procedure: Identifier<Procedure>?, patient: Identifier<Patient>?) {
        self.procedure = procedure
        self.patient = patient
    }

    /// Refuses while patient, booking or type is missing, and what attaching, booking and saving a
    /// step refuse. The procedure is in progress afterwards.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        var old: Procedure?
        if let procedure { old = try organization.draft(procedure) }
        let draft: Procedure
        if let old { draft = old } else { draft = try blank(organization, &context) }
        var pair = AttachedPair(procedure: draft, booking: nil)
        if isConsultOnly { pair.procedure.isConsultOnly = true }
        if let patient, organization.survivor(of: patient) != pair.procedure.patient {
            throw Rejection(.patientMismatch, "the draft belongs to another patient")
                .about(pair.procedure.id)
        }
        if let type { try organization.chooseType(type, for: &pair.procedure) }
        var (writes, attached) = try attach(&pair, organization, &context)
        guard pair.procedure.type != nil else {
            throw Rejection(.stepIncomplete, "step 2 lacks its procedure type")
                .about(pair.procedure.id)
        }
        for (index, step) in steps.enumerated() {
            try organization.save(step, at: "steps[\(index)].", in: &pair.procedure)
        }
        if let old {
            try organization.check(version: old.version, expected: expectedVersion, of: old.id)
            pair.procedure.version += 1
        }
        if let attached, case .existing(_, _, let expected) = booking {
            try organization.check(version: attached.version, expected: expected, of: attached.id)
        }
        pair.procedure.status = .inProgress
        pair.procedure.submittedAt = context.now
        writes.append(.put(.procedure(pair.procedure)))
        writes += organization.chargeWrites(following: pair.procedure)
        return Decision(writes, pair)
    }

    private func blank(
        _ organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Procedure {
        guard let named = patient else { throw .invalid("patient_id", "is missing") }
        let patient = try organization.patient(named)
        try organization.checkFree(externalRef, kind: .procedure, name: "procedure")
        return Procedure(
            id: context.ids.next(), externalRef: externalRef, patient: patient, type: nil,
            view: .singlePage, entry: .form, mdRequired: false, startedAt: context.now)
    }

    /// Finds or makes the booking; returns what is written besides the procedure, and the existing
    /// booking as it was, whose version is compared when everything else has passed.
    private func attach(
        _ pair: inout AttachedPair, _ organization: Organization,
        _ context: inout DecisionContext
    ) throws(Rejection) -> (writes: [RecordWrite], attached: Booking?) {
        switch booking {
        case .none:
            guard let active = organization.activeAttachment(of: pair.procedure.id) else {
                throw Rejection(.stepIncomplete, "step 2 lacks its booking")
                    .about(pair.procedure.id)
            }
            pair.booking = organization.bookings[active.booking]
            organization.derivePermission(of: &pair.procedure)
            return ([], nil)
        case .existing(let id, let wish, _):
            guard let booking = organization.bookings[id] else {
                throw .unknown("booking", id.description, field: "booking_id")
            }
            let segment = try organization.segment(wish, of: booking)
            if let active = organization.activeAttachment(of: pair.procedure.id),
                active.booking == id, active.segment == segment
            {
                pair.booking = booking
                organization.derivePermission(of: &pair.procedure)
                return ([], nil)
            }
            let attachment = try organization.attach(
                &pair, booking, segment: segment, advancesStage: advancesStage, &context)
            return (Array(pair.writes(attachment).dropFirst()), booking)
        case .new(let new):
            let planned: PlannedBooking
            do {
                planned = try organization.plan(new, patient: pair.procedure.patient, &context)
            } catch {
                throw error.ofSlot(foundAt: new.foundAt, in: organization)
                    .nested(in: "new_booking")
            }
            let attachment = try organization.attach(
                &pair, planned.booking, segment: 1, advancesStage: advancesStage, &context)
            // Booked and moved on in one event, it is written once: its first version.
            pair.booking?.version = planned.booking.version
            return (planned.writes.dropLast() + pair.writes(attachment).dropFirst(), nil)
        }
    }
}

/// The treatment is done. A procedure that is completed already stays as it is.
///
/// Steps from 3 on are not asked whether they are done: they are opaque, so that what must be
/// filled in is their owner's to judge (procedures.md 3; decisions.md, "Procedure life", names
/// patient, booking and type alone). Their mark tells the wizard where to go on.
public struct CompleteProcedure: Command {
    /// Which, in progress.
    public var procedure: Identifier<Procedure>
    /// The version that the procedure must have; 0: any. Not compared of one that is completed.
    public var expectedVersion: Int64

    /// Names all that it needs.
    public init(procedure: Identifier<Procedure>, expectedVersion: Int64) {
        self.procedure = procedure
        self.expectedVersion = expectedVersion
    }

    /// Refuses a draft, and a procedure that has been given up.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Procedure> {
        guard var procedure = organization.procedures[procedure] else {
            throw .unknown("procedure", self.procedure.description, field: "procedure_id")
        }
        switch procedure.status {
        case .completed, .signed:
            return Decision([], procedure)
        case .draft:
            throw Rejection(.procedureStatus, "the procedure is a draft: submit it first")
                .about(procedure.id)
        case .abandoned, .cancelled, .enteredInError:
            throw Rejection(.procedureStatus, "the procedure has been given up")
                .about(procedure.id)
        case .inProgress:
            break
        }
        try organization.check(
            version: procedure.version, expected: expectedVersion, of: procedure.id)
        procedure.status = .completed
        procedure.completedAt = context.now
        procedure.version += 1
        let charges = organization.chargeWrites(following: procedure)
        return Decision([.put(.procedure(procedure))] + charges, procedure)
    }
}
