internal import Intervals
internal import Scheduling

/// SplitMix64: the same numbers from the same seed, on every machine.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func int(_ range: ClosedRange<Int32>) -> Int32 { .random(in: range, using: &self) }
    mutating func bool() -> Bool { .random(using: &self) }
    mutating func id<Record>() -> Identifier<Record> {
        Identifier(value: UInt128(next()) << 64 | UInt128(next()))
    }

    /// Texts with the edges that storage could trip over.
    mutating func text() -> String {
        ["", "Zoë", "a'b\"c", "日本語 🌱", "\u{0}nul", String(repeating: "long ", count: 40)]
            .randomElement(using: &self) ?? ""
    }
    mutating func bytes() -> [UInt8] {
        (0..<int(0...40)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
    mutating func instant() -> Instant {
        Instant(milliseconds: .random(in: -4_000_000_000_000...4_000_000_000_000, using: &self))
    }
    mutating func date() -> LocalDate { LocalDate(dayNumber: int(-200_000...200_000)) }
    mutating func optional<Value>(_ make: (inout Seeded) -> Value) -> Value? {
        bool() ? make(&self) : nil
    }
    mutating func list<Value>(_ counts: ClosedRange<Int32>, _ make: (inout Seeded) -> Value)
        -> [Value]
    {
        (0..<int(counts)).map { _ in make(&self) }
    }
    mutating func one<Value: CaseIterable>(of type: Value.Type) -> Value {
        guard let value = Array(type.allCases).randomElement(using: &self) else {
            preconditionFailure("\(type) has cases")
        }
        return value
    }
}
