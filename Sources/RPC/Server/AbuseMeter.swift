internal import HTTP2

/// How much of each cheap-to-send frame a peer may send. A bucket holds `burst` tokens and regains
/// `perSecond`.
public struct AbuseLimits: Sendable {
    /// Tokens that run out and come back.
    public struct Bucket: Sendable {
        /// Tokens at most, and at first.
        public var burst: Double
        /// Tokens regained.
        public var perSecond: Double

        /// A bucket that starts full.
        public init(burst: Double, perSecond: Double) {
            self.burst = burst
            self.perSecond = perSecond
        }
    }

    /// SETTINGS frames.
    public var settings = Bucket(burst: 32, perSecond: 10)
    /// DATA frames without bytes or END_STREAM.
    public var emptyData = Bucket(burst: 100, perSecond: 20)
    /// PRIORITY frames.
    public var priorities = Bucket(burst: 1000, perSecond: 200)
    /// Frames of unknown types.
    public var unknownFrames = Bucket(burst: 100, perSecond: 10)
    /// Resets nghttp2 had to send for violations of the protocol (CVE-2025-8671).
    public var forcedResets = Bucket(burst: 200, perSecond: 10)
    /// Frames that break a rule of their stream.
    public var invalidFrames = Bucket(burst: 200, perSecond: 10)
    /// Resets of calls that had not finished (CVE-2023-44487): tolerated while at most half of all
    /// calls end so.
    public var abandonedCalls = Bucket(burst: 200, perSecond: 7)
    /// WINDOW_UPDATE frames: this many, and as many more for each HEADERS or DATA frame we sent.
    public var windowUpdateBurst = 1000
    /// See `windowUpdateBurst`.
    public var windowUpdatesPerFrame = 10
    /// PINGs closer together than this, while we send nothing, are strikes.
    public var pingIntervalSeconds = 300.0
    /// Strikes tolerated.
    public var pingStrikesMax = 2

    /// The defaults of the design.
    public init() {}
}

/// Watches one connection's frame counts and names the first abuse.
struct AbuseMeter {
    private struct Level {
        var tokens: Double
        let bucket: AbuseLimits.Bucket

        init(_ bucket: AbuseLimits.Bucket) {
            tokens = bucket.burst
            self.bucket = bucket
        }

        mutating func refill(seconds: Double) {
            tokens = min(bucket.burst, tokens + seconds * bucket.perSecond)
        }

        /// Takes tokens; false when there were not enough.
        mutating func take(_ count: Int) -> Bool {
            tokens -= Double(count)
            return tokens >= 0
        }
    }

    private let limits: AbuseLimits
    private var seen = FrameCounters()
    private var seenAt: UInt64
    private var settings: Level
    private var emptyData: Level
    private var priorities: Level
    private var unknownFrames: Level
    private var forcedResets: Level
    private var invalidFrames: Level
    private var abandonedCalls: Level
    private var strikes = 0
    private var lastPingAt: UInt64?
    private var framesSentAtLastPing = 0

    init(_ limits: AbuseLimits, now: UInt64) {
        self.limits = limits
        seenAt = now
        settings = Level(limits.settings)
        emptyData = Level(limits.emptyData)
        priorities = Level(limits.priorities)
        unknownFrames = Level(limits.unknownFrames)
        forcedResets = Level(limits.forcedResets)
        invalidFrames = Level(limits.invalidFrames)
        abandonedCalls = Level(limits.abandonedCalls)
    }

    /// Whether anything countable has happened since the last `check`; the common case is no.
    func isQuiet(_ counters: FrameCounters) -> Bool {
        counters.pings == seen.pings && counters.settings == seen.settings
            && counters.emptyData == seen.emptyData && counters.priorities == seen.priorities
            && counters.windowUpdates == seen.windowUpdates
            && counters.unknownFrames == seen.unknownFrames
            && counters.resetsForced == seen.resetsForced
            && counters.invalidFrames == seen.invalidFrames
    }

    /// Counts what is new; answers the reason when the peer has gone too far.
    mutating func check(_ counters: FrameCounters, now: UInt64) -> String? {
        let before = seen
        seen = counters
        refill(now: now)
        if !settings.take(counters.settings - before.settings) { return "too_many_settings" }
        if !emptyData.take(counters.emptyData - before.emptyData) { return "too_many_empty_data" }
        if !priorities.take(counters.priorities - before.priorities) {
            return "too_many_priorities"
        }
        if !unknownFrames.take(counters.unknownFrames - before.unknownFrames) {
            return "too_many_unknown_frames"
        }
        if !forcedResets.take(counters.resetsForced - before.resetsForced) {
            return "too_many_violations"
        }
        if !invalidFrames.take(counters.invalidFrames - before.invalidFrames) {
            return "too_many_invalid_frames"
        }
        let updatesMax =
            limits.windowUpdateBurst + limits.windowUpdatesPerFrame * counters.responseFramesSent
        if counters.windowUpdates > updatesMax { return "too_many_window_updates" }
        return checkPings(counters.pings - before.pings, counters, now: now)
    }

    /// Counts a reset of a call that had not finished.
    mutating func abandonedCall(completed: Int, abandoned: Int, now: UInt64) -> String? {
        refill(now: now)
        guard !abandonedCalls.take(1), abandoned > completed else { return nil }
        return "too_many_resets"
    }

    /// gRPC's ping policy (A8): whatever we send in between pardons earlier pings.
    private mutating func checkPings(
        _ count: Int, _ counters: FrameCounters, now: UInt64
    ) -> String? {
        guard count > 0 else { return nil }
        if counters.responseFramesSent != framesSentAtLastPing {
            strikes = 0
            lastPingAt = nil
        }
        framesSentAtLastPing = counters.responseFramesSent
        let interval = UInt64(limits.pingIntervalSeconds * 1e9)
        if let lastPingAt, now < lastPingAt &+ interval { strikes += 1 }
        strikes += count - 1
        lastPingAt = now
        return strikes > limits.pingStrikesMax ? "too_many_pings" : nil
    }

    private mutating func refill(now: UInt64) {
        guard now > seenAt else { return }
        let seconds = Double(now - seenAt) / 1e9
        seenAt = now
        settings.refill(seconds: seconds)
        emptyData.refill(seconds: seconds)
        priorities.refill(seconds: seconds)
        unknownFrames.refill(seconds: seconds)
        forcedResets.refill(seconds: seconds)
        invalidFrames.refill(seconds: seconds)
        abandonedCalls.refill(seconds: seconds)
    }
}
