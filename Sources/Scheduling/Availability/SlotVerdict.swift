internal import Intervals

// One start, looked at closely: whether it can be booked, with whom, and if not, why.

/// Why a provider cannot take a start.
struct Obstacle {
    var reason: Reason
    var blocking: [String] = []
    /// When a hold in the way expires.
    var until: Instant?
}

extension Organization {
    /// Chooses the provider for a start, or refuses with the first rule that fails.
    ///
    /// Where several are free: least time booked on that local day, then lowest id
    /// (availability.md 2, step 12). Where none is: the reason of the one who came furthest.
    func assign(
        _ question: SlotQuestion, at start: Minute, preferring current: Identifier<Provider>? = nil
    ) throws(Rejection) -> Identifier<Provider> {
        let fits = start >= question.earliest && start < question.beyond
        var best: (load: Int, id: Identifier<Provider>)?
        for provider in question.providers where fits {
            guard let schedule = schedule(of: provider, question, from: start, to: start),
                schedule.isFree(question.need, in: calendar(of: provider.id), at: start)
            else { continue }
            if question.providers.count == 1 || provider.id == current { return provider.id }
            let load = minutesBooked(provider.id, onDayOf: start, zone: schedule.zone)
            if best.map({ load < $0.load }) ?? true { best = (load, provider.id) }
        }
        if let best { return best.id }
        throw refusal(question, at: start)
    }

    private func minutesBooked(
        _ provider: Identifier<Provider>, onDayOf start: Minute, zone: TimeZoneRules
    ) -> Int {
        guard let day = zone.day(zone.localDate(at: start)) else { return 0 }
        var minutes = 0
        calendars[provider]?.forEachConflict(with: day, CalendarView(nowMilliseconds: .min)) {
            if $0.kind == .booking { minutes += $0.core.durationMinutes }
        }
        return minutes
    }

    /// The refusal of a start at which no provider is free.
    private func refusal(_ question: SlotQuestion, at start: Minute) -> Rejection {
        let visit = Interval(start: start, minutes: question.need.duration)
        let obstacles = question.providers.compactMap { provider in
            visit.map { obstacle(question, provider, visit: $0) }
        }
        let worst = obstacles.max { $0.reason.rawValue < $1.reason.rawValue }
        var rejection: Rejection
        if let worst {
            rejection = Rejection(worst.reason, worst.reason.sentence)
            rejection.blocking = worst.blocking
            rejection.retryAt = worst.until
        } else {
            rejection = Rejection(.serviceNotOffered, "nobody offers the service at this location")
        }
        rejection.nextFree = firstFree(question, after: start)?.sinceEpoch
        return rejection
    }

    /// The first rule, in the order of availability.md 2, that a visit with a provider breaks.
    ///
    /// Only asked when `LaneSchedule.firstStart` said no, so that explaining can never disagree
    /// with offering; that one of the rules then fails is a tested property.
    private func obstacle(
        _ question: SlotQuestion, _ provider: Provider, visit: Interval
    ) -> Obstacle {
        guard
            let schedule = schedule(of: provider, question, from: visit.start, to: visit.start)
        else { return Obstacle(reason: .locationClosed) }
        guard schedule.isWithinHours(visit) else {
            let open = isOpen(question.location, zone: schedule.zone, during: visit)
            return Obstacle(reason: open ? .outsideHours : .locationClosed)
        }
        if schedule.timeOff(overlapping: visit) != nil { return Obstacle(reason: .timeOff) }
        let padded = visit.padded(
            before: question.need.bufferBefore, after: question.need.bufferAfter)
        if let taken = conflict(question, provider, visit: visit, padded: padded) { return taken }
        if schedule.timeOff(overlapping: padded) != nil { return Obstacle(reason: .buffer) }
        if visit.start < question.earliest { return Obstacle(reason: .tooSoon) }
        if visit.start >= question.beyond { return Obstacle(reason: .tooFar) }
        return Obstacle(reason: .offStep)
    }

    /// What stands in the calendar: another visit, then a buffer, then holds alone, for which
    /// waiting helps. A hold's id is its owner's key to it, so it is never told to others.
    private func conflict(
        _ question: SlotQuestion, _ provider: Provider, visit: Interval, padded: Interval
    ) -> Obstacle? {
        var taken: [String] = []
        var close: [String] = []
        var heldUntil: Int64?
        calendars[provider.id]?.forEachConflict(with: padded, question.need.view) { occupancy in
            if occupancy.kind == .hold {
                heldUntil = max(heldUntil ?? .min, occupancy.expiresAtMilliseconds)
                return
            }
            let id = Identifier<Booking>(value: occupancy.owner).description
            if occupancy.core.overlaps(visit) { taken.append(id) } else { close.append(id) }
        }
        if !taken.isEmpty { return Obstacle(reason: .slotTaken, blocking: taken) }
        if !close.isEmpty { return Obstacle(reason: .buffer, blocking: close) }
        return heldUntil.map {
            Obstacle(reason: .slotHeld, until: Instant(milliseconds: $0))
        }
    }

    private func isOpen(
        _ location: Location, zone: TimeZoneRules, during visit: Interval
    ) -> Bool {
        let hours = WeeklyHours(location.details.hours)
        let first = zone.localDate(at: visit.start).dayNumber - 1
        let last = zone.localDate(at: visit.end).dayNumber + 1
        var open: [Interval] = []
        for day in first...last {
            let date = LocalDate(dayNumber: day)
            for range in hours.ranges(on: date) {
                if let window = DayWindow(date: date, range: range, zone: zone) {
                    open.append(window.interval)
                }
            }
        }
        return Interval.merged(open).contains { $0.contains(visit) }
    }
}

extension Reason {
    /// Why a start cannot be booked, as a sentence for a person.
    var sentence: String {
        switch self {
        case .locationClosed: "the location is closed at this time"
        case .outsideHours: "the provider does not work at this time"
        case .timeOff: "the provider has time off"
        case .slotTaken: "another booking has the time"
        case .slotHeld: "another caller holds the time for a while"
        case .buffer: "the time before or after the visit is not free"
        case .offStep: "starts are not offered at this minute"
        case .tooSoon: "the start is past or too soon"
        case .tooFar: "the start is too far ahead"
        default: "it cannot be booked"
        }
    }
}
