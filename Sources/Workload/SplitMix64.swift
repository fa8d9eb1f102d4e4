/// SplitMix64: a random sequence that one number replays, on every machine and in every version.
///
/// The generator is Sebastiano Vigna's (https://prng.di.unimi.it/splitmix64.c), public domain.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The sequence of a seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True so many times out of a hundred.
    public mutating func chance(_ percent: Int) -> Bool {
        Int(next() % 100) < percent
    }

    /// A number of the range. The bias of the remainder is below one in 2^32 for ranges of ours.
    public mutating func pick(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// An element, or nil of nothing.
    public mutating func pick<Element>(_ choices: [Element]) -> Element? {
        choices.isEmpty ? nil : choices[pick(0...choices.count - 1)]
    }

    /// The index of one of the weights, each as likely as its share. Their sum is positive.
    public mutating func pick(weights: [Int]) -> Int {
        var rest = pick(0...weights.reduce(0, +) - 1)
        for (index, weight) in weights.enumerated() {
            if rest < weight { return index }
            rest -= weight
        }
        preconditionFailure("the rest is below the sum of the weights")
    }
}
