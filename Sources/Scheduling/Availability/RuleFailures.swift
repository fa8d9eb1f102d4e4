public import Intervals

// Why not: the rules asked one by one about a single start.

/// A rule that a start breaks with a provider.
public struct RuleFailure: Equatable, Sendable {
    /// Which rule.
    public var reason: Reason
    /// The bookings in the way.
    public var blocking: [String] = []
    /// The room, device or further provider that is not free.
    public var resource = ""
    /// The pool in which too few are free.
    public var pool = ""
    /// When the last hold in the way expires.
    public var until: Instant?
    /// The time that what is in the way lasts, merged; only where one start is explained.
    public var spans: [Interval] = []

    init(_ reason: Reason) {
        self.reason = reason
    }
}

extension Reason {
    /// The rules in the order in which they are checked (availability.md 2).
    static let evaluationOrder: [Reason] = [
        .locationClosed, .outsideHours, .timeOff, .resourceOut, .slotTaken, .resourceTaken,
        .buffer, .slotHeld, .offStep, .tooSoon, .tooFar, .dailyCap, .patientOverlap,
    ]

    /// How far a start came before it broke this rule.
    var evaluationRank: Int {
        Self.evaluationOrder.firstIndex(of: self) ?? Self.evaluationOrder.count
    }
}

extension Organization {
    /// Every rule that a visit's start breaks with a candidate for one of its segments, in the
    /// order in which they are checked; none when it can be booked with them.
    ///
    /// The rules are those of the search, asked about a window of one minute.
    func failures(
        _ candidate: Candidate, segment index: Int, _ question: SlotQuestion, at start: Minute
    ) -> [RuleFailure] {
        let segment = question.segments[index]
        let own = StartWindow(from: start, to: start.clampedAdding(minutes: 1))
            .shifted(later: segment.offset)
        guard let schedule = schedule(of: candidate.provider, question, own) else {
            return [RuleFailure(.locationClosed)]
        }
        let rules = RuleCheck(
            organization: self, candidate: candidate, segment: segment, question: question,
            window: own, schedule: schedule)
        var found = rules.hours()
        let canJoin =
            candidate.hasSessions
            && joinable(candidate, segment, question, in: own).contains(own.from)
        if !canJoin { found += rules.occupancy() }
        if index == 0, found.isEmpty || candidate.anchor == .clock || candidate.anchor == .window {
            found += rules.step(isPossible: found.isEmpty)
        }
        if own.from < candidate.earliest { found.append(RuleFailure(.tooSoon)) }
        if own.from >= candidate.beyond { found.append(RuleFailure(.tooFar)) }
        let visit = StartWindow(from: start, to: start.clampedAdding(minutes: 1))
        if providerCap(candidate, segment, question, in: own).isEmpty
            || index == 0 && placeCap(question, in: visit).isEmpty
        {
            found.append(RuleFailure(.dailyCap))
        }
        if index == 0, question.refusesPatientOverlap {
            found += patientOverlap(question, candidate, at: start)
        }
        return found.sorted { $0.reason.evaluationRank < $1.reason.evaluationRank }
    }

    /// The patient's other visits in the way of one at a start; empty when there are none.
    func patientOverlap(
        _ question: SlotQuestion, _ candidate: Candidate, at start: Minute
    ) -> [RuleFailure] {
        let minutes =
            question.segments.count == 1 ? candidate.shape.duration : question.duration
        guard let visit = Interval(start: start, minutes: minutes) else { return [] }
        let others = otherVisits(question, during: visit)
        guard !others.isEmpty else { return [] }
        var failure = RuleFailure(.patientOverlap)
        failure.blocking = others.map(\.id.description)
        return [failure]
    }
}

/// The rules of one segment and candidate at one start.
private struct RuleCheck {
    let organization: Organization
    let candidate: Candidate
    let segment: SegmentQuestion
    let question: SlotQuestion
    let window: StartWindow
    let schedule: LaneSchedule

    // MARK: Hours, closures, time off

