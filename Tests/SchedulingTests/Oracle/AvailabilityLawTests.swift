import Intervals
import Testing
import Workload

@testable import Scheduling

/// Laws that hold between answers, whoever computes them: P11 and P13 of the slot index's design.
struct AvailabilityLawTests {
    private static let cases = 3

    @Test(
        "P11: a booking never adds starts, and neither does a longer visit or a longer buffer",
        arguments: OracleSeeds.seeds(4000, count: cases))
    func fewer(seed: UInt64) throws {
        try OracleSeeds.run("P11 booking and buffers", seed, cases: Self.cases, .lists) { seed in
            var world = try VisitWorld(seed: seed, .init(isSteady: true, isPlain: true))
            var request = world.plainRequest()
            let before = Set(try world.starts(request).starts)
            if let start = world.random.pick(before.sorted()) {
                let new = world.new(request, at: start)
                try world.sandbox.perform(CreateBooking(patient: world.ids.patients[0], new))
                let after = Set(try world.starts(request).starts)
                #expect(after.isSubset(of: before), "seed \(seed): a booking")
                world.sandbox.undoLast()
                #expect(Set(try world.starts(request).starts) == before, "seed \(seed): undone")
            }

            let service = request.segments[0].service
            var details = try #require(world.organization.services[service]?.details)
            let location = try #require(world.organization.locations[request.location])
            let rules = world.organization.rules(of: details, at: location)
            details.bufferAfter = rules.bufferAfter + 10
            details.bufferBefore = rules.bufferBefore + 5
            try world.sandbox.perform(
                UpdateRecord(service, expectedVersion: 0, details: details))
            let buffered = Set(try world.starts(request).starts)
            #expect(buffered.isSubset(of: before), "seed \(seed): buffers")

            details.durations = [15, 40]
            details.variants = []
            details.processing = 0
            details.finishing = 0
            // What is needed after the visit alone is needed later when it is longer.
            details.requirements = details.requirements.map {
                Requirement($0.source, quantity: $0.quantity, phases: $0.phases.union(.core))
            }
            try world.sandbox.perform(
                UpdateRecord(service, expectedVersion: 0, details: details))
            request.segments[0].duration = 15
            let short = Set(try world.starts(request).starts)
            request.segments[0].duration = 40
            let long = Set(try world.starts(request).starts)
            #expect(long.isSubset(of: short), "seed \(seed): duration")
            return 4
        }
    }

    @Test(
        "P11: a world that lies weeks later answers the same, weeks later",
        arguments: OracleSeeds.seeds(5000, count: cases))
    func shifted(seed: UInt64) throws {
        try OracleSeeds.run("P11 weeks later", seed, cases: Self.cases, .lists) { seed in
            let weeks = Int(seed % 9) + 1
            var world = try VisitWorld(seed: seed, .init(isFixedOffset: true))
            var later = try VisitWorld(seed: seed, .init(isFixedOffset: true, weeksLater: weeks))
            for _ in 0..<3 {
                let starts = try? world.starts(world.request()).starts
                let laterStarts = try? later.starts(later.request()).starts
                let moved = starts?.map { $0.clampedAdding(minutes: Int32(weeks) * 7 * 1440) }
                #expect(laterStarts == moved, "seed \(seed)")
            }
            return 3
        }
    }

    @Test(
        "P11: the two halves of a window give what the whole gives, wherever it is cut",
        arguments: OracleSeeds.seeds(6000, count: cases))
    func cut(seed: UInt64) throws {
        try OracleSeeds.run("P11 windows cut", seed, cases: Self.cases, .lists) { seed in
            var world = try VisitWorld(seed: seed)
            for _ in 0..<4 {
                let request = world.request()
                guard let whole = try? world.starts(request).slots else { continue }
                let cut = world.random.pick(world.window)
                let first = try world.starts(request, in: world.window.lowerBound..<cut).slots
                let second = try world.starts(request, in: cut..<world.window.upperBound).slots
                #expect(first + second == whole, "seed \(seed) cut at \(cut)")
            }
            return 4
        }
    }

    @Test(
        "P13: days later it answers like one that was read from the records just now",
        arguments: OracleSeeds.seeds(7000, count: cases))
    func roll(seed: UInt64) throws {
        try OracleSeeds.run("P13", seed, cases: Self.cases, .lists) { seed in
            var world = try VisitWorld(seed: seed)
            for _ in 0..<3 {
                let request = world.request()
                _ = try? world.starts(request)
                world.sandbox.now = world.sandbox.now.adding(
                    seconds: Int64(world.random.pick(1...1500)) * 60)
                var fresh = Organization(
                    profile: world.organization.profile, zones: TimeZoneDatabase())
                for record in world.organization.records { fresh.restore(record) }
                let page = try? world.starts(request)
                let again = try? fresh.findSlots(
                    request, from: Minute(sinceEpoch: Int32(world.window.lowerBound)),
                    to: Minute(sinceEpoch: Int32(world.window.upperBound)), limit: 100_000,
                    now: world.sandbox.now)
                #expect(again?.slots == page?.slots, "seed \(seed)")
            }
            return 3
        }
    }
}

extension VisitWorld {
    /// A request of one segment whose answers change only by what is taken.
    fileprivate mutating func plainRequest() -> SlotRequest {
        while true {
            var request = request()
            request.segments = [SegmentRequest(service: request.segments[0].service)]
            request.patient = nil
            request.ignoring = nil
            request.hold = nil
            if (try? starts(request)) != nil { return request }
        }
    }
}
