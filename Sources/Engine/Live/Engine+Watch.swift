public import Scheduling

/// Where a watch begins.
public struct LiveStart<Answer: Sendable>: Sendable {
    /// What comes after `position`.
    public var subscription: LiveSubscription
    /// The organization's position when `answer` was found.
    public var position: Int64
    /// What the body said.
    public var answer: Answer
}

extension Engine {
    /// Ends every watch, and lets none begin: the first step of a stop, since no watch ends by
    /// itself.
    public func endWatches() {
        for cell in organizations() { cell.live.end() }
    }

    /// Asks an organization something and watches a topic from exactly there on: what the answer
    /// does not show, the subscription will.
    ///
    /// Answers as `query` does. The body runs under the organization's lock.
    ///
    /// - Parameters:
    ///   - old: the caller's subscription until now, which it is about to end; nil for a new one.
    ///   - body: says what is watched, and makes the answer.
    ///   - encode: makes of a booking what watchers get; the same for all watchers of a topic. Runs
    ///     under the lock.
    public func watch<Answer: Sendable>(
        _ cell: OrganizationCell, loop: Int, replacing old: LiveSubscription? = nil,
        _ body: (Organization, Instant) throws(Rejection) -> (LiveTopic, Answer),
        encode: @escaping LiveEncoder,
        release: @escaping @Sendable (Result<LiveStart<Answer>, Rejection>) -> Void
    ) -> Result<LiveStart<Answer>, Rejection>? {
        let limits = limits
        return query(cell, loop: loop) { organization, now throws(Rejection) in
            let (topic, answer) = try body(organization, now)
            let subscription = try cell.live.subscribe(
                cell, to: topic, at: organization.position, limits: limits, replacing: old,
                encode: encode)
            return LiveStart(
                subscription: subscription, position: organization.position, answer: answer)
        } release: {
            release($0)
        }
    }
}
