/// Attaches an existing booking to a draft.
public struct AttachBooking: Command {
    /// Which draft.
    public var procedure: Identifier<Procedure>
    /// Which booking; it must be the draft's patient's.
    public var booking: Identifier<Booking>
    /// Which of its segments, 1 for the first; 0: the only one, and refused where there are
    /// several.
    public var segment: Int32
    /// Also moves the booking from Check-in to In Procedure.
    public var advancesStage: Bool
    /// The version that the draft must have; 0: any.
    public var expectedVersion: Int64
    /// The version that the booking must have; 0: any.
    public var expectedBookingVersion: Int64

    /// Names all that it needs.
    public init(
        procedure: Identifier<Procedure>, booking: Identifier<Booking>, segment: Int32,
        advancesStage: Bool, expectedVersion: Int64, expectedBookingVersion: Int64
    ) {
        self.procedure = procedure
        self.booking = booking
        self.segment = segment
        self.advancesStage = advancesStage
        self.expectedVersion = expectedVersion
        self.expectedBookingVersion = expectedBookingVersion
    }

    /// Refuses a procedure that is no draft or has another booking, and a segment that
    /// `attachmentRefusal` refuses. What is attached so already changes nothing, whatever versions
    /// were expected.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        let procedure = try organization.draft(procedure)
        guard let booking = organization.bookings[booking] else {
            throw .unknown("booking", self.booking.description, field: "booking_id")
        }
        let segment = try organization.segment(segment, of: booking)
        if let active = organization.activeAttachment(of: procedure.id),
            active.booking == booking.id, active.segment == segment
        {
            return Decision([], AttachedPair(procedure: procedure, booking: booking))
        }
        var pair = AttachedPair(procedure: procedure, booking: nil)
        let attachment = try organization.attach(
            &pair, booking, segment: segment, advancesStage: advancesStage, &context)
        try organization.check(
            version: procedure.version, expected: expectedVersion, of: procedure.id)
        try organization.check(
            version: booking.version, expected: expectedBookingVersion, of: booking.id)
        pair.procedure.version += 1
        return Decision(pair.writes(attachment), pair)
    }
}

/// Creates a booking for a draft's patient and attaches it, in one event.
public struct CreateBookingAndAttach: Command {
    /// Which draft; it must have no booking.
    public var procedure: Identifier<Procedure>
    /// What is booked, for the draft's patient.
    public var new: NewBooking
    /// The version that the draft must have; 0: any.
    public var expectedVersion: Int64

    /// Names all that it needs.
    public init(procedure: Identifier<Procedure>, _ new: NewBooking, expectedVersion: Int64) {
        self.procedure = procedure
        self.new = new
        self.expectedVersion = expectedVersion
    }

    /// Refuses what `AttachBooking` and `CreateBooking` refuse; paths of fields begin with
    /// `booking`.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        let procedure = try organization.draft(procedure)
        // Before the slot: a repeated call would find it taken by its own first booking.
        try organization.refuseIfAttached(procedure)
        var pair = AttachedPair(procedure: procedure, booking: nil)
        let planned: PlannedBooking
        do {
            planned = try organization.plan(new, patient: procedure.patient, &context)
        } catch {
            throw error.ofSlot(foundAt: new.foundAt, in: organization).nested(in: "booking")
        }
        let attachment = try organization.attach(
            &pair, planned.booking, segment: 1, advancesStage: false, &context)
        try organization.check(
            version: procedure.version, expected: expectedVersion, of: procedure.id)
        pair.procedure.version += 1
        pair.booking = planned.booking
        return Decision(planned.writes.dropLast() + pair.writes(attachment), pair)
    }
}

/// Takes the booking off a draft again.
///
/// Of a draft only, as decisions.md has it and not procedures.md 6, which names IN_PROGRESS as
/// well: the table of the portal's own facts says nothing of it, and by procedures.md 2 a procedure
/// without a booking is legal only as a draft. One that is in progress gets another booking by
/// `ReattachBooking`, or ends.
public struct DetachBooking: Command {
    /// Which draft.
    public var procedure: Identifier<Procedure>
    /// Why.
    public var reason: String
    /// The version that the procedure must have; 0: any.
    public var expectedVersion: Int64
    /// The version that its booking must have; 0: any.
    public var expectedBookingVersion: Int64

    /// Names all that it needs.
    public init(
        procedure: Identifier<Procedure>, reason: String, expectedVersion: Int64,
        expectedBookingVersion: Int64 = 0
    ) {
        self.procedure = procedure
        self.reason = reason
        self.expectedVersion = expectedVersion
        self.expectedBookingVersion = expectedBookingVersion
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        var procedure = try organization.draft(procedure)
        guard let attachment = organization.activeAttachment(of: procedure.id),
            var booking = organization.bookings[attachment.booking]
        else {
            throw Rejection(.notAttached, "no booking is attached").about(procedure.id)
        }
        try organization.check(
            version: procedure.version, expected: expectedVersion, of: procedure.id)
        try organization.check(
            version: booking.version, expected: expectedBookingVersion, of: booking.id)
        let handed = organization.returnStage(of: &booking, ending: attachment, context)
        booking.version += 1
        organization.loseBooking(&procedure)
        procedure.version += 1
        let pair = AttachedPair(procedure: procedure, booking: booking)
        let writes = organization.ending(attachment, reason: reason, context) + handed
        return Decision([.put(.procedure(procedure)), .put(.booking(booking))] + writes, pair)
    }
}

extension Organization {
    /// The procedure, which must be a draft.
    func draft(_ id: Identifier<Procedure>) throws(Rejection) -> Procedure {
        guard let procedure = procedures[id] else {
            throw .unknown("procedure", id.description, field: "procedure_id")
        }
        guard procedure.status == .draft else {
            throw Rejection(
                .procedureStatus, "the procedure is no draft any more: it has been submitted"
            ).about(id)
        }
        return procedure
    }
}

extension Rejection {
    /// The same refusal, of a message that is a field of another.
    /// The path grows by the name of the field that holds the message.
    public func nested(in parent: String) -> Rejection {
        guard let field else { return self }
        var copy = self
        copy.field = "\(parent).\(field)"
        if message.hasPrefix(field) { copy.message = "\(parent).\(message)" }
        return copy
    }
}
