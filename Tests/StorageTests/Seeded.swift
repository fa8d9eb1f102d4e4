internal import Intervals
internal import Scheduling
internal import TestSupport

/// Values of the core's types: the same from the same seed, on every machine.
struct Seeded: RandomNumberGenerator {
    private var generator: SeededGenerator

    init(_ seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func next() -> UInt64 { generator.next() }

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
