/// A procedure as another system holds it, its references resolved.
public struct ImportProcedure: Command {
    /// The other system's name of it: what makes a repeated import harmless.
    public var externalRef: String
    /// On whom.
    public var patient: Identifier<Patient>
    /// Attached to which booking.
    public var booking: Identifier<Booking>
    /// What kind; nil: not chosen yet, as only in a draft.
    public var type: Identifier<ProcedureType>?
    /// A draft, under way, or done.
    public var status: ProcedureStatus
    /// When it began.
    public var startedAt: Instant
    /// When it was done; nil: not yet.
    public var completedAt: Instant?

    /// Not for treatment or billing.
    public var isConsultOnly = false
    /// Attached to which of the booking's segments, from 1.
    public var segment: Int32 = 1
    /// Who signed it, if it is.
    public var signature: Signature?

    /// A procedure with all that is known of it.
    public init(
        externalRef: String, patient: Identifier<Patient>, booking: Identifier<Booking>,
        type: Identifier<ProcedureType>?, status: ProcedureStatus, startedAt: Instant,
        completedAt: Instant?
    ) {
        self.externalRef = externalRef
        self.patient = patient
        self.booking = booking
        self.type = type
        self.status = status
        self.startedAt = startedAt
        self.completedAt = completedAt
    }

    /// Attaches in any stage: what was done was done.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<(Identifier<Procedure>, ImportOutcome)> {
        let survivor = organization.survivor(of: patient)
        if survivor != patient {
            var following = self
            following.patient = survivor
            return try following.decide(on: organization, &context)
        }
        if let old = known(in: organization) {
            let attached = organization.activeAttachment(of: old.id)
            guard old.patient == patient, old.type == type, old.status == status,
                old.startedAt == startedAt, old.completedAt == completedAt,
                old.signature == signature, old.isConsultOnly == isConsultOnly,
                attached?.booking == booking,
                attached?.segment == segment
            else {
                throw Rejection(
                    .externalRefTaken, "the procedure exists with other fields; it is not changed"
                ).about(old.id)
            }
            return Decision([], (old.id, .unchanged))
        }
        let booking = try checkedBooking(in: organization)
        var procedure = Procedure(
            id: context.ids.next(), externalRef: externalRef, patient: patient, type: type,
            view: .singlePage, status: status, entry: .imported,
            isConsultOnly: isConsultOnly, mdRequired: false,
            startedAt: startedAt, submittedAt: status == .draft ? nil : startedAt,
            completedAt: completedAt, signature: signature)
        organization.derivePermission(of: &procedure, attachedTo: booking, segment: segment)
        let attachment = Attachment(
            id: context.ids.next(), procedure: procedure.id, booking: booking.id, segment: segment,
            attachedBy: context.actor, attachedAt: context.now)
        return Decision(
            [.put(.procedure(procedure)), .put(.attachment(attachment))],
            (procedure.id, .created))
    }

    /// The booking, when the procedure can be attached to it.
    private func checkedBooking(in organization: Organization) throws(Rejection) -> Booking {
        guard let booking = organization.bookings[booking] else {
            throw .unknown("booking", self.booking.description, field: "procedure.booking_ref")
        }
        guard booking.patient == patient else {
            throw Rejection(.patientMismatch, "the booking belongs to another patient")
                .about(booking.id)
        }
        try checkType(in: organization)
        switch status {
        case .draft, .inProgress, .completed, .signed: break
        default:
            throw .invalid("procedure.status", "only a draft comes in, or one under way or done")
        }
        guard (status == .signed) == (signature != nil) else {
            throw .invalid("procedure.signature", "is there if and only if it is signed")
        }
        guard booking.segments.indices.contains(Int(segment) - 1) else {
            throw .invalid("procedure.segment", "the booking has \(booking.segments.count)")
        }
        let key = SegmentKey(booking: booking.id, segment: segment)
        let active = organization.activeAttachments(of: key)
        let most = organization.profile.details.activeProceduresPerSegment
        if most != 0, active.count >= Int(most) {
            throw Rejection(.alreadyAttached, "the booking is attached already")
                .about(active[0].procedure)
        }
        return booking
    }

    private func checkType(in organization: Organization) throws(Rejection) {
        guard let type else {
            guard status == .draft else {
                throw .invalid("procedure.procedure_type_ref", "is missing: it is no draft")
            }
            return
        }
        guard organization.procedureTypes[type] != nil else {
            throw .unknown(
                "procedure_type", type.description, field: "procedure.procedure_type_ref")
        }
    }

    /// The procedure of this name; one that has no external reference goes by its id.
    private func known(in organization: Organization) -> Procedure? {
        if let id: Identifier<Procedure> = organization.identifier(
            .procedure, externalRef: externalRef)
        {
            return organization.procedures[id]
        }
        guard let id = Identifier<Procedure>(externalRef), let old = organization.procedures[id],
            old.externalRef.isEmpty
        else { return nil }
        return old
    }
}
