internal import Intervals

// One start, booked: whether it can be, with whom, with which rooms, and if not, why.

/// The segments of a visit that the rules allow.
struct AssignedVisit {
    var segments: [BookingSegment]
    /// The rules that are broken because the caller said they may be.
    var broken: [Reason] = []
}

extension Organization {
    /// Chooses the providers for a start, or refuses with the first rule that fails.
    ///
    /// Where several are free, the first segment's service says who gets it (availability.md 2,
    /// step 12), unless the one preferred is among them. Where none is: the reason of the one who
    /// came furthest. Rules in `allowed` may be broken; whoever breaks the fewest is chosen then.
    /// A refusal names the next free start, unless that is not `wanted`: finding it may cost more
    /// than all the rest.
    func assign(
        _ question: SlotQuestion, at start: Minute, preferring current: [Identifier<Provider>] = [],
        allowing allowed: Set<Reason> = [], nextFree wanted: Bool = true
    ) throws(Rejection) -> AssignedVisit {
        let window = StartWindow(from: start, to: start.clampedAdding(minutes: 1))
        let possible = possibleStarts(question, in: windowToAsk(question, window))
        var visit = AssignedVisit(segments: [])
        for (index, segment) in question.segments.enumerated() {
            var free = possible.candidates(ofSegment: index, at: start)
            if index == 0 {
                free = free.filter { number in
                    var isOnGrid = false
                    forEachStart(
                        segment.candidates[number], among: possible.bySegment[0][number], question,
                        in: window
                    ) { _ in
                        isOnGrid = true
                        return true
                    }
                    return isOnGrid
                }
            }
            if free.isEmpty, !allowed.isEmpty {
                let lenient = leastBroken(question, segment: index, at: start, allowed)
                free = lenient.candidates
                for reason in lenient.broken where !visit.broken.contains(reason) {
                    visit.broken.append(reason)
                }
            }
            guard !free.isEmpty else {
                var refusal = refusal(question, at: start, allowing: allowed)
                if wanted { refusal.nextFree = firstFree(question, after: start)?.sinceEpoch }
                throw refusal
            }
            let preferred = current.indices.contains(index) ? current[index] : nil
            let chosen = choose(
                free.map { segment.candidates[$0] }, for: segment, question, at: start,
                preferring: preferred)
            visit.segments.append(try book(chosen, for: segment, question, at: start))
        }
        visit.broken.sort { $0.evaluationRank < $1.evaluationRank }
        return visit
    }

    /// The candidates who break only what is allowed, and the fewest rules.
    private func leastBroken(
        _ question: SlotQuestion, segment index: Int, at start: Minute, _ allowed: Set<Reason>
    ) -> (candidates: [Int], broken: [Reason]) {
        var best: (candidates: [Int], broken: [Reason]) = ([], [])
        for (number, candidate) in question.segments[index].candidates.enumerated() {
            let failures = failures(candidate, segment: index, question, at: start)
            guard failures.allSatisfy({ allowed.contains($0.reason) }) else { continue }
            if best.candidates.isEmpty || failures.count < best.broken.count {
                best = ([number], failures.map(\.reason))
            } else if failures.map(\.reason) == best.broken {
                best.candidates.append(number)
            }
        }
        return best
    }

    // MARK: Who gets it

    private func choose(
        _ free: [Candidate], for segment: SegmentQuestion, _ question: SlotQuestion,
        at start: Minute, preferring current: Identifier<Provider>?
    ) -> Candidate {
        if free.count == 1 { return free[0] }
        if let current, let same = free.first(where: { $0.provider.id == current }) { return same }
        if segment.assignment == .sameAsLastVisit,
            let last = lastProvider(of: segment.service.id, question, before: start),
            let same = free.first(where: { $0.provider.id == last })
        {
            return same
        }
        if segment.assignment == .firstFit {
            for id in segment.service.details.providers {
                if let first = free.first(where: { $0.provider.id == id }) { return first }
            }
        }
        let own = start.clampedAdding(minutes: segment.offset)
        let loads = free.map { minutesBooked($0.provider.id, question, onDayOf: own) }
        let least = loads.min()
        return zip(free, loads).first { $0.1 == least }?.0 ?? free[0]
    }

    /// Whom the patient last saw for a service before an instant.
    private func lastProvider(
        of service: Identifier<Service>, _ question: SlotQuestion, before start: Minute
    ) -> Identifier<Provider>? {
        var last: Identifier<Provider>?
        guard let patient = question.patient else { return nil }
        bookingsByPatient[patient]?.forEach(from: nil) { key in
            guard key.start < start else { return false }
            if let booking = bookings[key.id], booking.stage.occupies {
                for segment in booking.segments where segment.service == service {
                    last = segment.provider
                }
            }
            return true
        }
        return last
    }

    private func minutesBooked(
        _ provider: Identifier<Provider>, _ question: SlotQuestion, onDayOf start: Minute
    ) -> Int {
        guard let day = question.zone.day(question.zone.localDate(at: start)) else { return 0 }
        var minutes = 0
        let everything = CalendarView(nowMilliseconds: .min)
        calendar(.provider(provider), question).forEachConflict(with: day, everything) {
            if $0.kind == .booking, !$0.isBuffer { minutes += $0.core.durationMinutes }
        }
        return minutes
    }

    // MARK: What it takes

