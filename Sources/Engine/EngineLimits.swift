internal import Scheduling

/// The engine's bounds.
public struct EngineLimits: Sendable {
    /// Items that may wait for the committer: changes, and answers that wait for changes.
    ///
    /// What is being committed is not counted, so that a full queue is one batch behind another.
    public var queuedItems = 8192
    /// Bytes of what waits for the committer, by the sizes of requests and replies.
    public var queuedBytes = 64 << 20
    /// Changes of one turn of an event loop with which the committer begins although the turn goes
    /// on: it writes them while the loop decides on the rest.
    public var turnItems = 16
    /// Milliseconds after which one that was refused for want of room may come back.
    public var retryMilliseconds: Int64 = 100

    /// Calls that may wait for the trail to be read.
    public var trailJobs = 64
    /// Those of one organization among them.
    public var trailJobsOfOne = 16
    /// Milliseconds after which one may come back whose organization's trail is being checked.
    public var checkRetryMilliseconds: Int64 = 2000

    /// Calls that may watch one organization.
    public var watchers = 1000
    /// Changes of one topic that are kept for those who watch it: who falls further behind gets a
    /// snapshot.
    public var liveChanges = 1024
    /// The bytes of these.
    public var liveBytes = 2 << 20
    /// Changes of an organization that one who comes back may have missed: they are read from the
    /// trail. Who missed more begins again.
    public var resumedEntries: Int64 = 10_000
    /// Topics of one organization that nobody watches any more and whose changes are kept all the
    /// same, for those who come back; for `liveChanges` changes of the organization.
    public var idleTopics = 8

    /// The bounds that a daemon starts with.
    public init() {}
}
