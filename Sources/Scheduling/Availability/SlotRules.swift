internal import Intervals

// The rules of availability, one function each: at which starts of a window does it say yes?
//
// This is the one evaluator of availability.md 2. Search intersects the rules, booking asks about a
// window of one minute, and explaining asks the rules one by one, so that they cannot disagree.

/// A window of starts, half-open.
struct StartWindow {
    var from: Minute
    var to: Minute

    /// The starts of a part that lies so many minutes after the visit's start.
    func shifted(later minutes: Int32) -> StartWindow {
        StartWindow(
            from: from.clampedAdding(minutes: minutes), to: to.clampedAdding(minutes: minutes))
    }

    /// The stretch that a part of a visit can reach into.
    func reach(_ part: VisitPart) -> Interval? {
        Interval(
            from.clampedAdding(minutes: part.offset),
            to.clampedAdding(minutes: part.offset + part.length - 1))
    }

    /// All of its starts.
    var all: StartRanges { StartRanges(from, through: to.clampedAdding(minutes: -1)) }
}

extension StartRanges {
    /// Narrows it to what a further rule allows; the rule is not asked when nothing is left.
    mutating func narrow(_ rule: () -> StartRanges) {
        if !isEmpty { self = intersection(rule()) }
    }
}

/// What occupies a provider or resource, as a rule looks at it.
struct Claimed {
    var calendar: ResourceCalendar
    var claim: Claim
    /// Neighbours may share their buffers.
    var sharesBuffers: Bool
    var view: CalendarView

    /// The starts at which the parts are free: of everything with their buffers, or, where buffers
    /// are shared, of others' visits with their own buffers and of others' buffers with their visit
    /// (availability.md 5).
    func starts(
        _ parts: VisitParts, withoutBuffers: VisitParts, in window: StartWindow
    ) -> StartRanges {
        if parts.count == 1, !sharesBuffers { return free(parts[0], claim, in: window) }
        var starts = window.all
        guard sharesBuffers else {
            for part in parts { starts.narrow { free(part, claim, in: window) } }
            return starts
        }
        var core = claim
        core.span = .core
        for part in parts { starts.narrow { free(part, core, in: window) } }
        for part in withoutBuffers { starts.narrow { free(part, claim, in: window) } }
        return starts
    }

    private func free(_ part: VisitPart, _ claim: Claim, in window: StartWindow) -> StartRanges {
        var starts = StartRanges()
        guard let reach = window.reach(part) else { return starts }
        calendar.forEachFree(in: reach, for: claim, view) {
            starts.append(within: $0, offset: part.offset, length: part.length)
        }
        return starts
    }
}

extension BlockedTime {
    /// The starts at which the part lies outside all of it.
    func starts(_ part: VisitPart, in window: StartWindow) -> StartRanges {
        if intervals.isEmpty { return window.all }
        var starts = StartRanges()
        guard let reach = window.reach(part) else { return starts }
        forEachPiece(of: reach) {
            starts.append(within: $0, offset: part.offset, length: part.length)
        }
        return starts
    }
}

extension SegmentQuestion {
    /// When a candidate is busy.
    func parts(_ candidate: Candidate) -> VisitParts {
        candidate.shape.parts(candidate.providerPhases)
    }

    /// The same without buffers.
    func partsWithoutBuffers(_ candidate: Candidate) -> VisitParts {
        candidate.shape.parts(candidate.providerPhases.withoutBuffers)
    }
}

extension Candidate {
    /// What must lie within the hours of whoever is busy in some phases.
    func partsInHours(_ phases: PhaseSet) -> VisitParts {
        shape.parts(keepsBuffersInHours ? phases : phases.withoutBuffers)
    }

    /// The provider's time is the visit's, buffers included, so that the location's hours and
    /// closures are looked at with theirs.
    var isBusyThroughout: Bool { providerPhases == .all }

    /// What a visit asks of the provider's calendar.
    var claim: Claim {
        capacity > 1 && capacityRule == .anyOverlap
            ? Claim(capacity: .max, tolerance: capacity) : Claim()
    }

    /// Visits of the same start are one session, which one more may join.
    var hasSessions: Bool { capacity > 1 && capacityRule == .sameStart }
}

// MARK: The provider's rules

extension Organization {
    /// The schedule of a provider; their own hours, whether or not the location is open, where
    /// `alone` is set.
    func schedule(
        of provider: Provider, _ question: SlotQuestion, _ window: StartWindow,
        alone: Bool = false
    ) -> LaneSchedule? {
        schedules.schedule(
            of: provider, at: question.location,
            extendsHours: alone || profile.details.providersMayExtendHours, from: window.from,
            to: window.to.clampedAdding(minutes: question.duration))
    }

