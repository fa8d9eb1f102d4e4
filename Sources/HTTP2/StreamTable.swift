/// The streams of a session by slot, and the way from a stream id to its slot.
///
/// Ids come in order and few are open at once, so an open-addressed table hashed by the id itself
/// finds nearly every one at its first place.
struct StreamTable: ~Copyable {
    private struct Place {
        var id: Int32 = 0
        var slot: Int32 = 0
    }

    private(set) var records: UnsafeMutablePointer<StreamRecord?>
    private(set) var capacity = 32
    private var free: [Int] = []
    private var places: [Place]
    /// Streams taken and not yet released.
    private(set) var count = 0

    init() {
        records = .allocate(capacity: 32)
        records.initialize(repeating: nil, count: 32)
        places = Array(repeating: Place(), count: 128)
        free = Array((0..<32).reversed())
    }

    deinit {
        records.deinitialize(count: capacity)
        records.deallocate()
    }

    /// Takes a slot for a new stream.
    mutating func insert(id: Int32) -> Int {
        if free.isEmpty { grow() }
        let slot = free.removeLast()
        records[slot] = StreamRecord(id: id)
        count += 1
        var place = hash(id)
        while places[place].id != 0 { place = (place + 1) & (places.count - 1) }
        places[place] = Place(id: id, slot: Int32(slot))
        return slot
    }

    func slot(id: Int32) -> Int? {
        var place = hash(id)
        while places[place].id != 0 {
            if places[place].id == id { return Int(places[place].slot) }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    /// Frees a slot and everything queued on its stream.
    mutating func remove(slot: Int) {
        guard let record = records[slot] else { return }
        forget(id: record.id)
        records[slot] = nil
        free.append(slot)
        count -= 1
    }

    /// Removes an id and moves back those that had to give way to it, so that no search stops
    /// early.
    private mutating func forget(id: Int32) {
        let mask = places.count - 1
        var hole = hash(id)
        while places[hole].id != id {
            guard places[hole].id != 0 else { return }
            hole = (hole + 1) & mask
        }
        var next = (hole + 1) & mask
        while places[next].id != 0 {
            let home = hash(places[next].id)
            if (next &- home) & mask >= (next &- hole) & mask {
                places[hole] = places[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        places[hole] = Place()
    }

    private func hash(_ id: Int32) -> Int {
        Int(id >> 1) & (places.count - 1)
    }

    private mutating func grow() {
        let larger = capacity * 2
        let moved = UnsafeMutablePointer<StreamRecord?>.allocate(capacity: larger)
        moved.moveInitialize(from: records, count: capacity)
        (moved + capacity).initialize(repeating: nil, count: larger - capacity)
        records.deallocate()
        records = moved
        free = Array((capacity..<larger).reversed())
        capacity = larger

        let previous = places
        places = Array(repeating: Place(), count: larger * 4)
        for entry in previous where entry.id != 0 {
            var place = hash(entry.id)
            while places[place].id != 0 { place = (place + 1) & (places.count - 1) }
            places[place] = entry
        }
    }
}
