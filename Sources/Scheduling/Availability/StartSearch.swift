internal import Intervals

/// The starts of a window at which each provider of each segment could do their part, everything
/// else of the visit being possible too.
struct PossibleStarts {
    /// By segment, then candidate: starts of the visit, not of the segment.
    var bySegment: [[StartRanges]]

    /// The candidates of a segment who are free for a visit that starts at an instant.
    func candidates(ofSegment index: Int, at start: Minute) -> [Int] {
        bySegment[index].indices.filter { bySegment[index][$0].contains(start) }
    }
}

extension Organization {
    /// All rules but the grid, notice and horizon, intersected over a window.
    func possibleStarts(_ question: SlotQuestion, in window: StartWindow) -> PossibleStarts {
        var bySegment: [[StartRanges]] = []
        bySegment.reserveCapacity(question.segments.count)
        // What all segments but the candidate's own allow, so far.
        var visit = visitRules(question, in: window)
        for segment in question.segments {
            if visit.isEmpty {
                bySegment.append(segment.candidates.map { _ in StartRanges() })
                continue
            }
            var needs = SharedNeeds()
            let own = window.shifted(later: segment.offset)
            let lanes = segment.candidates.map { candidate in
                starts(candidate, segment, question, in: own, &needs)
                    .shifted(earlierBy: segment.offset)
            }
            bySegment.append(lanes)
            if question.segments.count > 1 {
                visit = visit.intersection(lanes.reduce(StartRanges()) { $0.union($1) })
            }
        }
        if question.hasVisitRules || question.segments.count > 1 {
            for segment in bySegment.indices {
                for lane in bySegment[segment].indices {
                    bySegment[segment][lane] = bySegment[segment][lane].intersection(visit)
                }
            }
        }
        return PossibleStarts(bySegment: bySegment)
    }

    private func visitRules(_ question: SlotQuestion, in window: StartWindow) -> StartRanges {
        var starts = window.all
        guard question.hasVisitRules else { return starts }
        starts.narrow { placeCap(question, in: window) }
        if question.refusesPatientOverlap, question.segments.count > 1 {
            starts.narrow { patientFree(question, for: question.duration, in: window) }
        }
        return starts
    }

    /// The starts of a segment with one candidate.
    private func starts(
        _ candidate: Candidate, _ segment: SegmentQuestion, _ question: SlotQuestion,
        in window: StartWindow, _ needs: inout SharedNeeds
    ) -> StartRanges {
        guard let schedule = schedule(of: candidate.provider, question, window) else {
            return StartRanges()
        }
        let parts = segment.parts(candidate)
        var open = providerHours(candidate, segment, schedule, in: window)
        if !candidate.isBusyThroughout {
            open.narrow { placeHours(candidate, segment, question, in: window) }
            if let whole = candidate.shape.parts(.all).first {
                open.narrow { closures(whole, question, in: window) }
            }
        }
        let blocked = schedule.blocked(for: segment.service.id)
        if !blocked.intervals.isEmpty {
            for part in parts { open.narrow { blocked.starts(part, in: window) } }
        }
        if open.isEmpty { return open }
        var starts = open.intersection(
            claimed(candidate.provider.id, candidate.claim, question)
                .starts(
                    parts, withoutBuffers: segment.partsWithoutBuffers(candidate), in: window))
        for (index, need) in segment.needs.enumerated() {
            starts.narrow {
                needs.starts(index, need, candidate) {
                    self.starts(
                        need, .free, of: segment, with: candidate, question, in: window)
                }
            }
        }
        if candidate.hasSessions {
            starts = starts.union(
                open.intersection(joinable(candidate, segment, question, in: window)))
        }
        if candidate.provider.details.dailyCap != 0 || candidate.dailyCap != 0 {
            starts.narrow { providerCap(candidate, segment, question, in: window) }
        }
        if segment.offset > 0 {
            // The first segment's are looked at with the grid.
            starts.narrow {
                StartRanges(
                    candidate.earliest, through: candidate.beyond.clampedAdding(minutes: -1))
            }
        }
        if question.segments.count == 1, question.refusesPatientOverlap, question.patient != nil {
            starts.narrow {
                patientFree(question, for: candidate.shape.duration, in: window)
            }
        }
        return starts
    }

    /// The starts of sessions of the segment's service that one more could join.
    func joinable(
        _ candidate: Candidate, _ segment: SegmentQuestion, _ question: SlotQuestion,
        in window: StartWindow
    ) -> StartRanges {
        var starts = StartRanges()
        guard let reach = window.reach(candidate.shape.visit) else { return starts }
        var claimed = claimed(candidate.provider.id, candidate.claim, question)
        let inner = segment.partsWithoutBuffers(candidate)
        func name(_ start: Minute) -> UInt64 {
            segment.service.id.session(
                at: start, minutes: candidate.shape.duration, in: question.location.id)
        }
        for start in claimed.calendar.sessionStarts(in: reach, named: name, question.view) {
            guard window.from <= start, start < window.to else { continue }
            let session = name(start)
            let seats = claimed.calendar.seats(
                session: session, start: start, most: candidate.capacity, question.view)
            claimed.view.ignoredSession = session
            let one = StartWindow(from: start, to: start.clampedAdding(minutes: 1))
            guard seats.taken > 0, seats.taken < seats.most,
                !claimed.starts(segment.parts(candidate), withoutBuffers: inner, in: one).isEmpty,
                let range = StartRanges.Range(start, start)
            else { continue }
            starts.append(range)
        }
        return starts
    }
}

