internal import NIOConcurrencyHelpers
internal import Scheduling
internal import Synchronization

/// Who watches what in an organization.
///
/// While nobody watches, a change costs one load of a counter. A channel whose last watcher leaves
/// is kept for a while, so that one who lost its connection can go on where it was; then it costs
/// nothing again. Lock order: after the organization's lock, before a channel's.
final class LiveHub: Sendable {
    fileprivate struct State: Sendable {
        var channels: [LiveTopic: LiveChannel] = [:]
        /// Topics that nobody watches at present, and since which position; the latest last.
        var idle: [(topic: LiveTopic, since: Int64)] = []
        var watcherCount = 0
        var lastID = 0
        var isEnding = false
    }

    private let state = NIOLockedValueBox(State())
    private let channelCount = Synchronization.Atomic<Int>(0)

    /// Somebody watches something, or did a moment ago. Exact under the organization's lock, under
    /// which watchers come.
    var isWatched: Bool { channelCount.load(ordering: .acquiring) > 0 }

    /// What an event that was just applied means to those who watch. Under the organization's lock.
    func changes(
        by event: Event, inverse: [RecordWrite], in organization: Organization,
        limits: EngineLimits
    ) -> [LiveNews] {
        let channels = state.withLockedValue { state in
            state.forgetIdle(before: event.position - Int64(limits.liveChanges))
            channelCount.store(state.channels.count, ordering: .releasing)
            return Array(state.channels.values)
        }
        if channels.isEmpty { return [] }
        let touched = organization.touched(by: event, inverse: inverse)
        if touched.isEmpty { return [] }
        return channels.compactMap { channel in
            channel.topic.change(
                by: event, touched, in: organization, encode: channel.encode
            ).map { LiveNews(channel: channel, change: $0) }
        }
    }

    /// Adds a watcher. Under the organization's lock, at its present position.
    ///
    /// - Parameter old: the watcher's subscription until now, which it is about to end.
    func subscribe(
        _ cell: OrganizationCell, to topic: LiveTopic, at position: Int64, limits: EngineLimits,
        replacing old: LiveSubscription?, encode: @escaping LiveEncoder
    ) throws(Rejection) -> LiveSubscription {
        let result = state.withLockedValue { state -> Result<LiveSubscription, Rejection> in
            guard !state.isEnding else {
                return .failure(Rejection(.overloaded, "the daemon is stopping"))
            }
            guard state.watcherCount < limits.watchers || old != nil else {
                return .failure(
                    Rejection(
                        .tooManyWatchers,
                        "\(limits.watchers) calls watch this organization already"))
            }
            state.watcherCount += 1
            let channel =
                state.channels[topic]
                ?? LiveChannel(topic, base: position, limits: limits, encode: encode)
            state.channels[topic] = channel
            state.idle.removeAll { $0.topic == topic }
            channelCount.store(state.channels.count, ordering: .releasing)
            state.lastID += 1
            return .success(LiveSubscription(state.lastID, cell, self, channel))
        }
        return try result.get()
    }

    /// Ends every subscription, and lets none begin.
    func end() {
        let channels = state.withLockedValue { state in
            state.isEnding = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.end() }
    }

    /// Takes a watcher away; its channel stays for a while.
    func remove(_ id: Int, from channel: LiveChannel, at position: Int64) {
        state.withLockedValue { state in
            state.watcherCount -= 1
            guard channel.remove(id), state.channels[channel.topic] === channel else { return }
            state.idle.append((channel.topic, position))
            if state.idle.count > channel.limits.idleTopics {
                state.channels[state.idle.removeFirst().topic] = nil
            }
            channelCount.store(state.channels.count, ordering: .releasing)
        }
    }
}

extension LiveHub.State {
    fileprivate mutating func forgetIdle(before position: Int64) {
        while let oldest = idle.first, oldest.since < position {
            channels[oldest.topic] = nil
            idle.removeFirst()
        }
    }
}

/// A change on its way to a channel: it is published once it is durable.
struct LiveNews: Sendable {
    var channel: LiveChannel
    var change: LiveChange

    func publish() { channel.publish(change) }
}
