import Intervals
import Testing
import Workload

@testable import Scheduling

/// Searches against the oracle that knows every rule.
///
/// The properties are those of the slot index's design, by their numbers: P1 to P4, P7, P10.
struct AvailabilityOracleTests {
    private static let cases = 3

    @Test(
        "P1 to P4: a search lists exactly what trying every minute finds, with whom and how long",
        arguments: OracleSeeds.seeds(
            1000, count: cases,
            found: [1034, 500_257, 500_334, 500_425, 900_248]))
    func list(seed: UInt64) throws {
        try OracleSeeds.run("P1 to P4", seed, cases: Self.cases, .lists) { seed in
            var world = try VisitWorld(seed: seed)
            for _ in 0..<4 {
                let request = world.request()
                guard let expected = world.expected(request) else {
                    #expect(throws: Rejection.self) { try world.starts(request) }
                    continue
                }
                let found = try world.starts(request).slots
                if found != expected {
                    Issue.record("seed \(seed): \(world.difference(found, expected, request))")
                }
                let first = try world.starts(request, limit: 1)
                #expect(first.starts.first?.sinceEpoch == expected.first.map { Int32($0.start) })
            }
            return 4
        }
    }

    @Test(
        "P6 and P7: a start is listed if and only if booking it succeeds; else explain says why",
        arguments: OracleSeeds.seeds(2000, count: cases))
    func bookable(seed: UInt64) throws {
        try OracleSeeds.run("P7", seed, cases: Self.cases, .starts) { seed in
            var world = try VisitWorld(seed: seed)
            var questions = 0
            for _ in 0..<3 {
                var request = world.request()
                request.ignoring = nil
                request.hold = nil
                request.patient = world.pick(world.ids.patients)
                guard var oracle = world.oracle(request) else { continue }
                let judgement = oracle.judge(world.judged(request))
                let listed = oracle.slots(world.window, judgement).map(\.start)
                let asked = world.someStarts(listed)
                for start in asked {
                    try world.book(request, at: start, listed, &oracle, judgement)
                }
                questions += asked.count
            }
            return questions
        }
    }

    @Test(
        "P10: no pool is ever fuller than it is large, and all who wait can be given a place",
        arguments: OracleSeeds.seeds(
            3000, count: cases,
            found: [
                3019, 903_226, 3_202_000, 6_403_000, 38_103_001, 77_603_000, 104_603_000,
            ]))
    func pools(seed: UInt64) throws {
        try OracleSeeds.run("P10", seed, cases: Self.cases, .lists) { seed in
            let world = try VisitWorld(seed: seed)
            for place in world.ids.locations {
                // Any request will do: what is taken does not depend on it.
                let oracle = world.ids.services.lazy.compactMap { service in
                    world.oracle(
                        SlotRequest(
                            location: place, segments: [SegmentRequest(service: service)]))
                }.first
                guard var oracle else { continue }
                let hasPlaces = oracle.poolHasPlaces("rooms")
                let pool = oracle.description(ofPool: "rooms")
                #expect(hasPlaces, "seed \(seed): \(pool)")
            }
            #expect(world.organization.violations().isEmpty, "seed \(seed)")
            return 1
        }
    }
}

extension VisitWorld {
    /// What the oracle lists; nil where the request should be refused whatever the time.
    func expected(_ request: SlotRequest) -> [VisitOracle.Slot]? {
        guard var oracle = oracle(request) else { return nil }
        return oracle.slots(window, oracle.judge(judged(request)))
    }

    /// Starts to try: some that are listed, those just beside them, and any.
    mutating func someStarts(_ listed: [Int]) -> [Int] {
        var starts: Set<Int> = []
        for _ in 0..<OracleSeeds.tries(seed) {
            if let one = random.pick(listed) {
                starts.formUnion([one, one + random.pick([-1, 1, 15])!])
            }
            starts.insert(random.pick(window))
            starts.insert(window.lowerBound + random.pick(0...window.count / 15 - 1) * 15)
        }
        return starts.filter { window.contains($0) }.sorted()
    }