extension SlotQuestion {
    /// A rule looks at the visit as a whole.
    fileprivate var hasVisitRules: Bool {
        refusesPatientOverlap && patient != nil || location.details.dailyCap != 0
            || segments.contains { $0.dailyCap != 0 }
    }
}

/// The answers of a segment's needs, which are the same for every candidate with the same phases.
private struct SharedNeeds {
    private struct Key: Hashable {
        var need: Int
        var shape: VisitShape
        var keepsBuffersInHours: Bool
    }
    private var known: [Key: StartRanges] = [:]

    mutating func starts(
        _ index: Int, _ need: ResourceNeed, _ candidate: Candidate, _ find: () -> StartRanges
    ) -> StartRanges {
        // Further providers cannot be the candidate themselves.
        if case .providers = need.source { return find() }
        let key = Key(
            need: index, shape: candidate.shape,
            keepsBuffersInHours: candidate.keepsBuffersInHours)
        if let starts = known[key] { return starts }
        let starts = find()
        known[key] = starts
        return starts
    }
}

// MARK: The grid

extension Organization {
    /// The window to ask about so that the starts in another are right: where steps count from
    /// gaps, all of the hours that reach into it.
    func windowToAsk(_ question: SlotQuestion, _ window: StartWindow) -> StartWindow {
        guard question.needsWholeGaps else { return window }
        var wide = window
        for candidate in question.segments[0].candidates {
            guard let schedule = schedule(of: candidate.provider, question, window) else {
                continue
            }
            for hours in schedule.hours.windows
            where hours.interval.start < window.to && window.from < hours.interval.end {
                wide.from = min(wide.from, hours.interval.start)
                // One more, to tell a gap's end from that of hours that others touch.
                wide.to = max(wide.to, hours.interval.end.clampedAdding(minutes: 1))
            }
        }
        return wide
    }

    /// Calls the body with the starts of a window that lie on a candidate's grid and not before its
    /// notice or beyond its horizon, in order, until it returns true.
    func forEachStart(
        _ candidate: Candidate, among starts: StartRanges, _ question: SlotQuestion,
        in window: StartWindow, until done: (Minute) -> Bool
    ) {
        let from = max(window.from, candidate.earliest)
        let to = min(window.to, candidate.beyond)
        guard !starts.isEmpty, from < to,
            let schedule = schedule(of: candidate.provider, question, window)
        else { return }
        let hours = schedule.hours.windows[...]
        let last = to.clampedAdding(minutes: -1)
        switch candidate.anchor {
        case .clock, .window:
            for index in 0..<starts.count {
                let range = starts[index]
                guard range.first <= last, from <= range.last else { continue }
                let stop = DayWindow.firstStart(
                    in: hours, on: candidate.grid, from: max(range.first, from),
                    through: min(range.last, last), zone: question.zone, where: done)
                if stop != nil { return }
            }
        case .gap, .flush:
            var found: Set<Minute> = []
            for range in starts.ranges where range.first <= last && from <= range.last {
                for window in hours
                where window.interval.start <= range.last && range.first < window.interval.end {
                    collect(candidate, range, in: window, question.zone, into: &found)
                }
            }
            for start in found.sorted() where from <= start && start <= last {
                if done(start) { return }
            }
        }
    }

    /// The starts of one free gap in one window of hours, where steps are counted from gaps.
    private func collect(
        _ candidate: Candidate, _ range: StartRanges.Range, in window: DayWindow,
        _ zone: TimeZoneRules, into found: inout Set<Minute>
    ) {
        let first = max(range.first, window.interval.start)
        let last = min(range.last, window.interval.end.clampedAdding(minutes: -1))
        guard first <= last else { return }
        if candidate.anchor == .gap {
            let anchor = first.clampedAdding(minutes: candidate.grid.offset)
            let grid = StartGrid(step: candidate.grid.step, anchor: .instant(anchor))
            guard let grid, anchor <= last else { return }
            window.forEachStart(on: grid, from: anchor, through: last, zone: zone) {
                found.insert($0)
            }
        } else {
            window.forEachStart(on: candidate.grid, from: first, through: last, zone: zone) {
                found.insert($0)
            }
            found.insert(first)
            // The gap ends with this window, or the window with its hours.
            if last == range.last { found.insert(last) }
        }
    }
}
