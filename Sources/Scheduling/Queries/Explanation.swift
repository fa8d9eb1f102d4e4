public import Intervals

// Why not: one start rule by rule, or a window by numbers.

/// What stands in the way of one start with one provider.
public struct ProviderVerdict: Sendable {
    /// With whom; nil: nobody offers the segment's service at the location.
    public var provider: Identifier<Provider>?
    /// 1 for the first.
    public var segment: Int
    /// Every rule that fails, in the order in which they are checked.
    public var failures: [RuleFailure]
}

/// What stands in the way of one start.
public struct StartExplanation: Sendable {
    /// It can be booked.
    public var isAvailable: Bool
    /// Each provider of each segment.
    public var verdicts: [ProviderVerdict]
    /// The next start that can be booked, within 60 days.
    public var nextFree: Minute?
}

/// How the starts of one local day fare.
public struct DayExplanation: Sendable {
    /// The location's local date.
    public var date: LocalDate
    /// Starts that can be booked.
    public var available: Int
    /// Those that cannot, by the first rule that fails with the provider who comes furthest.
    public var reasons: [Reason: Int]

    /// One more start; nil: it can be booked.
    fileprivate mutating func add(_ reason: Reason?) {
        if let reason { reasons[reason, default: 0] += 1 } else { available += 1 }
    }
}

/// How the starts of a window fare.
public struct WindowExplanation: Sendable {
    /// Its local days that have any start.
    public var days: [DayExplanation] = []
    /// Starts before this one were explained; the window's end, unless the rest was too much.
    public var end: Minute
}

extension Reason {
    /// Reasons in the order in which the rules are checked.
    public static func inEvaluationOrder(_ reasons: some Sequence<Reason>) -> [Reason] {
        reasons.sorted { $0.evaluationRank < $1.evaluationRank }
    }
}

extension Organization {
    /// Explains one start: the rules of the search, asked one by one.
    public func explain(
        _ request: SlotRequest, at start: Minute, now: Instant
    ) throws(Rejection) -> StartExplanation {
        let question = try question(request, now: now)
        let verdicts = verdicts(question, at: start)
        let isAvailable = question.segments.indices.allSatisfy { index in
            verdicts.contains { $0.segment == index + 1 && $0.failures.isEmpty }
        }
        return StartExplanation(
            isAvailable: isAvailable, verdicts: verdicts,
            nextFree: firstFree(question, after: start))
    }

    private func verdicts(_ question: SlotQuestion, at start: Minute) -> [ProviderVerdict] {
        question.segments.enumerated().flatMap { index, segment in
            var verdicts = segment.candidates.map { candidate in
                ProviderVerdict(
                    provider: candidate.provider.id, segment: index + 1,
                    failures: failures(candidate, segment: index, question, at: start).map {
                        var failure = $0
                        failure.spans = spans(
                            inTheWayBy: $0, candidate, segment: index, question, at: start)
                        return failure
                    })
            }
            if verdicts.isEmpty {
                verdicts.append(
                    ProviderVerdict(
                        provider: nil, segment: index + 1,
                        failures: [RuleFailure(.serviceNotOffered)]))
            }
            // Whoever asks why a colleague is not offered is told that too.
            return verdicts
                + disabled(segment, question).map {
                    ProviderVerdict(
                        provider: $0, segment: index + 1, failures: [RuleFailure(.providerDisabled)]
                    )
                }
        }
    }

    /// Those who would be candidates of a segment that names nobody, were they not disabled.
    private func disabled(
        _ segment: SegmentQuestion, _ question: SlotQuestion
    ) -> [Identifier<Provider>] {
        if segment.isNamed { return [] }
        return segment.service.details.providers.compactMap { providers[$0] }
            .filter { $0.details.isDisabled && $0.works(at: question.location.id) }
            .map(\.id).sorted()
    }

    /// Explains the starts of a window: those on the step of the first segment's service that lie
    /// within some candidate's own hours. Where steps are counted from gaps, those of CLOCK.
    ///
    /// Cost: a look at every rule for each start that cannot be booked and each provider, at most
    /// `Limits.explainedVerdicts` of them: the answer then ends earlier than the window.
    public func explain(
        _ request: SlotRequest, from: Minute, to: Minute, now: Instant
    ) throws(Rejection) -> WindowExplanation {
        let question = try question(request, now: now)
        var told = WindowExplanation(end: from)
        let perStart = question.segments.reduce(0) { $0 + max(1, $1.candidates.count) }
        var verdicts = 0
        while told.end < to {
            // A day at a time, so that nothing is looked for that will not be told.
            let window = StartWindow(
                from: told.end, to: min(to, told.end.clampedAdding(minutes: 1440)))
            let page = findSlots(question, from: window.from, to: window.to, limit: .max)
            let bookable = Set(page.starts)
            for start in aligned(question, in: window).union(bookable).sorted() {
                if verdicts >= Limits.explainedVerdicts {
                    told.end = start
                    return told
                }
                if !bookable.contains(start) { verdicts += perStart }
                let date = question.zone.localDate(at: start)
                if told.days.last?.date != date {
                    told.days.append(DayExplanation(date: date, available: 0, reasons: [:]))
                }
                told.days[told.days.count - 1].add(
                    bookable.contains(start) ? nil : firstReason(question, at: start))
            }
            told.end = window.to
        }
        return told
    }

    /// The first rule that fails with the provider who comes furthest, at the first segment that
    /// finds nobody: what a booking would be refused for.
    private func firstReason(_ question: SlotQuestion, at start: Minute) -> Reason? {
        for (index, segment) in question.segments.enumerated() {
            if segment.candidates.isEmpty { return .serviceNotOffered }
            let firsts = segment.candidates.map {
                failures($0, segment: index, question, at: start).first?.reason
            }
            if firsts.contains(nil) { continue }
            return firsts.compactMap { $0 }.max { $0.evaluationRank < $1.evaluationRank }
        }
        return nil
    }

    private func aligned(_ question: SlotQuestion, in window: StartWindow) -> Set<Minute> {
        var starts: Set<Minute> = []
        for candidate in question.segments[0].candidates {
            var anytime = candidate
            anytime.earliest = .earliest
            anytime.beyond = .latest
            if anytime.anchor != .window { anytime.anchor = .clock }
            forEachStart(anytime, among: window.all, question, in: window) {
                starts.insert($0)
                return false
            }
        }
        return starts
    }
}