    func placeSchedule(_ question: SlotQuestion, _ window: StartWindow) -> PlaceSchedule? {
        schedules.schedule(
            of: question.location, from: window.from,
            to: window.to.clampedAdding(minutes: question.duration))
    }

    func calendar(_ key: CalendarKey, _ question: SlotQuestion) -> ResourceCalendar {
        if !question.pending.calendars.isEmpty, let calendar = question.pending.calendars[key] {
            return calendar
        }
        return calendar(key)
    }

    /// What a segment claims of a provider.
    func claimed(
        _ provider: Identifier<Provider>, _ claim: Claim, _ question: SlotQuestion
    ) -> Claimed {
        Claimed(
            calendar: calendar(.provider(provider), question), claim: claim,
            sharesBuffers: profile.details.sharedBuffers.contains(.provider), view: question.view)
    }

    /// OUTSIDE_HOURS: what the provider is busy with lies within their hours.
    func providerHours(
        _ candidate: Candidate, _ segment: SegmentQuestion, _ schedule: LaneSchedule,
        in window: StartWindow
    ) -> StartRanges {
        var starts = window.all
        for part in candidate.partsInHours(candidate.providerPhases) {
            starts.narrow { schedule.hours.starts(part, from: window.from, to: window.to) }
        }
        return starts
    }

    /// LOCATION_CLOSED: the whole visit lies within the location's hours.
    func placeHours(
        _ candidate: Candidate, _ segment: SegmentQuestion, _ question: SlotQuestion,
        in window: StartWindow
    ) -> StartRanges {
        if profile.details.providersMayExtendHours { return window.all }
        guard let place = placeSchedule(question, window) else { return StartRanges() }
        var starts = window.all
        for part in candidate.partsInHours(.all) {
            starts.narrow { place.hours.starts(part, from: window.from, to: window.to) }
        }
        return starts
    }

    /// LOCATION_CLOSED: the location is not closed during the visit and its buffers.
    func closures(
        _ part: VisitPart, _ question: SlotQuestion, in window: StartWindow
    ) -> StartRanges {
        placeSchedule(question, window)?.closures.starts(part, in: window) ?? StartRanges()
    }

    /// DAILY_CAP: fewer bookings of the provider start on that local day than they take, and fewer
    /// of the service at the location than they take of it there.
    func providerCap(
        _ candidate: Candidate, _ segment: SegmentQuestion, _ question: SlotQuestion,
        in window: StartWindow
    ) -> StartRanges {
        let most = candidate.provider.details.dailyCap
        let mostOfService = candidate.dailyCap
        if most == 0, mostOfService == 0 { return window.all }
        let provider = candidate.provider.id
        let calendar = calendar(.provider(provider), question)
        // Where they are not busy throughout, their part may lie on another day than the start.
        let margin = longestVisitMinutes + Self.longestBuffer
        return starts(onDaysOf: question, in: window) { day in
            var seen: Set<UInt128> = []
            var count = 0
            var ofService = 0
            let reach = day.padded(before: Self.longestBuffer, after: margin)
            calendar.forEachConflict(with: reach, question.view) { occupancy in
                guard seen.insert(occupancy.owner).inserted else { return }
                let visit = visit(ofOwner: occupancy.owner, question)
                let parts = visit.segments.filter { day.contains($0.interval.start) }
                if parts.contains(where: { part in
                    part.provider == provider || part.uses.contains { $0.provider == provider }
                }) {
                    count += 1
                }
                if visit.location == question.location.id,
                    parts.contains(where: {
                        $0.provider == provider && $0.service == segment.service.id
                    })
                {
                    ofService += 1
                }
            }
            return (most == 0 || count < Int(most))
                && (mostOfService == 0 || ofService < Int(mostOfService))
        }
    }

    /// The longest buffer that a service may have, in minutes.
    private static var longestBuffer: Int32 { 1440 }

    /// Where a booking or hold is, and what it takes, written or pending.
    func visit(
        ofOwner owner: UInt128, _ question: SlotQuestion
    ) -> (location: Identifier<Location>?, segments: [BookingSegment]) {
        if let pending = question.pending.added.first(where: { $0.id.value == owner }) {
            return (pending.location, pending.segments)
        }
        if let booking = bookings[Identifier(value: owner)] {
            return (booking.location, booking.segments)
        }
        let hold = holds[Identifier(value: owner)]
        return (hold?.location, hold?.segments ?? [])
    }

