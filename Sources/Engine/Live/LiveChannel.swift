internal import NIOConcurrencyHelpers
internal import Scheduling

/// The latest changes of one topic, for all who watch it.
///
/// The committer appends a change once it is durable; each watcher reads on from where it is, in
/// its own time. What is kept is bounded in number and bytes: who falls behind that finds a hole
/// and takes a snapshot, so a watcher that does not read costs no memory at all.
///
/// Lock order: after the organization's and the hub's.
final class LiveChannel: Sendable {
    fileprivate struct State: Sendable {
        /// In order of position, from `first` on.
        var changes: [LiveChange] = []
        var first = 0
        var byteCount = 0
        /// Every change after this position is there.
        var base: Int64
        var wakers: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    let topic: LiveTopic
    let encode: LiveEncoder
    let limits: EngineLimits
    private let state: NIOLockedValueBox<State>

    /// - base: where the organization is: what comes later will be published.
    init(
        _ topic: LiveTopic, base: Int64, limits: EngineLimits,
        encode: @escaping LiveEncoder
    ) {
        self.topic = topic
        self.encode = encode
        self.limits = limits
        state = NIOLockedValueBox(State(base: base))
    }

    /// Tells the watchers. By the committer alone, in order of position.
    func publish(_ change: LiveChange) {
        state.withLockedValue { state in
            state.changes.append(change)
            state.byteCount += change.byteCount
            state.trim(limits)
            for waker in state.wakers.values { waker.yield() }
        }
    }

    /// The changes after a position, oldest first; nil when some of them are gone.
    func changes(after position: Int64) -> [LiveChange]? {
        state.withLockedValue { state in
            guard position >= state.base else { return nil }
            let kept = state.changes[state.first...]
            // Most readers are near the end.
            let next = kept.lastIndex { $0.position <= position }.map { $0 + 1 } ?? state.first
            return Array(kept[next...])
        }
    }

    func insert(_ waker: AsyncStream<Void>.Continuation, _ id: Int) {
        state.withLockedValue { $0.wakers[id] = waker }
    }

    /// Tells the watchers that nothing more will come.
    func end() {
        let wakers = state.withLockedValue { Array($0.wakers.values) }
        for waker in wakers { waker.finish() }
    }

    /// Returns whether nobody is left.
    func remove(_ id: Int) -> Bool {
        state.withLockedValue { state in
            state.wakers[id] = nil
            return state.wakers.isEmpty
        }
    }
}

extension LiveChannel.State {
    /// Drops the oldest beyond the limits, and moves the rest only once in a while.
    fileprivate mutating func trim(_ limits: EngineLimits) {
        while changes.count - first > limits.liveChanges
            || (byteCount > limits.liveBytes && changes.count - first > 1)
        {
            base = changes[first].position
            byteCount -= changes[first].byteCount
            changes[first].cards = []
            first += 1
        }
        if first > limits.liveChanges {
            changes.removeSubrange(..<first)
            first = 0
        }
    }
}
