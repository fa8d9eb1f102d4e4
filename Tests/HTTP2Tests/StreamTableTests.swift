import TestSupport
import Testing

@testable import HTTP2

@Suite("Stream table")
struct StreamTableTests {
    @Test("Ids are found exactly while they are in, as in a dictionary")
    func twin() {
        for seed in UInt64(1)...100 {
            var random = SeededGenerator(seed: seed)
            var table = StreamTable()
            var twin: [Int32: Int] = [:]
            var nextID: Int32 = 1
            for _ in 0..<600 {
                if Int.random(in: 0...99, using: &random) < 55 {
                    // Sometimes a leap, so that ids meet at the same place of the hash.
                    nextID += Bool.random(using: &random) ? 2 : 256
                    twin[nextID] = table.insert(id: nextID)
                } else if let id = twin.keys.sorted().randomElement(using: &random) {
                    table.remove(slot: twin.removeValue(forKey: id)!)
                    #expect(table.slot(id: id) == nil, "seed \(seed)")
                }
                #expect(table.count == twin.count, "seed \(seed)")
            }
            for (id, slot) in twin {
                #expect(table.slot(id: id) == slot, "seed \(seed)")
                #expect(table.records[slot]?.id == id, "seed \(seed)")
            }
            #expect(Set(twin.values).count == twin.count, "seed \(seed)")
        }
    }

    @Test("Queued messages leave in order with their prefixes, whatever room there is")
    func fill() {
        for seed in UInt64(1)...100 {
            var random = SeededGenerator(seed: seed)
            var record = StreamRecord(id: 1)
            var expected: [UInt8] = []
            var sent: [UInt8] = []
            for _ in 0..<150 {
                if Bool.random(using: &random) {
                    let count = Int.random(in: 0...30, using: &random)
                    let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                    let flag = UInt8.random(in: 0...1, using: &random)
                    record.enqueue(.init(flag: flag, payload: payload))
                    expected += [flag, 0, 0, 0, UInt8(count)] + payload
                }
                var room = [UInt8](repeating: 0, count: Int.random(in: 1...40, using: &random))
                let written = room.withUnsafeMutableBytes { record.fill($0) }
                sent += room[..<written]
                #expect(record.queuedByteCount == expected.count - sent.count, "seed \(seed)")
            }
            var room = [UInt8](repeating: 0, count: 10_000)
            let written = room.withUnsafeMutableBytes { record.fill($0) }
            sent += room[..<written]
            #expect(sent == expected, "seed \(seed)")
            #expect(record.head == nil, "seed \(seed)")
        }
    }
}
