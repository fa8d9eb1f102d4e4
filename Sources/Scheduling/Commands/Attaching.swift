// The tie between a procedure and a booking's segment: procedures.md 6, once for every command.

/// A procedure and its booking after a command.
public struct AttachedPair: Sendable {
    /// As it is once the command's event is applied.
    public var procedure: Procedure
    /// The booking that it is attached to; nil: none. After detaching, the one that it had.
    public var booking: Booking?
    /// What is odd and was let pass.
    public var warnings: [Reason] = []
    /// The procedure existed before.
    public var isExisting = false
    /// What attaching charges.
    var charge: Charge?

    /// A pair without warnings and charges.
    public init(procedure: Procedure, booking: Booking?) {
        self.procedure = procedure
        self.booking = booking
    }
}

extension Organization {
    /// The segment that a request means: 0 is the only one.
    func segment(_ wish: Int32, of booking: Booking) throws(Rejection) -> Int32 {
        if wish == 0 {
            guard booking.segments.count == 1 else {
                throw Rejection(.segmentNeeded, "the booking has several segments; name one")
                    .about(booking.id)
            }
            return 1
        }
        guard wish >= 1, wish <= Int32(booking.segments.count) else {
            throw .invalid("segment", "the booking has segments 1 to \(booking.segments.count)")
        }
        return wish
    }

    /// Why a segment cannot be attached to a procedure of this type now; nil when it can. What the
    /// dropdown shows and what attaching refuses are this one answer.
    func whyNotAttachable(
        _ booking: Booking, segment: Int32, to type: Identifier<ProcedureType>?
    ) -> Rejection? {
        if let refusal = whyNotAttachable(booking, segment: segment) { return refusal }
        let service = booking.segments[Int(segment) - 1].service
        guard profile.details.refusesWrongService, isOdd(service, for: type) else { return nil }
        return Rejection(.wrongServiceForType, "the service belongs to other procedure types")
            .about(service)
    }

    /// As far as the booking's stage and its procedures go.
    private func whyNotAttachable(_ booking: Booking, segment: Int32) -> Rejection? {
        switch booking.stage {
        case .new, .confirmed, .checkIn, .inProcedure:
            break
        case .cancelled:
            return Rejection(.cancelled, "the booking is cancelled").about(booking.id)
        case .waitlist, .billing, .checkout, .noShow, .archived:
            return Rejection(.stage, "the booking is in \(booking.stage.label)").about(booking.id)
        }
        let active = activeAttachments(of: SegmentKey(booking: booking.id, segment: segment))
        let most = profile.details.activeProceduresPerSegment
        guard most != 0, active.count >= Int(most), let holder = active.first else { return nil }
        var rejection = Rejection(
            .alreadyAttached, "the booking is attached to \(holder.procedure)"
        ).about(holder.procedure)
        rejection.blocking = active.map(\.procedure.description)
        return rejection
    }

    /// A procedure has at most one booking.
    func refuseIfAttached(_ procedure: Procedure) throws(Rejection) {
        guard let attachment = activeAttachment(of: procedure.id) else { return }
        throw Rejection(.procedureAttached, "the procedure is attached to \(attachment.booking)")
            .about(attachment.booking)
    }

