/// A set of keys in order, in chunks: what a sorted array would be if inserting in its middle did
/// not move the rest.
///
/// Insert, remove and seek cost a binary search over the chunks and a move within one chunk of at
/// most 128 keys. Reading on from a key costs nothing beyond the keys read.
public struct OrderedIndex<Key: Comparable & Sendable>: Sendable {
    // Invariants: no chunk is empty; keys ascend strictly within and across chunks; `firsts` are
    // the chunks' first keys.
    private var chunks: [[Key]] = []
    // Side by side, so that the search for a chunk does not go through all of memory.
    private var firsts: [Key] = []
    /// How many keys there are.
    public private(set) var count = 0

    private static var chunkLimit: Int { 128 }

    /// The empty set.
    public init() {}

    /// Adds a key; one that is there stays.
    public mutating func insert(_ key: Key) {
        guard !chunks.isEmpty else {
            chunks = [[key]]
            firsts = [key]
            count = 1
            return
        }
        let chunk = chunkIndex(for: key)
        let index = lowerBound(of: key, in: chunk)
        if index < chunks[chunk].count, chunks[chunk][index] == key { return }
        chunks[chunk].insert(key, at: index)
        if index == 0 { firsts[chunk] = key }
        count += 1
        if chunks[chunk].count > Self.chunkLimit {
            let half = chunks[chunk].count / 2
            let tail = Array(chunks[chunk][half...])
            chunks[chunk].removeSubrange(half...)
            firsts.insert(tail[0], at: chunk + 1)
            chunks.insert(tail, at: chunk + 1)
        }
    }

    /// Removes a key; one that is not there is not missed.
    public mutating func remove(_ key: Key) {
        guard !chunks.isEmpty else { return }
        let chunk = chunkIndex(for: key)
        let index = lowerBound(of: key, in: chunk)
        guard index < chunks[chunk].count, chunks[chunk][index] == key else { return }
        chunks[chunk].remove(at: index)
        count -= 1
        if chunks[chunk].isEmpty {
            chunks.remove(at: chunk)
            firsts.remove(at: chunk)
        } else if index == 0 {
            firsts[chunk] = chunks[chunk][0]
        }
    }

    /// Visits keys from the first that is not below `lower` (from the very first when nil), in
    /// order, until the body returns false.
    public func forEach(from lower: Key? = nil, _ body: (Key) -> Bool) {
        guard !chunks.isEmpty else { return }
        var chunk = 0
        var index = 0
        if let lower {
            chunk = chunkIndex(for: lower)
            index = lowerBound(of: lower, in: chunk)
        }
        while chunk < chunks.count {
            while index < chunks[chunk].count {
                guard body(chunks[chunk][index]) else { return }
                index += 1
            }
            chunk += 1
            index = 0
        }
    }

    /// The last chunk whose first key is not above the key, or the first chunk.
    private func chunkIndex(for key: Key) -> Int {
        var low = 0
        var high = firsts.count
        while low < high {
            let middle = (low + high) / 2
            if firsts[middle] <= key { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    private func lowerBound(of key: Key, in chunk: Int) -> Int {
        // Reached once, not through both arrays at each step.
        let keys = chunks[chunk]
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
