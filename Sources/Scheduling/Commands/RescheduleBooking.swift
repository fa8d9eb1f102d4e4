public import Intervals

/// Moves a booking in time, and to another provider only when one is named. One that was put on the
/// waitlist takes the time, its old one too, and goes back to New.
public struct RescheduleBooking: Command {
    /// Which.
    public var id: Identifier<Booking>
    /// The version that the booking must have; 0: any.
    public var expectedVersion: Int64
    /// The new first minute; durations and buffers stay as they were booked.
    public var start: Minute
    /// Only of a booking of one segment.
    public var provider: Identifier<Provider>?
    /// Rules that may be broken.
    public var overrides = OverrideWish()
    /// Move it although its procedure has begun; one that is signed or billed stays.
    public var overridesStarted = false
    /// The caller's own hold of the new time.
    public var hold: Identifier<Hold>?

    /// Names what most moves need; the rest keeps its defaults.
    public init(
        _ id: Identifier<Booking>, expectedVersion: Int64, start: Minute,
        provider: Identifier<Provider>?
    ) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.start = start
        self.provider = provider
    }

    /// Refuses from Check-in on, what has begun or is billed, and what booking the new time
    /// refuses. A move to where it is changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard let booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        if let hold { return try decide(booking, onto: hold, in: organization, context) }
        let isSameProvider = provider == nil || provider == booking.segments[0].provider
        if booking.start == start, isSameProvider, booking.stage != .waitlist {
            return Decision([], booking)
        }
        if booking.segments.count > 1, provider != nil {
            throw .invalid("provider_id", "the booking has several segments")
        }
        let allowed = try overrides.allowed(to: context.role)
        let moved = try organization.rescheduled(
            booking, to: start, provider: provider, allowing: allowed, note: overrides.note,
            overStarted: overridesStarted, context)
        try organization.check(version: booking.version, expected: expectedVersion, of: id)
        let told = organization.procedureWrites(following: moved, from: booking, context)
        return Decision([.put(.booking(moved))] + told, moved)
    }
}

/// Moves all bookings of a group that are still to come by the same time: all of them or none.
public struct RescheduleBookingGroup: Command {
    /// Which.
    public var id: Identifier<BookingGroup>
    /// The new start of the earliest.
    public var start: Minute
    /// The versions that some of the bookings are expected to have.
    public var expectedVersions: [Identifier<Booking>: Int64] = [:]
    /// Rules that any of them may break.
    public var overrides = OverrideWish()

    /// Why they break rules.
    public var reason: String { overrides.note }

    /// Moves the group's earliest booking to a start.
    public init(_ id: Identifier<BookingGroup>, start: Minute) {
        self.id = id
        self.start = start
    }

    /// Refuses all of them with the first refusal of one, and names the booking.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<[Booking]> {
        let all = organization.bookings(of: id)
        guard !all.isEmpty else {
            throw .unknown("group", id.description, field: "group_id")
        }
        let allowed = try overrides.allowed(to: context.role)
        let movable = all.filter { $0.stage == .new || $0.stage == .confirmed }
        guard let earliest = movable.map(\.start).min() else {
            throw Rejection(.stage, "no booking of the group is still to come").about(id)
        }
        for id in expectedVersions.keys.sorted() where !all.contains(where: { $0.id == id }) {
            throw .invalid("expected_versions", "\(id) is no booking of the group")
        }
        let minutes = Int32(clamping: earliest.minutes(until: start))
        if minutes == 0 { return Decision([], all) }
        var pending = PendingBookings(moving: movable, in: organization)
        var moved: [Booking] = []
        for (index, booking) in movable.enumerated() {
            do throws(Rejection) {
                let next = try organization.rescheduled(
                    booking, to: booking.start.clampedAdding(minutes: minutes), provider: nil,
                    allowing: allowed, note: overrides.note, context, pending: pending)
                try organization.check(
                    version: booking.version, expected: expectedVersions[booking.id] ?? 0,
                    of: booking.id)
                pending.add(next, in: organization)
                moved.append(next)
            } catch {
                // Whose rule it is: the group's caller names no booking.
                let refusal = error.nested(in: "bookings[\(index)]")
                throw refusal.resource == nil ? refusal.about(booking.id) : refusal
            }
        }
        let told = zip(movable, moved).flatMap { old, new in
            organization.procedureWrites(following: new, from: old, context)
        }
        return Decision(moved.map { .put(.booking($0)) } + told, moved)
    }
}