    /// Attaches a booking's segment to a draft, in place; the caller writes all three records.
    func attach(
        _ pair: inout AttachedPair, _ booking: Booking, segment: Int32, advancesStage: Bool,
        _ context: inout DecisionContext
    ) throws(Rejection) -> Attachment {
        guard pair.procedure.status == .draft else {
            throw Rejection(.procedureStatus, "only a draft can be attached")
                .about(pair.procedure.id)
        }
        guard booking.patient == pair.procedure.patient else {
            throw Rejection(.patientMismatch, "the booking belongs to another patient")
                .about(booking.id)
        }
        try refuseIfAttached(pair.procedure)
        if let refusal = whyNotAttachable(booking, segment: segment, to: pair.procedure.type) {
            throw refusal
        }

        var booking = booking
        let service = booking.segments[Int(segment) - 1].service
        pair.procedure.type = pair.procedure.type ?? onlyType(of: service)?.id
        if isOdd(service, for: pair.procedure.type) { pair.warnings.append(.wrongServiceForType) }
        derivePermission(of: &pair.procedure, attachedTo: booking, segment: segment)
        var attachment = Attachment(
            id: context.ids.next(), procedure: pair.procedure.id, booking: booking.id,
            segment: segment, attachedBy: context.actor, attachedAt: context.now)
        if advancesStage, booking.stage == .checkIn {
            attachment.movedStageFrom = .checkIn
            booking.enter(.inProcedure, at: context.now, by: context.actor)
        }
        booking.version += 1
        pair.booking = booking
        pair.charge = charge(for: pair.procedure, booking, segment: segment, &context)
        return attachment
    }

    /// The service belongs to other types than this one.
    func isOdd(_ service: Identifier<Service>, for type: Identifier<ProcedureType>?) -> Bool {
        guard let type = type.flatMap({ procedureTypes[$0] }) else { return false }
        return !type.details.services.isEmpty && !type.details.services.contains(service)
    }

    /// The type that a service leads to, where it is exactly one.
    func onlyType(of service: Identifier<Service>) -> ProcedureType? {
        guard let types = typesByService[service], types.count == 1 else { return nil }
        return procedureTypes[types[0]]
    }

    /// Sets the type that a client chose; whose permission that asks for is derived after it.
    func chooseType(
        _ id: Identifier<ProcedureType>, for procedure: inout Procedure
    ) throws(Rejection) {
        guard let type = procedureTypes[id] else {
            throw .unknown("proctype", id.description, field: "procedure_type_id")
        }
        if type.details.isArchived, procedure.type != id {
            throw Rejection(.procedureTypeInactive, "the procedure type is archived").about(id)
        }
        procedure.type = id
    }

    /// Says whether a physician's permission is needed: the type asks for one, or the provider of
    /// the segment that is attached. Derived anew with every change of either, so that what a
    /// wrong type or a wrong booking asked for goes with it.
    func derivePermission(
        of procedure: inout Procedure, attachedTo booking: Booking?, segment: Int32
    ) {
        let type = procedure.type.flatMap { procedureTypes[$0] }
        let provider = booking.flatMap { providers[$0.segments[Int(segment) - 1].provider] }
        procedure.mdRequired =
            type?.details.mdRequired == true || provider?.details.mdRequired == true
    }

    /// The same, of the booking that it is attached to now.
    func derivePermission(of procedure: inout Procedure) {
        let active = activeAttachment(of: procedure.id)
        derivePermission(
            of: &procedure, attachedTo: active.flatMap { bookings[$0.booking] },
            segment: active?.segment ?? 1)
    }

    // MARK: The wizard

    /// Steps of the wizard: the type's, or 3 while it is not chosen.
    public func stepCount(of procedure: Procedure) -> Int32 {
        procedure.type.flatMap { procedureTypes[$0]?.details.stepCount } ?? 3
    }

    /// The valid steps, ascending. 1: a patient, which every procedure has; 2: an active attachment
    /// and a type; from 3 on what the client says.
    public func stepsDone(of procedure: Procedure) -> [Int32] {
        var done: [Int32] = [1]
        if activeAttachment(of: procedure.id) != nil, procedure.type != nil { done.append(2) }
        let count = stepCount(of: procedure)
        done += procedure.steps.filter { $0.isDone && $0.step <= count }.map(\.step)
        return done
    }

    /// The first step that is not valid; the last one when all are.
    public func currentStep(of procedure: Procedure) -> Int32 {
        let count = stepCount(of: procedure)
        let done = Set(stepsDone(of: procedure))
        return (1...count).first { !done.contains($0) } ?? count
    }
}
