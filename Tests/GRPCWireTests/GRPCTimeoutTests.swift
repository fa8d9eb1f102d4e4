import GRPCWire
import TestSupport
import Testing

@Suite("grpc-timeout")
struct GRPCTimeoutTests {
    @Test(
        "Every unit is read in nanoseconds",
        arguments: [
            ("1n", UInt64(1)), ("7u", 7_000), ("20m", 20_000_000), ("3S", 3_000_000_000),
            ("2M", 120_000_000_000), ("1H", 3_600_000_000_000), ("0n", 0),
            ("00000001S", 1_000_000_000), ("99999999H", .max),
        ])
    func units(text: String, nanoseconds: UInt64) {
        #expect(GRPCTimeout.parse(Array(text.utf8).span) == nanoseconds)
    }

    @Test(
        "A malformed timeout is refused",
        arguments: ["", "1", "S", "abc", "-1S", "1.5S", "123456789S", "1s", "1 S", "+1S", "1SS"])
    func malformed(text: String) {
        #expect(GRPCTimeout.parse(Array(text.utf8).span) == nil)
    }

    @Test("What is formatted is read back no shorter, and at most a 10,000th longer")
    func roundTrip() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let magnitude = UInt64.random(in: 0...58, using: &random)
            let value = UInt64.random(in: 0...(1 << magnitude), using: &random)
            let text = GRPCTimeout.format(nanoseconds: value)
            guard let read = GRPCTimeout.parse(Array(text.utf8).span) else {
                Issue.record("\(text) is not read back")
                continue
            }
            #expect(read >= value)
            #expect(read - value <= value / 10_000 + 1, "\(value) became \(text)")
        }
    }
}