extension Organization {
    /// The bookings that were made together, in order of id.
    public func bookings(of group: Identifier<BookingGroup>) -> [Booking] {
        (bookingsByGroup[group] ?? []).compactMap { bookings[$0] }
    }

    /// A booking at another time, when the rules allow it. Its duration, buffers and phases count
    /// as they were when it was booked, and it keeps its providers where they are free; where they
    /// are not, a segment whose provider slotd chose goes to another. Of a hold: it goes to the
    /// hold's providers, and what the hold keeps is not in the way.
    func rescheduled(
        _ booking: Booking, to start: Minute, provider: Identifier<Provider>?,
        allowing allowed: Set<Reason>, note: String, overStarted: Bool = false,
        onto hold: Hold? = nil, _ context: DecisionContext,
        pending: PendingBookings = PendingBookings()
    ) throws(Rejection) -> Booking {
        switch booking.stage {
        case .waitlist, .new, .confirmed: break
        case .checkIn, .inProcedure, .billing, .checkout, .noShow, .cancelled, .archived:
            throw Rejection(
                booking.stage == .cancelled ? .cancelled : .stage,
                "a booking in \(booking.stage.label) cannot be moved in time"
            ).about(booking.id)
        }
        if overStarted { try refuseIfLocked(booking) } else { try refuseIfBegun(booking) }
        let visit = try visit(
            moving: booking, to: start, provider: provider, onto: hold, allowing: allowed, context,
            pending)
        var moved = booking
        for index in moved.segments.indices {
            let old = booking.segments[index]
            var new = visit.segments[index]
            new.anyProvider =
                hold?.segments[index].anyProvider
                ?? (old.anyProvider && (provider == nil || provider == old.provider))
            moved.segments[index] = new
        }
        // The new time has passed every rule; only the duration was not asked about.
        moved.overrides.removeAll { $0 != .durationNotOffered }
        moved.overrides += visit.broken
        moved.overrideNote = visit.broken.isEmpty ? "" : note
        moved.overrideRole = visit.broken.isEmpty ? "" : context.role.rawValue
        moved.releasedAt = nil
        if booking.stage == .waitlist {
            moved.enter(.new, at: context.now, by: context.actor, reason: note)
        }
        moved.version += 1
        if let location = locations[booking.location],
            let zone = try? zones.zone(location.details.timeZone)
        {
            moved.timeZone = location.details.timeZone
            moved.utcOffset = zone.offsetMinutes(at: start)
        }
        return moved
    }

    /// A question about the time of a booking that exists: all that was frozen when it was booked
    /// counts, even where the service no longer offers it.
    func question(
        moving booking: Booking, provider: Identifier<Provider>? = nil, walkIn: Bool = false,
        now: Instant, isSelfService: Bool = false,
        among wishes: [[Identifier<Provider>]]? = nil, onto hold: Hold? = nil
    ) throws(Rejection) -> SlotQuestion {
        var request = SlotRequest(
            location: booking.location,
            segments: booking.segments.enumerated().map { index, segment in
                SegmentRequest(
                    service: segment.service,
                    providers: wishes?[index] ?? [provider ?? segment.provider])
            })
        request.hold = hold?.id
        request.patient = booking.patient
        request.ignoring = booking.id
        request.isWalkIn = walkIn
        request.isSelfService = isSelfService
        var question = try question(request, now: now)
        for (index, segment) in booking.segments.enumerated() {
            question.segments[index].offset = Int32(
                clamping: booking.start.minutes(until: segment.interval.start))
            // Rooms and further providers that are held for it are those that it gets.
            question.segments[index].needs = try needs(
                of: hold?.segments[index] ?? segment, at: question.location)
            for number in question.segments[index].candidates.indices {
                question.segments[index].candidates[number].freeze(segment)
            }
        }
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

extension Candidate {
    /// What a segment was booked with, in place of what the service says today.
    fileprivate mutating func freeze(_ segment: BookingSegment) {
        shape = segment.shape
        providerPhases = segment.providerPhases
        capacity = segment.capacity
        capacityRule = segment.capacityRule
    }
}
