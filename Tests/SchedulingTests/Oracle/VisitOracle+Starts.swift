import Intervals

@testable import Scheduling

// The visit as a whole: caps, the patient, the step, notice and horizon, and the list.

extension VisitOracle {
    /// Who stands: bookings that keep their time and live holds, but for what is ignored.
    var standing: [(location: Identifier<Location>, segments: [BookingSegment])] {
        var all: [(Identifier<Location>, [BookingSegment])] = []
        for booking in organization.bookings.all where booking.id != request.ignoring {
            if [.waitlist, .noShow, .cancelled, .archived].contains(booking.stage) { continue }
            all.append((booking.location, booking.segments))
        }
        for hold in organization.holds.all where hold.id != request.hold && hold.expiresAt > now {
            all.append((hold.location, hold.segments))
        }
        return all
    }

    /// As many visits start on the day as the location or one of the services takes.
    func placeCapReached(at start: Int) -> Bool {
        let caps = segments.map { ($0.service.id, Int($0.service.details.dailyCap)) }
        let most = Int(location.details.dailyCap)
        if most == 0, caps.allSatisfy({ $0.1 == 0 }) { return false }
        let date = clock.date(at: start)
        let visits = standing.filter {
            $0.location == location.id
                && clock.date(at: Int($0.segments[0].interval.start.sinceEpoch)) == date
        }
        return most != 0 && visits.count >= most
            || caps.contains { service, cap in
                cap != 0
                    && visits.count { $0.segments.contains { $0.service == service } } >= cap
            }
    }

    /// The patient has another visit between two instants, and that is refused.
    func patientIsElsewhere(_ visit: Range<Int>) -> Bool {
        let policy = organization.profile.details.patientOverlap
        guard let patient = request.patient,
            policy == .refuse || policy == .warn && request.isSelfService
        else { return false }
        return organization.bookings.all.contains { booking in
            booking.patient == patient && booking.id != request.ignoring
                && ![.waitlist, .noShow, .cancelled, .archived].contains(booking.stage)
                && visit.overlaps(Int(booking.start.sinceEpoch)..<Int(booking.end.sinceEpoch))
        }
    }

    /// Sooner than the notice allows.
    func isTooSoon(_ lane: OracleLane, at start: Int) -> Bool {
        Int64(start) * 60_000 - now.milliseconds < Int64(lane.notice) * 60_000
    }

    /// After the last local day that can be booked.
    func isTooFar(_ lane: OracleLane, at start: Int) -> Bool {
        clock.date(at: start) > clock.date(at: Int(now.minute.sinceEpoch)) + lane.horizonDays
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
        /// By segment, lane, minute.
        fileprivate(set) var broken: [[[Set<Reason>]]]

        func reasons(_ segment: Int, _ lane: Int, _ minute: Int) -> Set<Reason> {
            broken[segment][lane][minute - range.lowerBound]
        }

        /// Some lane can do the segment.
        func isPossible(_ segment: Int, _ minute: Int) -> Bool {
            broken[segment].contains { $0[minute - range.lowerBound].isEmpty }
        }
    }

    /// Judges every minute of a range as the visit's start, but for step, notice and horizon of the
    /// first segment.
    mutating func judge(_ range: Range<Int>) -> Judgement {
        var judgement = Judgement(range: range, broken: [])
        let length = segments.last.map { $0.offset + ($0.lanes.first?.shape.duration ?? 0) } ?? 0
        for (index, segment) in segments.enumerated() {
            judgement.broken.append([])
            for lane in segment.lanes {
                let whole = segments.count == 1 ? lane.shape.duration : length
                let minutes = range.map { start in
                    let own = start + segment.offset
                    var reasons = broken(segment, lane, at: own)
                    if index > 0 {
                        if isTooSoon(lane, at: own) { reasons.insert(.tooSoon) }
                        if isTooFar(lane, at: own) { reasons.insert(.tooFar) }
                    }
                    if placeCapReached(at: start) { reasons.insert(.dailyCap) }
                    if patientIsElsewhere(start..<start + whole) {
                        reasons.insert(.patientOverlap)
                    }
                    return reasons
                }
                judgement.broken[index].append(minutes)
            }
        }
        return judgement
    }

    /// Whether a minute is on the step of the first segment's service, with a lane.
    ///
    /// Where steps are counted from gaps, a gap is a run of starts at which everything else of the
    /// visit is possible: decisions.md, all needs first, then the stride.
    func onStep(_ number: Int, _ judgement: Judgement) -> (Int) -> Bool {
        let lane = segments[0].lanes[number]
        let details = segments[0].service.details
        let windows = windows(lane)
        func onDial(_ minute: Int, _ window: MinuteWindow, from origin: Int) -> Bool {
            let reading = clock.reading(at: minute) - window.midnight
            return window.instants.contains(minute) && window.dial.contains(reading)
                && (reading - origin - lane.stepOffset) % lane.step == 0
        }
        switch details.anchor {
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
                    if details.anchor == .gap {
                        for minute in inside
                        where minute >= inside.lowerBound + lane.stepOffset
                            && (minute - inside.lowerBound - lane.stepOffset) % lane.step == 0
                        {
                            starts.insert(minute)
                        }
                        continue
                    }
                    starts.insert(inside.lowerBound)
                    if inside.upperBound == run.upperBound { starts.insert(run.upperBound - 1) }
                    for minute in inside where onDial(minute, window, from: 0) {
                        starts.insert(minute)
                    }
                }
            }
            return { starts.contains($0) }
        }
    }

    /// The runs of starts at which a lane and everything else of the visit is possible.
    private func possible(_ number: Int, _ judgement: Judgement) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for minute in judgement.range {
            guard judgement.reasons(0, number, minute).isEmpty,
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
        let isOnStep = segments[0].lanes.indices.map { onStep($0, judgement) }
        var slots: [Slot] = []
        for start in window {
            guard segments.indices.allSatisfy({ judgement.isPossible($0, start) }) else { continue }
            let first = segments[0].lanes.indices.filter { number in
                let lane = segments[0].lanes[number]
                return judgement.reasons(0, number, start).isEmpty && isOnStep[number](start)
                    && !isTooSoon(lane, at: start) && !isTooFar(lane, at: start)
            }
            let rest = segments.indices.dropFirst().map { index in
                segments[index].lanes.indices.filter {
                    judgement.reasons(index, $0, start).isEmpty
                }.map { segments[index].lanes[$0].provider.id }
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
    func reasons(at start: Int, _ judgement: Judgement) -> Set<Reason> {
        var reasons: Set<Reason> = []
        for (index, segment) in segments.enumerated() {
            if segment.lanes.isEmpty { reasons.insert(.serviceNotOffered) }
            for (number, lane) in segment.lanes.enumerated() {
                reasons.formUnion(judgement.reasons(index, number, start))
                guard index == 0 else { continue }
                if !onStep(number, judgement)(start) { reasons.insert(.offStep) }
                if isTooSoon(lane, at: start) { reasons.insert(.tooSoon) }
                if isTooFar(lane, at: start) { reasons.insert(.tooFar) }
            }
        }
        return reasons
    }
}
