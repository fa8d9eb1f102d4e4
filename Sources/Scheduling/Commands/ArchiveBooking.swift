/// Puts a booking away, for a reason; its time is free. Drafts lose it; what has begun keeps it.
/// One that is put away already stays so.
public struct ArchiveBooking: Command {
    /// Which.
    public var id: Identifier<Booking>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// Why.
    public var reason: String

    /// Names all that it needs.
    public init(_ id: Identifier<Booking>, expectedVersion: Int64, reason: String) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.reason = reason
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        try MoveBooking(id, expectedVersion: expectedVersion, to: .archived, reason: reason)
            .decide(on: organization, &context)
    }
}

/// Brings a booking back that was archived, cancelled or missed: an archived one to where it was,
/// the others to Confirmed or New, whichever they were last. Its time must still be free. One that
/// is none of these stays as it is.
public struct RestoreBooking: Command {
    /// Which.
    public var id: Identifier<Booking>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// Why.
    public var reason: String

    /// Names all that it needs.
    public init(_ id: Identifier<Booking>, expectedVersion: Int64, reason: String) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.reason = reason
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard let booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        let stages = booking.stageHistory.map(\.stage)
        let stage: Stage
        switch booking.stage {
        case .archived:
            stage = stages.dropLast().last ?? .new
        case .cancelled, .noShow:
            stage = stages.last { $0 == .new || $0 == .confirmed } ?? .new
        case .waitlist, .new, .confirmed, .checkIn, .inProcedure, .billing, .checkout:
            return Decision([], booking)
        }
        let back = MoveBooking(id, expectedVersion: expectedVersion, to: stage, reason: reason)
        return try organization.move(booking, back, isUndo: false, context)
    }
}

/// Removes a booking as if it had never been, or archives it: once money was taken, a procedure was
/// attached or the visit went beyond Check-in, it is part of the record.
public struct DeleteBooking: Command {
    /// Which.
    public var id: Identifier<Booking>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// Why.
    public var reason: String

    /// What became of the booking.
    public struct Result: Sendable {
        /// As it was, or as it is archived.
        public var booking: Booking
        /// It is gone.
        public var isDeleted: Bool
    }

    /// Names all that it needs.
    public init(_ id: Identifier<Booking>, expectedVersion: Int64, reason: String) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.reason = reason
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Result> {
        guard let booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        let wasAttached = organization.attachmentsByBooking[id]?.isEmpty == false
        if wasAttached || booking.deposit?.isPaid == true || booking.wasVisit {
            let archive = ArchiveBooking(id, expectedVersion: expectedVersion, reason: reason)
            let archived = try archive.decide(on: organization, &context)
            return Decision(
                archived.writes, Result(booking: archived.outcome, isDeleted: false))
        }
        try organization.check(version: booking.version, expected: expectedVersion, of: id)
        let key = RecordKey(kind: .booking, id: id.value)
        return Decision([.remove(key)], Result(booking: booking, isDeleted: true))
    }
}

extension Booking {
    /// The visit has gone beyond Check-in, now or as far back as its history reaches.
    fileprivate var wasVisit: Bool {
        stageHistory.contains { change in
            switch change.stage {
            case .inProcedure, .billing, .checkout: true
            case .waitlist, .new, .confirmed, .checkIn, .noShow, .cancelled, .archived: false
            }
        }
    }
}
