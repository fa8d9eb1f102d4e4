import TestSupport
import Testing

@testable import Intervals

/// Ranges of starts beside plain sets of minutes.
@Suite struct StartRangesTests {
    private typealias Minutes = Set<Int32>

    private func random(_ generator: inout SeededGenerator) -> (StartRanges, Minutes) {
        var ranges = StartRanges()
        var minutes: Minutes = []
        var from: Int32 = 0
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            from += Int32.random(in: 0...5, using: &generator)
            let length = Int32.random(in: 0...6, using: &generator)
            if let range = StartRanges.Range(
                Minute(sinceEpoch: from), Minute(sinceEpoch: from + length))
            {
                ranges.append(range)
            }
            minutes.formUnion(from...from + length)
        }
        return (ranges, minutes)
    }

    private func minutes(_ ranges: StartRanges) -> Minutes {
        var minutes: Minutes = []
        for range in ranges.ranges {
            minutes.formUnion(range.first.sinceEpoch...range.last.sinceEpoch)
        }
        return minutes
    }

    private func isCanonical(_ ranges: StartRanges) -> Bool {
        zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy {
            $0.last.sinceEpoch + 1 < $1.first.sinceEpoch
        } && ranges.count == ranges.ranges.count && ranges.isEmpty == ranges.ranges.isEmpty
            && (0..<ranges.count).allSatisfy { ranges[$0] == ranges.ranges[$0] }
    }

    @Test("They are sets of minutes", arguments: [1, 2, 3, 4])
    func sets(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let (a, x) = random(&generator)
            let (b, y) = random(&generator)
            for (ranges, expected) in [
                (a, x), (a.intersection(b), x.intersection(y)), (a.union(b), x.union(y)),
                (a.subtracting(b), x.subtracting(y)),
                (a.shifted(earlierBy: 7), Set(x.map { $0 - 7 })),
            ] {
                #expect(minutes(ranges) == expected)
                #expect(isCanonical(ranges))
            }
            for minute in Int32(-1)...40 {
                #expect(a.contains(Minute(sinceEpoch: minute)) == x.contains(minute))
            }
            #expect((a == b) == (x == y))
        }
    }
}