    private func book(
        _ candidate: Candidate, for segment: SegmentQuestion, _ question: SlotQuestion,
        at start: Minute
    ) throws(Rejection) -> BookingSegment {
        let own = start.clampedAdding(minutes: segment.offset)
        guard let interval = Interval(start: own, minutes: candidate.shape.duration) else {
            throw .invalid("start", "the visit would end after the end of time")
        }
        var booked = BookingSegment(
            service: segment.service.id, provider: candidate.provider.id,
            anyProvider: !segment.isNamed, interval: interval,
            bufferBefore: candidate.shape.bufferBefore, bufferAfter: candidate.shape.bufferAfter)
        booked.processing = candidate.shape.processing
        booked.finishing = candidate.shape.finishing
        booked.providerPhases = candidate.providerPhases
        booked.capacity = candidate.capacity
        booked.capacityRule = candidate.capacityRule
        booked.uses =
            usesOfSession(booked, question)
            ?? uses(candidate, for: segment, question, at: own)
        return booked
    }

    /// What the others of a session take already; nil when there is no session yet.
    private func usesOfSession(
        _ segment: BookingSegment, _ question: SlotQuestion
    ) -> [ResourceUse]? {
        let session = segment.session(in: question.location.id)
        guard session != 0 else { return nil }
        var uses: [ResourceUse]?
        let calendar = calendar(.provider(segment.provider), question)
        calendar.forEachConflict(with: segment.interval, question.view) { occupancy in
            guard uses == nil, occupancy.session == session else { return }
            uses =
                visit(ofOwner: occupancy.owner, question).segments.first {
                    $0.service == segment.service && $0.interval == segment.interval
                        && $0.provider == segment.provider
                }?.uses
        }
        return uses
    }

    private func uses(
        _ candidate: Candidate, for segment: SegmentQuestion, _ question: SlotQuestion,
        at own: Minute
    ) -> [ResourceUse] {
        var further = furtherProviders(candidate, segment, question, at: own)[...]
        var uses: [ResourceUse] = []
        for need in segment.needs {
            var use = ResourceUse()
            use.quantity = need.quantity
            use.phases = need.phases
            switch need.source {
            case .resource(let resource):
                use.resource = resource.id
                use.pool = need.pool
            case .pool(let name, _):
                use.pool = name
            case .providers:
                use.provider = further.popFirst() ?? nil
            }
            uses.append(use)
        }
        return uses
    }

    /// One of each list of further providers, the earliest listed where there is a choice. Nil,
    /// which takes nobody, where a rule that may be broken let the booking pass without one.
    private func furtherProviders(
        _ candidate: Candidate, _ segment: SegmentQuestion, _ question: SlotQuestion,
        at own: Minute
    ) -> [Identifier<Provider>?] {
        let window = StartWindow(from: own, to: own.clampedAdding(minutes: 1))
        let lists: [[Identifier<Provider>]] = segment.needs.compactMap { need in
            guard case .providers(let providers) = need.source else { return nil }
            return providers.filter { provider in
                provider.id != candidate.provider.id
                    && !free(
                        provider, .free, need.phases, segment, candidate, question, in: window
                    ).isEmpty
            }.map(\.id)
        }
        var chosen: [Identifier<Provider>] = []
        if Self.choose(from: lists[...], &chosen) { return chosen }
        var used: Set<Identifier<Provider>> = []
        return lists.map { list in list.first { used.insert($0).inserted } }
    }

    /// Chooses somebody of each list and nobody twice, if that can be.
    private static func choose(
        from lists: ArraySlice<[Identifier<Provider>]>, _ chosen: inout [Identifier<Provider>]
    ) -> Bool {
        guard let list = lists.first else { return true }
        for provider in list where !chosen.contains(provider) {
            chosen.append(provider)
            if choose(from: lists.dropFirst(), &chosen) { return true }
            chosen.removeLast()
        }
        return false
    }

    // MARK: Refusing

    /// The refusal of a start at which some segment finds nobody: the reason of the provider who
    /// came furthest, at the first such segment. A rule that may be broken is no reason.
    private func refusal(
        _ question: SlotQuestion, at start: Minute, allowing allowed: Set<Reason>
    ) -> Rejection {
        var rejection = Rejection(.serviceNotOffered, Reason.serviceNotOffered.sentence)
        search: for (index, segment) in question.segments.enumerated() {
            if segment.candidates.isEmpty { break }
            var furthest: RuleFailure?
            for candidate in segment.candidates {
                let first = failures(candidate, segment: index, question, at: start)
                    .first { !allowed.contains($0.reason) }
                guard let first else { continue search }
                if furthest.map({ $0.reason.evaluationRank < first.reason.evaluationRank }) ?? true
                {
                    furthest = first
                }
            }
            guard let furthest else { continue }
            rejection = Rejection(furthest.reason, furthest.reason.sentence)
            rejection.blocking = furthest.blocking
            rejection.retryAt = furthest.until
            if !furthest.resource.isEmpty {
                rejection.resource = Rejection.Resource(kind: "resource", id: furthest.resource)
            } else if !furthest.pool.isEmpty {
                rejection.resource = Rejection.Resource(kind: "pool", id: furthest.pool)
            }
            break
        }
        return rejection
    }
}

extension Reason {
    /// Why a start cannot be booked, as a sentence for a person.
    public var sentence: String {
        switch self {
        case .providerDisabled: "the provider is disabled"
        case .serviceNotOffered: "nobody offers the service at this location"
        case .locationClosed: "the location is closed at this time"
        case .outsideHours: "the provider does not work at this time"
        case .timeOff: "the provider has time off"
        case .slotTaken: "another booking has the time"
        case .slotHeld: "another caller holds the time for a while"
        case .buffer: "the time before or after the visit is not free"
        case .offStep: "starts are not offered at this minute"
        case .tooSoon: "the start is past or too soon"
        case .tooFar: "the start is too far ahead"
        case .resourceOut: "a room, device or further provider is out of use at this time"
        case .resourceTaken: "too few of the rooms, devices or further providers are free"
        case .dailyCap: "no more bookings are taken on that day"
        case .patientOverlap: "the patient has another visit at this time"
        default: "it cannot be booked"
        }
    }
}