    func hours() -> [RuleFailure] {
        var reasons: [Reason] = []
        let fits = providerFits()
        if !placeFits(), !fits || !candidate.isBusyThroughout {
            // Only the buffers may have been too long for the day.
            reasons.append(placeFitsWithoutBuffers() ? .buffer : .locationClosed)
        }
        if !fits, reasons.isEmpty || !providerFitsAlone() {
            reasons.append(
                candidate.keepsBuffersInHours && providerFitsWithoutBuffers()
                    ? .buffer : .outsideHours)
        }
        if closed(VisitParts(candidate.shape.visit)) { reasons.append(.locationClosed) }
        let off = schedule.timeOff(for: segment.service.id)
        if isBlocked(segment.partsWithoutBuffers(candidate), off) { reasons.append(.timeOff) }
        let buffered = segment.parts(candidate)
        if reasons.isEmpty, closed(candidate.shape.parts(.all)) || isBlocked(buffered, off) {
            reasons.append(.buffer)
        }
        var known: Set<Reason> = []
        return reasons.filter { known.insert($0).inserted }.map { RuleFailure($0) }
    }

    private func providerFits() -> Bool {
        !organization.providerHours(candidate, segment, schedule, in: window).isEmpty
    }

    /// In the provider's own hours, whether or not the location is open.
    private func providerFitsAlone() -> Bool {
        let alone = organization.schedule(
            of: candidate.provider, question, window, alone: true)
        guard let alone else { return false }
        return !organization.providerHours(candidate, segment, alone, in: window).isEmpty
    }

    private func providerFitsWithoutBuffers() -> Bool {
        var lenient = candidate
        lenient.keepsBuffersInHours = false
        return !organization.providerHours(lenient, segment, schedule, in: window).isEmpty
    }

    private func placeFits() -> Bool {
        !organization.placeHours(candidate, segment, question, in: window).isEmpty
    }

    private func placeFitsWithoutBuffers() -> Bool {
        guard candidate.keepsBuffersInHours else { return false }
        var lenient = candidate
        lenient.keepsBuffersInHours = false
        return !organization.placeHours(lenient, segment, question, in: window).isEmpty
    }

    private func closed(_ parts: VisitParts) -> Bool {
        parts.contains { organization.closures($0, question, in: window).isEmpty }
    }

    private func isBlocked(_ parts: VisitParts, _ time: BlockedTime) -> Bool {
        parts.contains { time.starts($0, in: window).isEmpty }
    }

    // MARK: What is taken

    func occupancy() -> [RuleFailure] {
        var found: [RuleFailure] = []
        let bookings = claimed(question.view.only(.booking))
        let visitsAlone = Claimed(
            calendar: bookings.calendar, claim: coreClaim, sharesBuffers: false,
            view: bookings.view)
        let inner = segment.partsWithoutBuffers(candidate)
        let padded = segment.parts(candidate)
        if visitsAlone.starts(inner, withoutBuffers: inner, in: window).isEmpty {
            found.append(conflict(.slotTaken, .core, inner, bookings))
        } else if bookings.starts(padded, withoutBuffers: inner, in: window).isEmpty {
            found.append(conflict(.buffer, .padded, padded, bookings))
        } else {
            let all = claimed(question.view)
            if all.starts(padded, withoutBuffers: inner, in: window).isEmpty {
                found.append(
                    conflict(.slotHeld, .padded, padded, claimed(question.view.only(.hold))))
            }
        }
        return found + segment.needs.compactMap { failure(of: $0) }
    }

    private var coreClaim: Claim {
        var claim = candidate.claim
        claim.span = .core
        return claim
    }

    private func claimed(_ view: CalendarView) -> Claimed {
        var claimed = organization.claimed(candidate.provider.id, candidate.claim, question)
        claimed.view = view
        return claimed
    }

