/// Puts another booking in the place of the one that a procedure has, in one event: the old
/// attachment is superseded, and what is charged follows.
public struct ReattachBooking: Command {
    /// Which procedure.
    public var procedure: Identifier<Procedure>
    /// The booking that it has.
    public var from: Identifier<Booking>
    /// The booking that it shall have.
    public var to: Identifier<Booking>
    /// Which segment, 1 for the first; 0: the only one.
    public var segment: Int32
    /// Why.
    public var reason: String
    /// The new booking moves from Check-in to In Procedure.
    public var advancesStage: Bool
    /// The procedure's.
    public var expectedVersion: Int64
    /// The version that the old booking must have; 0: any.
    public var expectedFromVersion: Int64
    /// The version that the new booking must have; 0: any.
    public var expectedToVersion: Int64

    /// Names all that it needs.
    public init(
        procedure: Identifier<Procedure>, from: Identifier<Booking>, to: Identifier<Booking>,
        segment: Int32, reason: String, advancesStage: Bool = false, expectedVersion: Int64,
        expectedFromVersion: Int64, expectedToVersion: Int64
    ) {
        self.procedure = procedure
        self.from = from
        self.to = to
        self.segment = segment
        self.reason = reason
        self.advancesStage = advancesStage
        self.expectedVersion = expectedVersion
        self.expectedFromVersion = expectedFromVersion
        self.expectedToVersion = expectedToVersion
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        guard let procedure = organization.procedures[procedure] else {
            throw .unknown("procedure", self.procedure.description, field: "procedure_id")
        }
        guard let from = organization.bookings[from] else {
            throw .unknown("booking", self.from.description, field: "from_booking_id")
        }
        guard let to = organization.bookings[to] else {
            throw .unknown("booking", self.to.description, field: "to_booking_id")
        }
        let segment = try organization.segment(segment, of: to)
        let active = organization.activeAttachment(of: procedure.id)
        if let active, active.booking == to.id, active.segment == segment {
            guard from.id != to.id else {
                throw Rejection(.alreadyAttached, "it is attached to this segment already")
                    .about(procedure.id)
            }
            return Decision([], AttachedPair(procedure: procedure, booking: to))
        }
        try checkMovable(procedure, organization)
        guard let active else {
            throw Rejection(.notAttached, "no booking is attached").about(procedure.id)
        }
        guard active.booking == from.id else {
            throw Rejection(.procedureAttached, "the procedure is attached to \(active.booking)")
                .about(active.booking)
        }
        guard to.patient == procedure.patient else {
            throw Rejection(.patientMismatch, "the booking belongs to another patient")
                .about(to.id)
        }
        let refusal = organization.whyNotAttachable(to, segment: segment, to: procedure.type)
        if let refusal { throw refusal }
        let service = to.segments[Int(segment) - 1].service
        let isOdd = organization.isOdd(service, for: procedure.type)
        try organization.check(
            version: procedure.version, expected: expectedVersion, of: procedure.id)
        try organization.check(version: from.version, expected: expectedFromVersion, of: from.id)
        try organization.check(version: to.version, expected: expectedToVersion, of: to.id)
        var decision = replace(active, procedure, from, to, segment, organization, &context)
        decision.outcome.warnings = isOdd ? [.wrongServiceForType] : []
        return decision
    }

    private func checkMovable(
        _ procedure: Procedure, _ organization: Organization
    ) throws(Rejection) {
        guard procedure.status != .signed else {
            throw Rejection(.procedureSigned, "the procedure is signed").about(procedure.id)
        }
        guard !procedure.status.isClosed else {
            throw Rejection(.procedureStatus, "the procedure has been given up")
                .about(procedure.id)
        }
        try organization.refuseIfBilled(procedure)
    }

    private func replace(
        _ active: Attachment, _ old: Procedure, _ from: Booking, _ to: Booking, _ segment: Int32,
        _ organization: Organization, _ context: inout DecisionContext
    ) -> Decision<AttachedPair> {
        var superseded = active
        superseded.detachment = Detachment(
            actor: context.actor, at: context.now, reason: reason, isSuperseded: true)
        var attachment = Attachment(
            id: context.ids.next(), procedure: old.id, booking: to.id, segment: segment,
            attachedBy: context.actor, attachedAt: context.now)
        var writes: [RecordWrite] = [.put(.attachment(superseded))]
        var target = to
        if from.id == to.id {
            attachment.movedStageFrom = active.movedStageFrom
        } else {
            var left = from
            writes += organization.returnStage(of: &left, ending: active, context)
            left.version += 1
            writes.append(.put(.booking(left)))
            if advancesStage, target.stage == .checkIn {
                attachment.movedStageFrom = .checkIn
                target.enter(.inProcedure, at: context.now, by: context.actor)
            }
        }
        target.version += 1
        var procedure = old
        organization.derivePermission(of: &procedure, attachedTo: target, segment: segment)
        if from.id != to.id { procedure.bookingRescheduledAt = nil }
        procedure.version += 1
        for charge in organization.charges(of: old.id) where charge.status.isOpen {
            var following = charge
            following.booking = to.id
            following.segment = segment
            following.version += 1
            writes.append(.put(.charge(following)))
        }
        let pair = AttachedPair(procedure: procedure, booking: target)
        writes += [
            .put(.procedure(procedure)), .put(.booking(target)), .put(.attachment(attachment)),
        ]
        return Decision(writes, pair)
    }
}