    /// The starts on local days that satisfy a predicate.
    func starts(
        onDaysOf question: SlotQuestion, in window: StartWindow, where accept: (Interval) -> Bool
    ) -> StartRanges {
        var starts = StartRanges()
        let first = question.zone.localDate(at: window.from).dayNumber
        let last = question.zone.localDate(at: window.to.clampedAdding(minutes: -1)).dayNumber
        for number in first...max(first, last) {
            // A zone may have left a date out altogether.
            guard let day = question.zone.day(LocalDate(dayNumber: number)), accept(day),
                let range = StartRanges.Range(
                    max(day.start, window.from),
                    min(day.end, window.to).clampedAdding(minutes: -1))
            else { continue }
            starts.append(range)
        }
        return starts
    }
}

// MARK: The visit's rules

extension Organization {
    /// DAILY_CAP: fewer visits start at the location on that local day than it takes, and fewer of
    /// each of the services than those take.
    func placeCap(_ question: SlotQuestion, in window: StartWindow) -> StartRanges {
        let most = question.location.details.dailyCap
        let capped = question.segments.filter { $0.dailyCap != 0 }
        if most == 0, capped.isEmpty { return window.all }
        return starts(onDaysOf: question, in: window) { day in
            let visits = visits(startingOn: day, question)
            return (most == 0 || visits.count < Int(most))
                && capped.allSatisfy { segment in
                    let count = visits.count { $0.contains { $0.service == segment.service.id } }
                    return count < Int(segment.dailyCap)
                }
        }
    }

    /// Bookings that keep their time and live holds at the location that start on a day.
    private func visits(
        startingOn day: Interval, _ question: SlotQuestion
    ) -> [[BookingSegment]] {
        let pending = question.pending
        var visits = pending.added.filter {
            $0.location == question.location.id && day.contains($0.start)
        }.map(\.segments)
        let view = question.view
        let first = BookingKey(start: day.start, id: Identifier(value: 0))
        bookingsByLocation[question.location.id]?.forEach(from: first) { key in
            guard key.start < day.end else { return false }
            if key.id.value != view.ignoredBooking, !pending.removed.contains(key.id),
                let booking = bookings.stored(key.id), booking.record.stage.occupies
            {
                visits.append(booking.record.segments)
            }
            return true
        }
        holds.forEach { hold in
            if hold.location == question.location.id, hold.id.value != view.ignoredHold,
                !pending.removedHolds.contains(hold.id),
                hold.expiresAt.milliseconds > view.nowMilliseconds, day.contains(hold.start)
            {
                visits.append(hold.segments)
            }
            return true
        }
        return visits
    }

    /// PATIENT_OVERLAP: the patient has no other visit meanwhile.
    func patientFree(
        _ question: SlotQuestion, for minutes: Int32, in window: StartWindow
    ) -> StartRanges {
        let visit = VisitPart(offset: 0, length: minutes)
        guard let reach = window.reach(visit) else { return window.all }
        let others = otherVisits(question, during: reach)
        return BlockedTime(others.map(\.interval)).starts(visit, in: window)
    }

    /// The patient's other visits that keep their time and overlap an interval.
    ///
    /// Reads the bookings that start within it or not longer before it than the longest visit
    /// lasts, not all that the patient ever had.
    func otherVisits(
        _ question: SlotQuestion, during interval: Interval
    ) -> [(id: Identifier<Booking>, interval: Interval)] {
        guard let patient = question.patient else { return [] }
        return visits(
            of: patient, during: interval, besides: question.view.ignoredBooking, question.pending)
    }

    /// A patient's visits that keep their time and overlap an interval, but for one and for those
    /// on the move.
    func visits(
        of patient: Identifier<Patient>, during interval: Interval, besides ignored: UInt128?,
        _ pending: PendingBookings
    ) -> [(id: Identifier<Booking>, interval: Interval)] {
        var visits: [(id: Identifier<Booking>, interval: Interval)] = []
        func add(_ booking: Booking) {
            if let visit = Interval(booking.start, booking.end), visit.overlaps(interval) {
                visits.append((booking.id, visit))
            }
        }
        let first = BookingKey(
            start: interval.start.clampedAdding(minutes: -longestVisitMinutes),
            id: Identifier(value: 0))
        bookingsByPatient[patient]?.forEach(from: first) { key in
            guard key.start < interval.end else { return false }
            if key.id.value != ignored,
                !pending.removed.contains(key.id), let booking = bookings.stored(key.id),
                booking.record.stage.occupies
            {
                add(booking.record)
            }
            return true
        }
        for booking in pending.added where booking.patient == patient { add(booking) }
        return visits
    }
}
