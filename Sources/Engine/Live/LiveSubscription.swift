/// One watcher of a topic: hears when there is something new, and reads it when it likes.
///
/// Read by one task. Ends with its last reference.
public final class LiveSubscription: Sendable {
    /// What there is after a position.
    public enum News: Sendable {
        /// Every change, oldest first, and the position up to which there is no other.
        case changes([LiveChange], upTo: Int64)
        /// Some are no longer kept: only a snapshot helps.
        case lost
    }

    /// Yields when something is new. What came while nobody listened is one element.
    public let wakes: AsyncStream<Void>
    private let id: Int
    private let cell: OrganizationCell
    private let hub: LiveHub
    private let channel: LiveChannel
    private let waker: AsyncStream<Void>.Continuation

    init(_ id: Int, _ cell: OrganizationCell, _ hub: LiveHub, _ channel: LiveChannel) {
        self.id = id
        self.cell = cell
        self.hub = hub
        self.channel = channel
        (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        channel.insert(waker, id)
    }

    deinit {
        waker.finish()
        hub.remove(id, from: channel, at: cell.durablePosition)
    }

    /// What has happened after a position and is durable.
    public func news(after position: Int64) -> News {
        // Read before the changes: a change is published before its position counts as durable, so
        // none up to here can be missing from them.
        let durable = cell.durablePosition
        guard let changes = channel.changes(after: position) else { return .lost }
        return .changes(changes, upTo: max(durable, position, changes.last?.position ?? 0))
    }

    /// What is watched.
    public var topic: LiveTopic { channel.topic }

    /// Has the reader look again, as for the time that has passed.
    public func wake() { waker.yield() }
}