    /// Books and holds a start, and takes that back: both succeed exactly when it is listed, and
    /// else both say what explain says first, which is true of some provider.
    mutating func book(
        _ request: SlotRequest, at start: Int, _ listed: [Int], _ oracle: inout VisitOracle,
        _ judgement: VisitOracle.Judgement
    ) throws {
        let minute = Minute(sinceEpoch: Int32(start))
        let patient = try #require(request.patient)
        let refusal = sandbox.refusal(of: CreateBooking(patient: patient, new(request, at: minute)))
        sandbox.undoLast()
        let hold = PlaceHold(
            request, start: minute, patient: patient, owner: "somebody", seconds: 60)
        let holdRefusal = sandbox.refusal(of: hold)
        sandbox.undoLast()
        let explanation = try organization.explain(request, at: minute, now: sandbox.now)

        let later = listed.firstIndex(from: start)
        let isListed = later < listed.count && listed[later] == start
        let seed = seed
        func say(_ isTrue: Bool, _ what: @autoclosure () -> String) {
            if !isTrue { Issue.record("seed \(seed) at \(minute) \(request): \(what())") }
        }
        say((refusal == nil) == isListed, "booked: \(String(describing: refusal?.reason))")
        say(refusal?.reason == holdRefusal?.reason, "held: \(holdRefusal.debugDescription)")
        say(explanation.isAvailable == isListed, "explained as \(explanation.isAvailable)")
        try convert(request, at: minute, patient, refusal?.reason, say)
        guard let refusal, !isListed else { return }
        let explained = explanation.firstReason
        say(
            explained == refusal.reason,
            "\(refusal.reason), explained \(explained.debugDescription)")
        let truth = oracle.reasons(at: start, judgement)
        say(truth.contains(refusal.reason), "\(refusal.reason), not \(truth)")
        if later < listed.count {
            let next = Int32(listed[later])
            say(refusal.nextFree == next, "next free \(refusal.nextFree.debugDescription)")
            say(explanation.nextFree?.sinceEpoch == next, "explained next free")
        }
    }

    /// A hold for nobody yet, and a booking from it for the patient: refused as one without a hold
    /// is.
    private mutating func convert(
        _ request: SlotRequest, at start: Minute, _ patient: Identifier<Patient>,
        _ reason: Reason?, _ say: (Bool, @autoclosure () -> String) -> Void
    ) throws {
        // Where steps are counted from gaps, the patient's own visits bound those; and where the
        // duration differs with the provider, nobody's hold may be with one who takes longer.
        guard let service = organization.services[request.service]?.details,
            judged(request) == window,
            service.variants.allSatisfy(\.durations.isEmpty)
        else { return }
        let open = PlaceHold(request, start: start, patient: nil, owner: "", seconds: 60)
        guard let hold = try? sandbox.perform(open) else {
            say(reason != nil, "no hold for nobody yet")
            return
        }
        var new = NewBooking()
        new.hold = hold.id
        new.isSelfService = request.isSelfService
        let refusal = sandbox.refusal(of: CreateBooking(patient: patient, new))
        say(refusal?.reason == reason, "from a hold: \(String(describing: refusal?.reason))")
        sandbox.undoLast()
        try sandbox.perform(ReleaseHold(hold.id))
    }
}

extension StartExplanation {
    /// The reason of the provider who came furthest, at the first segment that finds nobody.
    fileprivate var firstReason: Reason? {
        let count = verdicts.map(\.segment).max() ?? 0
        for segment in 0..<count {
            // Whoever is disabled is told besides.
            let all = verdicts.filter { $0.segment == segment + 1 }
            let own = all.filter { $0.failures.first?.reason != .providerDisabled }
            if own.contains(where: \.failures.isEmpty) { continue }
            return own.compactMap { $0.failures.first?.reason }
                .max { $0.evaluationRank < $1.evaluationRank }
        }
        return nil
    }
}

extension [Int] {
    /// Where the first of sorted numbers stands that is not less than one.
    fileprivate func firstIndex(from least: Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < least { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SlotPage {
    /// The slots in the oracle's form.
    var slots: [VisitOracle.Slot] {
        func part(_ ends: [Int], _ index: Int, _ indexes: [Int32]) -> [Identifier<Provider>] {
            indexes[(index == 0 ? 0 : ends[index - 1])..<ends[index]].map { providers[Int($0)] }
        }
        return starts.indices.map { index in
            let rest = segments.dropFirst().map {
                part($0.providerEnds, index, $0.providerIndexes)
            }
            return VisitOracle.Slot(
                start: Int(starts[index].sinceEpoch), duration: Int(duration(ofSlot: index)),
                providers: [part(providerEnds, index, providerIndexes)] + rest)
        }
    }
}
