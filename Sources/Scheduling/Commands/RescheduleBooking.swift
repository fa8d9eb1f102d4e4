public import Intervals

/// Moves a booking in time, and to another provider only when one is named.
public struct RescheduleBooking: Command {
    public var id: Identifier<Booking>
    public var expectedVersion: Int64
    public var start: Minute
    public var provider: Identifier<Provider>?

    public init(
        _ id: Identifier<Booking>, expectedVersion: Int64, start: Minute,
        provider: Identifier<Provider>?
    ) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.start = start
        self.provider = provider
    }

    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard var booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        let old = booking.segments[0]
        let provider = provider ?? old.provider
        if old.interval.start == start, old.provider == provider { return Decision([], booking) }
        guard booking.stage == .new || booking.stage == .confirmed else {
            throw Rejection(
                booking.stage == .cancelled ? .cancelled : .stage,
                "a booking in \(booking.stage.label) cannot be moved in time"
            ).about(id)
        }
        try organization.refuseIfProcedureStarted(booking)
        let request = SlotRequest(
            location: booking.location, service: old.service, providers: [provider], ignoring: id)
        var question = try organization.question(request, keeping: old, now: context.now)
        question.need.bufferBefore = old.bufferBefore
        question.need.bufferAfter = old.bufferAfter
        var moved = old
        moved.provider = try organization.assign(question, at: start)
        moved.interval = try question.segment(provider, at: start, anyProvider: false).interval
        moved.anyProvider = old.anyProvider && provider == old.provider
        try organization.check(version: booking.version, expected: expectedVersion, of: id)
        booking.segments[0] = moved
        // The new time has passed every rule; only the duration was not asked about.
        booking.overrides.removeAll { $0 != .durationNotOffered }
        booking.version += 1
        if let location = organization.locations[booking.location],
            let zone = try? organization.zones.zone(location.details.timeZone)
        {
            booking.timeZone = location.details.timeZone
            booking.utcOffset = zone.offsetMinutes(at: start)
        }
        return Decision([.put(.booking(booking))], booking)
    }
}

extension Organization {
    /// A question about moving a visit: its duration counts even where the service no longer offers
    /// it.
    func question(
        _ request: SlotRequest, keeping segment: BookingSegment, now: Instant
    ) throws(Rejection) -> SlotQuestion {
        var request = request
        request.duration = nil
        var question = try question(request, now: now)
        question.need.duration = Int32(segment.interval.durationMinutes)
        return question
    }

    /// A booking with a procedure beyond its draft stays where it is.
    func refuseIfProcedureStarted(_ booking: Booking) throws(Rejection) {
        let started = activeAttachments(of: booking).compactMap { procedures[$0.procedure] }
            .filter { $0.status != .draft }
        guard let first = started.first else { return }
        var rejection = Rejection(
            .procedureActive, "the booking has a procedure that has been submitted"
        ).about(first.id)
        rejection.blocking = started.map(\.id.description)
        throw rejection
    }

    /// The active attachments of all segments of a booking, in order.
    public func activeAttachments(of booking: Booking) -> [Attachment] {
        (1...Int32(booking.segments.count)).flatMap { segment in
            activeAttachments(of: SegmentKey(booking: booking.id, segment: segment))
        }
    }

    /// The active attachments of one segment, in order of id.
    public func activeAttachments(of segment: SegmentKey) -> [Attachment] {
        (activeAttachments[segment] ?? []).compactMap { attachments[$0] }
    }

    /// The active attachment of a procedure.
    public func activeAttachment(of procedure: Identifier<Procedure>) -> Attachment? {
        (attachmentsByProcedure[procedure] ?? []).lazy.compactMap { attachments[$0] }
            .first { $0.isActive }
    }

    /// Every attachment that a procedure has had, oldest first.
    public func attachmentHistory(of procedure: Identifier<Procedure>) -> [Attachment] {
        (attachmentsByProcedure[procedure] ?? []).compactMap { attachments[$0] }
    }
}
