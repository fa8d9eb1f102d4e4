import Intervals
import Testing
import Workload

@testable import Scheduling

/// Searches against the oracle that knows every rule.
///
/// The properties are those of the slot index's design, by their numbers: P1 to P4, P7, P10.
struct AvailabilityOracleTests {
    private static let cases = 2

    @Test(
        "P1 to P4: a search lists exactly what trying every minute finds, with whom and how long",
        arguments: OracleSeeds.seeds(
            1000, count: cases,
            found: [1034, 500_257, 500_334, 500_425, 900_248]))
    func list(seed: UInt64) throws {
        try OracleSeeds.run(seed, cases: Self.cases) { seed in
            var world = try VisitWorld(seed: seed)
            var questions = 0
            for _ in 0..<2 {
                let request = world.request()
                questions += OracleSeeds.list
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
            return questions
        }
    }

    @Test(
        "P7: a start is listed if and only if booking it succeeds; else explain says why not",
        arguments: OracleSeeds.seeds(2000, count: cases))
    func bookable(seed: UInt64) throws {
        try OracleSeeds.run(seed, cases: Self.cases) { seed in
            var world = try VisitWorld(seed: seed)
            var questions = 0
            for _ in 0..<3 {
                var request = world.request()
                request.ignoring = nil
                request.hold = nil
                request.patient = world.pick(world.ids.patients)
                guard var oracle = world.oracle(request) else { continue }
                let judgement = oracle.judge(world.judged(request))
                let listed = Set(oracle.slots(world.window, judgement).map(\.start))
                let asked = world.someStarts(listed)
                for start in asked {
                    try world.book(request, at: start, listed, oracle, judgement)
                }
                questions += asked.count
            }
            return questions
        }
    }

    @Test(
        "P10: no pool is ever fuller than it is large, and all who wait can be given a place",
        arguments: OracleSeeds.seeds(3000, count: cases, found: [3019, 903_226, 3_202_000]))
    func pools(seed: UInt64) throws {
        try OracleSeeds.run(seed, cases: Self.cases) { seed in
            let world = try VisitWorld(seed: seed)
            for place in world.ids.locations {
                // Any request will do: what is taken does not depend on it.
                let oracle = world.ids.services.lazy.compactMap { service in
                    world.oracle(
                        SlotRequest(
                            location: place, segments: [SegmentRequest(service: service)]))
                }.first
                guard let oracle else { continue }
                #expect(oracle.poolHasPlaces("rooms"), "seed \(seed)")
            }
            #expect(world.organization.violations().isEmpty, "seed \(seed)")
            return OracleSeeds.list
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
    mutating func someStarts(_ listed: Set<Int>) -> [Int] {
        var starts: Set<Int> = []
        let sorted = listed.sorted()
        for _ in 0..<OracleSeeds.tries(seed) {
            if let one = random.pick(sorted) {
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
        _ request: SlotRequest, at start: Int, _ listed: Set<Int>, _ oracle: VisitOracle,
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

        let isListed = listed.contains(start)
        let place = "seed \(seed) at \(minute) \(request)"
        #expect((refusal == nil) == isListed, "\(place): \(String(describing: refusal?.reason))")
        #expect(refusal?.reason == holdRefusal?.reason, "\(place)")
        #expect(explanation.isAvailable == isListed, "\(place)")
        try convert(request, at: minute, patient, refusal?.reason, place)
        guard let refusal, !isListed else { return }
        #expect(explanation.firstReason == refusal.reason, "\(place)")
        #expect(
            oracle.reasons(at: start, judgement).contains(refusal.reason),
            "\(place): \(refusal.reason), not \(oracle.reasons(at: start, judgement))")
        if let next = listed.filter({ $0 > start }).min() {
            #expect(refusal.nextFree == Int32(next), "\(place)")
            #expect(explanation.nextFree?.sinceEpoch == Int32(next), "\(place)")
        }
    }

    /// A hold for nobody yet, and a booking from it for the patient: refused as one without a hold
    /// is.
    private mutating func convert(
        _ request: SlotRequest, at start: Minute, _ patient: Identifier<Patient>,
        _ reason: Reason?, _ place: String
    ) throws {
        // Where steps are counted from gaps, the patient's own visits bound those; and where the
        // duration differs with the provider, nobody's hold may be with one who takes longer.
        guard let service = organization.services[request.service]?.details,
            service.anchor == .clock || service.anchor == .window,
            service.variants.allSatisfy(\.durations.isEmpty)
        else { return }
        let open = PlaceHold(request, start: start, patient: nil, owner: "", seconds: 60)
        guard let hold = try? sandbox.perform(open) else {
            #expect(reason != nil, "\(place): no hold")
            return
        }
        var new = NewBooking()
        new.hold = hold.id
        new.isSelfService = request.isSelfService
        let refusal = sandbox.refusal(of: CreateBooking(patient: patient, new))
        #expect(refusal?.reason == reason, "\(place): from a hold")
        sandbox.undoLast()
        try sandbox.perform(ReleaseHold(hold.id))
    }
}

extension StartExplanation {
    /// The reason of the provider who came furthest, at the first segment that finds nobody.
    fileprivate var firstReason: Reason? {
        let count = verdicts.map(\.segment).max() ?? 0
        for segment in 0..<count {
            let own = verdicts.filter { $0.segment == segment + 1 }
            if own.contains(where: \.failures.isEmpty) { continue }
            return own.compactMap { $0.failures.first?.reason }
                .max { $0.evaluationRank < $1.evaluationRank }
        }
        return nil
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
