import Intervals

@testable import Scheduling

// The visit as a whole: caps, the patient, the step, notice and horizon, and the list.

/// A booking that keeps its time, or a live hold.
struct StandingVisit {
    var location: Identifier<Location>
    var segments: [BookingSegment]

    static func all(
        _ organization: Organization, _ request: SlotRequest, now: Instant
    ) -> [StandingVisit] {
        let bookings = organization.bookings.all.filter {
            $0.id != request.ignoring && $0.keepsItsTime
        }.map { StandingVisit(location: $0.location, segments: $0.segments) }
        let holds = organization.holds.all.filter {
            $0.id != request.hold && $0.expiresAt > now
        }.map { StandingVisit(location: $0.location, segments: $0.segments) }
        return bookings + holds
    }
}

extension Booking {
    /// By the table of stages: procedures.md 7.
    fileprivate var keepsItsTime: Bool {
        ![.waitlist, .noShow, .cancelled, .archived].contains(stage)
    }
}

extension VisitOracle {
    /// When the patient has other visits, if those stand in the way.
    static func elsewhere(_ organization: Organization, _ request: SlotRequest) -> [Range<Int>] {
        let policy = organization.profile.details.patientOverlap
        guard let patient = request.patient,
            policy == .refuse || policy == .warn && request.isSelfService
        else { return [] }
        return organization.bookings.all.filter {
            $0.patient == patient && $0.id != request.ignoring && $0.keepsItsTime
        }.map { Int($0.start.sinceEpoch)..<Int($0.end.sinceEpoch) }
    }

    /// As many visits start on the day as the location or one of the services takes.
    mutating func placeCapReached(at start: Int) -> Bool {
        let date = clock.date(at: start)
        if let known = placeCaps[date] { return known }
        let caps = segments.map { segment in
            let numbers = OracleNumbers(segment.service.details, nil, location, organization)
            return (segment.service.id, numbers.dailyCap)
        }
        let most = Int(location.details.dailyCap)
        let visits = standing.filter {
            $0.location == location.id
                && clock.date(at: Int($0.segments[0].interval.start.sinceEpoch)) == date
        }
        let isReached =
            most != 0 && visits.count >= most
            || caps.contains { service, cap in
                cap != 0
                    && visits.count { $0.segments.contains { $0.service == service } } >= cap
            }
        placeCaps[date] = isReached
        return isReached
    }

    /// Sooner than the notice allows.
    func isTooSoon(_ lane: OracleLane, at start: Int) -> Bool {
        Int64(start) * 60_000 - now.milliseconds < Int64(lane.numbers.notice) * 60_000
    }

    /// After the last local day that can be booked.
    func isTooFar(_ lane: OracleLane, at start: Int) -> Bool {
        clock.date(at: start) > clock.date(at: Int(now.minute.sinceEpoch))
            + lane.numbers.horizonDays
    }

    /// A start that can be booked.
    struct Slot: Equatable {
        var start: Int
        var duration: Int
        /// Who is free for each segment.
        var providers: [[Identifier<Provider>]]
    }

    /// What is true of each minute of a range with each lane of each segment.
    struct Judgement {
        let range: Range<Int>
        /// By segment, lane, minute: nothing is in the way but, of the first segment, step, notice
        /// and horizon.
        fileprivate(set) var isOpen: [[[Bool]]] = []
        /// By lane of the first segment: the minutes on the step of its service.
        fileprivate(set) var steps: [[Bool]] = []

        func isOpen(_ segment: Int, _ lane: Int, _ minute: Int) -> Bool {
            isOpen[segment][lane][minute - range.lowerBound]
        }

        /// Some lane can do the segment.
        func isPossible(_ segment: Int, _ minute: Int) -> Bool {
            isOpen[segment].contains { $0[minute - range.lowerBound] }
        }

        func isOnStep(_ lane: Int, _ minute: Int) -> Bool {
            steps[lane][minute - range.lowerBound]
        }
    }

    /// Judges every minute of a range as the visit's start.
    mutating func judge(_ range: Range<Int>) -> Judgement {
        var judgement = Judgement(range: range)
        for (index, segment) in segments.enumerated() {
            judgement.isOpen.append(
                segment.lanes.indices.map { lane in
                    range.map { broken(index, lane, at: $0, isAnyEnough: true).isEmpty }
                })
        }
        judgement.steps = segments[0].lanes.indices.map { lane in
            let isOnStep = onStep(lane, judgement)
            return range.map(isOnStep)
        }
        return judgement
    }

