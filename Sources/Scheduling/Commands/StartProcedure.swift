/// From the board: the checked-in booking moves to In Procedure and its draft is returned, in one
/// event. Where a draft is there already, it is that one.
public struct StartProcedure: Command {
    /// The card; in Check-in, or in In Procedure without a procedure.
    public var booking: Identifier<Booking>
    /// Which of its segments, 1 for the first; 0: the only one, and refused where there are
    /// several.
    public var segment: Int32
    /// How a new draft is filled in.
    public var view: ProcedureView
    /// The version that the booking must have; 0: any. Not compared where a draft is there.
    public var expectedVersion: Int64

    /// Names all that it needs.
    public init(
        booking: Identifier<Booking>, segment: Int32, view: ProcedureView, expectedVersion: Int64
    ) {
        self.booking = booking
        self.segment = segment
        self.view = view
        self.expectedVersion = expectedVersion
    }

    /// Refuses a card of another stage. A procedure of the segment that is still open is returned,
    /// in place of a second one.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        guard let booking = organization.bookings[booking] else {
            throw .unknown("booking", self.booking.description, field: "booking_id")
        }
        let segment = try organization.segment(segment, of: booking)
        if let existing = organization.openProcedure(of: booking, segment: segment) {
            return organization.resume(existing, of: booking, movesStage: true, context)
        }
        guard booking.stage == .checkIn || booking.stage == .inProcedure else {
            throw Rejection(
                booking.stage == .cancelled ? .cancelled : .stage,
                "a procedure starts from Check-in; the booking is in \(booking.stage.label)"
            ).about(booking.id)
        }
        return try organization.begin(
            booking, segment: segment, view: view, entry: .board, movesStage: true,
            externalRef: "", expectedVersion: expectedVersion, &context)
    }
}

/// From a patient, or from a row of the bookings list: a draft with what is known filled in.
public struct NewProcedure: Command {
    /// Where it is begun.
    public enum Source: Sendable {
        case patient(Identifier<Patient>)
        case booking(Identifier<Booking>, segment: Int32)
    }

    /// Where it is begun, and with what.
    public var source: Source
    /// How it is filled in.
    public var view: ProcedureView
    /// Also moves the booking from Check-in to In Procedure.
    public var advancesStage: Bool
    /// The version that the booking must have; 0: any. Not compared where a draft is there, nor of
    /// a patient.
    public var expectedVersion: Int64
    /// The client's own name of it, unique among its kind; at most 200 bytes, empty: none.
    public var externalRef: String

    /// Names all that it needs.
    public init(
        _ source: Source, view: ProcedureView, advancesStage: Bool, expectedVersion: Int64,
        externalRef: String
    ) {
        self.source = source
        self.view = view
        self.advancesStage = advancesStage
        self.expectedVersion = expectedVersion
        self.externalRef = externalRef
    }

    /// Refuses an unknown patient or booking, and of a booking what attaching refuses. A procedure
    /// of the segment that is still open is returned, in place of a second one.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        switch source {
        case .patient(let patient):
            let patient = try organization.patient(patient)
            try organization.checkFree(externalRef, kind: .procedure, name: "procedure")
            let procedure = Procedure(
                id: context.ids.next(), externalRef: externalRef, patient: patient, type: nil,
                view: view, entry: .patient, mdRequired: false, startedAt: context.now)
            let pair = AttachedPair(procedure: procedure, booking: nil)
            return Decision([.put(.procedure(procedure))], pair)
        case .booking(let id, let wish):
            guard let booking = organization.bookings[id] else {
                throw .unknown("booking", id.description, field: "booking_id")
            }
            let segment = try organization.segment(wish, of: booking)
            if let existing = organization.openProcedure(of: booking, segment: segment) {
                return organization.resume(
                    existing, of: booking, movesStage: advancesStage, context)
            }
            return try organization.begin(
                booking, segment: segment, view: view, entry: .booking,
                movesStage: advancesStage, externalRef: externalRef,
                expectedVersion: expectedVersion, &context)
        }
    }
}

extension Organization {
    /// The procedure of a segment that is still open: what a second start returns.
    fileprivate func openProcedure(of booking: Booking, segment: Int32) -> Attachment? {
        activeAttachments(of: SegmentKey(booking: booking.id, segment: segment))
            .first { attachment in
                let status = procedures[attachment.procedure]?.status
                let isAlone = profile.details.activeProceduresPerSegment == 1
                return status == .draft || (isAlone && status == .inProgress)
            }
    }

    /// Answers with the procedure that is there; the booking follows to In Procedure if it has not.
    fileprivate func resume(
        _ attachment: Attachment, of booking: Booking, movesStage: Bool, _ context: DecisionContext
    ) -> Decision<AttachedPair> {
        guard let procedure = procedures[attachment.procedure] else {
            preconditionFailure("attachment \(attachment.id) has no procedure")
        }
        var pair = AttachedPair(procedure: procedure, booking: booking)
        pair.isExisting = true
        guard movesStage, booking.stage == .checkIn else { return Decision([], pair) }
        var moved = booking
        moved.enter(.inProcedure, at: context.now, by: context.actor)
        moved.version += 1
        pair.booking = moved
        var writes: [RecordWrite] = [.put(.booking(moved))]
        if attachment.movedStageFrom != .checkIn {
            var attachment = attachment
            attachment.movedStageFrom = .checkIn
            writes.append(.put(.attachment(attachment)))
        }
        return Decision(writes, pair)
    }

    /// Makes a draft from a booking, attached.
    fileprivate func begin(
        _ booking: Booking, segment: Int32, view: ProcedureView, entry: ProcedureEntry,
        movesStage: Bool, externalRef: String, expectedVersion: Int64,
        _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        try checkFree(externalRef, kind: .procedure, name: "procedure")
        let procedure = Procedure(
            id: context.ids.next(), externalRef: externalRef, patient: booking.patient, type: nil,
            view: view, entry: entry, mdRequired: false, startedAt: context.now)
        var pair = AttachedPair(procedure: procedure, booking: nil)
        let attachment = try attach(
            &pair, booking, segment: segment, advancesStage: movesStage, &context)
        try check(version: booking.version, expected: expectedVersion, of: booking.id)
        return Decision(pair.writes(attachment), pair)
    }
}

extension AttachedPair {
    /// The records that attaching wrote, each once.
    func writes(_ attachment: Attachment) -> [RecordWrite] {
        var writes: [RecordWrite] = [.put(.procedure(procedure))]
        if let booking { writes.append(.put(.booking(booking))) }
        writes.append(.put(.attachment(attachment)))
        if let charge { writes.append(.put(.charge(charge))) }
        return writes
    }
}
