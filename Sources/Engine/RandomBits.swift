internal import Glibc
internal import NIOConcurrencyHelpers

/// The system's random bits, fetched many at a time: two calls into the kernel for the ids of each
/// decision were one in sixty of what a booking costs its event loop.
///
/// Usable from any thread; the lock is held for a few instructions, and for one call into the
/// kernel in 16 uses. No pair is given out twice.
final class RandomBits: Sendable {
    private static let wordCount = 32
    private let words = NIOLockedValueBox([UInt64]())

    /// 128 bits.
    func next() -> (UInt64, UInt64) {
        words.withLockedValue { words in
            if words.isEmpty { words = Self.fetch() }
            return (words.removeLast(), words.removeLast())
        }
    }

    /// An even number of words, as many as one call gives (getentropy(3): 256 bytes).
    private static func fetch() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: wordCount) { buffer, count in
            // Safe: it writes all of the bytes that it is given, or fails.
            let code = getentropy(buffer.baseAddress, wordCount * MemoryLayout<UInt64>.stride)
            precondition(code == 0, "the system has no random bits: \(errno)")
            count = wordCount
        }
    }
}