    /// Whether a minute is on the step of the first segment's service, with a lane.
    ///
    /// Where steps are counted from gaps, a gap is a run of starts at which everything else of the
    /// visit is possible: decisions.md, all needs first, then the stride.
    private func onStep(_ number: Int, _ judgement: Judgement) -> (Int) -> Bool {
        let lane = segments[0].lanes[number]
        let numbers = lane.numbers
        let windows = windows(lane)
        func onDial(_ minute: Int, _ window: MinuteWindow, from origin: Int) -> Bool {
            let reading = clock.reading(at: minute) - window.midnight
            return window.instants.contains(minute) && window.dial.contains(reading)
                && (reading - origin - numbers.stepOffset) % numbers.step == 0
        }
        switch numbers.anchor {
        case .clock:
            return { minute in windows.contains { onDial(minute, $0, from: 0) } }
        case .window:
            return { minute in
                windows.contains { onDial(minute, $0, from: $0.dial.lowerBound) }
            }
        case .gap, .flush:
            var starts: Set<Int> = []
            for run in possible(number, judgement) {
                for window in windows where window.instants.overlaps(run) {
                    let inside = run.clamped(to: window.instants)
                    if numbers.anchor == .gap {
                        let first = inside.lowerBound + numbers.stepOffset
                        starts.formUnion(
                            inside.filter {
                                $0 >= first && ($0 - first) % numbers.step == 0
                            })
                        continue
                    }
                    starts.insert(inside.lowerBound)
                    if inside.upperBound == run.upperBound { starts.insert(run.upperBound - 1) }
                    starts.formUnion(inside.filter { onDial($0, window, from: 0) })
                }
            }
            return { starts.contains($0) }
        }
    }

    /// The runs of starts at which a lane and everything else of the visit is possible.
    private func possible(_ number: Int, _ judgement: Judgement) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for minute in judgement.range {
            guard judgement.isOpen(0, number, minute),
                segments.indices.allSatisfy({ judgement.isPossible($0, minute) })
            else { continue }
            if let last = runs.last, last.upperBound == minute {
                runs[runs.count - 1] = last.lowerBound..<minute + 1
            } else {
                runs.append(minute..<minute + 1)
            }
        }
        return runs
    }

    /// Everything that can be booked in a window; the judgement reaches beyond it where steps are
    /// counted from gaps.
    func slots(_ window: Range<Int>, _ judgement: Judgement) -> [Slot] {
        var slots: [Slot] = []
        for start in window {
            guard segments.indices.allSatisfy({ judgement.isPossible($0, start) }) else { continue }
            let first = segments[0].lanes.indices.filter { number in
                let lane = segments[0].lanes[number]
                return judgement.isOpen(0, number, start) && judgement.isOnStep(number, start)
                    && !isTooSoon(lane, at: start) && !isTooFar(lane, at: start)
            }
            let rest = segments.indices.dropFirst().map { index in
                segments[index].lanes.indices.filter { judgement.isOpen(index, $0, start) }
                    .map { segments[index].lanes[$0].provider.id }
            }
            let last = segments[segments.count - 1]
            for duration in Set(first.map { segments[0].lanes[$0].shape.duration }).sorted() {
                let lanes = first.filter { segments[0].lanes[$0].shape.duration == duration }
                slots.append(
                    Slot(
                        start: start,
                        duration: segments.count == 1
                            ? duration : last.offset + last.lanes[0].shape.duration,
                        providers: [lanes.map { segments[0].lanes[$0].provider.id }] + rest))
            }
        }
        return slots
    }

    /// Every rule that is broken at a start by some provider of some segment.
    mutating func reasons(at start: Int, _ judgement: Judgement) -> BrokenRules {
        var reasons: BrokenRules = []
        for (index, segment) in segments.enumerated() {
            if segment.lanes.isEmpty { reasons.insert(.serviceNotOffered) }
            for (number, lane) in segment.lanes.enumerated() {
                reasons.formUnion(broken(index, number, at: start))
                guard index == 0 else { continue }
                if !judgement.isOnStep(number, start) { reasons.insert(.offStep) }
                if isTooSoon(lane, at: start) { reasons.insert(.tooSoon) }
                if isTooFar(lane, at: start) { reasons.insert(.tooFar) }
            }
        }
        return reasons
    }
}