    /// Who is in the way. A hold's id is its owner's key to it, so it is never told to others.
    private func conflict(
        _ reason: Reason, _ span: Claim.Span, _ parts: VisitParts, _ claimed: Claimed
    ) -> RuleFailure {
        var failure = RuleFailure(reason)
        for part in parts {
            guard let interval = part.interval(ofVisitAt: window.from) else { continue }
            claimed.calendar.forEachConflict(with: interval, claimed.view) { occupancy in
                if span == .core, occupancy.isBuffer || !occupancy.core.overlaps(interval) {
                    return
                }
                if occupancy.kind == .hold {
                    let until = Instant(milliseconds: occupancy.expiresAtMilliseconds)
                    failure.until = max(failure.until ?? until, until)
                    return
                }
                let id = Identifier<Booking>(value: occupancy.owner).description
                if !failure.blocking.contains(id) { failure.blocking.append(id) }
            }
        }
        return failure
    }

    private func failure(of need: ResourceNeed) -> RuleFailure? {
        guard !allows(need, .free, question) else { return nil }
        var bookingsOnly = question
        bookingsOnly.view = question.view.only(.booking)
        let reason: Reason =
            !allows(need, .open, question)
            ? .resourceOut : allows(need, .free, bookingsOnly) ? .slotHeld : .resourceTaken
        var failure = RuleFailure(reason)
        switch need.source {
        case .resource(let resource): failure.resource = resource.id.description
        case .pool(let name, _): failure.pool = name
        case .providers(let providers):
            if providers.count == 1 { failure.resource = providers[0].id.description }
        }
        let parts = candidate.shape.parts(need.phases)
        for key in keys(of: need) where reason != .resourceOut {
            let claimed = Claimed(
                calendar: organization.calendar(key, question), claim: Claim(),
                sharesBuffers: false, view: question.view)
            let conflict = conflict(reason, .padded, parts, claimed)
            failure.blocking += conflict.blocking.filter { !failure.blocking.contains($0) }
            failure.until = [failure.until, conflict.until].compactMap { $0 }.max()
        }
        return failure
    }

    private func allows(
        _ need: ResourceNeed, _ rule: NeedRule, _ question: SlotQuestion
    ) -> Bool {
        !organization.starts(
            need, rule, of: segment, with: candidate, question, in: window
        ).isEmpty
    }

    private func keys(of need: ResourceNeed) -> [CalendarKey] {
        switch need.source {
        case .resource(let resource):
            return [.resource(resource.id)]
                + (resource.details.pool.isEmpty
                    ? [] : [.pool(question.location.id, resource.details.pool)])
        case .pool(let name, let except):
            let key = CalendarKey.pool(question.location.id, name)
            let members = (organization.poolMembers[key] ?? []).filter { !except.contains($0) }
            return [key] + members.map { .resource($0) }
        case .providers(let providers): return providers.map { .provider($0.id) }
        }
    }

    // MARK: The step

    /// Off the grid. Where nothing else is broken the search itself says so; else the grid is laid
    /// over the hours alone, or over the day where there are none.
    func step(isPossible: Bool) -> [RuleFailure] {
        var starts = window.all
        if isPossible, candidate.anchor == .gap || candidate.anchor == .flush {
            let wide = organization.windowToAsk(question, window)
            var unlimited = question
            unlimited.segments[0].candidates = [candidate]
            starts = organization.possibleStarts(unlimited, in: wide).bySegment[0][0]
        }
        var anytime = candidate
        anytime.earliest = .earliest
        anytime.beyond = .latest
        var isOnGrid = false
        organization.forEachStart(anytime, among: starts, question, in: window) { _ in
            isOnGrid = true
            return true
        }
        if isOnGrid { return [] }
        if candidate.anchor == .clock, !providerFits() {
            let wall = window.from.clampedAdding(
                minutes: question.zone.offsetMinutes(at: window.from))
            let minute = wall.sinceEpoch % 1440 + (wall.sinceEpoch % 1440 < 0 ? 1440 : 0)
            let grid = candidate.grid
            return (minute - grid.offset) % grid.step == 0 ? [] : [RuleFailure(.offStep)]
        }
        if candidate.anchor == .window, !providerFits() { return [] }
        return [RuleFailure(.offStep)]
    }
}
