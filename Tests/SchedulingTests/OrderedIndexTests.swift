import Testing
import Workload

@testable import Scheduling

struct OrderedIndexTests {
    @Test(
        "an index holds what a sorted set would, whatever is inserted and removed",
        arguments: [1, 2, 3])
    func twin(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var index = OrderedIndex<Int>()
        var twin: Set<Int> = []
        // Enough keys for several splits of a chunk, then down to nothing again.
        for round in 0..<6000 {
            let key = random.pick(0...3999)
            if random.chance(round < 4000 ? 75 : 20) {
                index.insert(key)
                twin.insert(key)
            } else {
                index.remove(key)
                twin.remove(key)
            }
            if round % 500 == 499 {
                let sorted = twin.sorted()
                #expect(index.keys == sorted)
                #expect(index.count == sorted.count)
                let lower = random.pick(0...4000)
                var seen: [Int] = []
                index.forEach(from: lower) {
                    seen.append($0)
                    return seen.count < 7
                }
                #expect(seen == Array(sorted.drop { $0 < lower }.prefix(7)))
            }
        }
        for key in twin { index.remove(key) }
        #expect(index.keys.isEmpty && index.count == 0)
        index.insert(5)
        #expect(index.keys == [5])
    }

    @Test("ascending and descending insertion keep the order across chunks")
    func monotone() {
        var up = OrderedIndex<Int>()
        var down = OrderedIndex<Int>()
        for key in 0..<2000 {
            up.insert(key)
            down.insert(1999 - key)
        }
        #expect(up.keys == Array(0..<2000) && down.keys == Array(0..<2000))
    }
}
