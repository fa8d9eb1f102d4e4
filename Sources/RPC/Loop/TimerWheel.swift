/// Deadlines of one event loop: setting and cancelling one is O(1).
///
/// Time is cut into ticks; a deadline hangs in the bucket of its tick modulo the number of
/// buckets. Turning the wheel looks at the buckets passed and leaves in place what is due in a
/// later round. Nodes live in one array and link by index, so nothing is allocated per deadline
/// once the array has grown to the number of calls under way.
struct TimerWheel {
    /// What is due: a token and its owner, both opaque to the wheel.
    struct Due: Hashable {
        let owner: Int32
        let token: UInt64
    }

    /// Names a set deadline until it is cancelled or due; -1 is none.
    typealias Handle = Int32
    static let none: Handle = -1

    private struct Node {
        var deadline: UInt64 = 0
        var due = Due(owner: 0, token: 0)
        var next: Handle = TimerWheel.none
        var previous: Handle = TimerWheel.none
    }

    private static let bucketCount = 512
    static let tickNanoseconds: UInt64 = 4_000_000

    private var nodes: [Node] = []
    private var free: [Handle] = []
    private var buckets = [Handle](repeating: TimerWheel.none, count: TimerWheel.bucketCount)
    /// Every tick before this one has been looked at.
    private var tick: UInt64
    private(set) var count = 0

    init(now: UInt64) {
        tick = now / Self.tickNanoseconds
    }

    mutating func set(_ due: Due, at deadline: UInt64) -> Handle {
        let handle: Handle
        if let reused = free.popLast() {
            handle = reused
        } else {
            handle = Handle(nodes.count)
            nodes.append(Node())
        }
        let bucket = Self.bucket(of: max(Self.tick(after: deadline), tick))
        let head = buckets[bucket]
        nodes[Int(handle)] = Node(
            deadline: deadline, due: due, next: head, previous: TimerWheel.none)
        if head != Self.none { nodes[Int(head)].previous = handle }
        buckets[bucket] = handle
        count += 1
        return handle
    }

    mutating func cancel(_ handle: Handle) {
        let node = nodes[Int(handle)]
        if node.previous != Self.none {
            nodes[Int(node.previous)].next = node.next
        } else {
            // The head of a bucket: of the deadline's own, or of the tick at which it was set when
            // that was already later.
            let home = Self.bucket(of: Self.tick(after: node.deadline))
            if buckets[home] == handle {
                buckets[home] = node.next
            } else if let other = buckets.firstIndex(of: handle) {
                buckets[other] = node.next
            }
        }
        if node.next != Self.none { nodes[Int(node.next)].previous = node.previous }
        free.append(handle)
        count -= 1
    }

    /// Takes out everything due by `now`.
    mutating func advance(to now: UInt64, into due: inout [Due]) {
        let target = now / Self.tickNanoseconds
        guard target >= tick else { return }
        let steps = min(Int(target - tick) + 1, Self.bucketCount)
        let first = target + 1 - UInt64(steps)
        for offset in 0..<UInt64(steps) {
            var handle = buckets[Self.bucket(of: first + offset)]
            while handle != Self.none {
                let node = nodes[Int(handle)]
                if node.deadline <= now {
                    due.append(node.due)
                    cancel(handle)
                }
                handle = node.next
            }
        }
        // The current tick may still receive deadlines that lie a little ahead of `now`.
        tick = target
    }

    /// When to look again: the start of the next tick with anything in its bucket, nil when there
    /// is none. O(number of buckets).
    func nextWake() -> UInt64? {
        guard count > 0 else { return nil }
        for offset in 1...UInt64(Self.bucketCount) {
            if buckets[Self.bucket(of: tick + offset)] != Self.none {
                return (tick + offset) * Self.tickNanoseconds
            }
        }
        return (tick + 1) * Self.tickNanoseconds
    }

    /// The first tick that begins at or after a deadline: a call never expires early.
    private static func tick(after deadline: UInt64) -> UInt64 {
        deadline / tickNanoseconds + (deadline % tickNanoseconds == 0 ? 0 : 1)
    }

    private static func bucket(of tick: UInt64) -> Int {
        Int(tick % UInt64(bucketCount))
    }
}
