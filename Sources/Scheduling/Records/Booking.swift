public import Intervals

/// A patient's visit.
public struct Booking: Identified, Equatable {
    public static let idPrefix = "booking"
    public let id: Identifier<Booking>
    public var version: Int64
    public var externalRef: String
    public var patient: Identifier<Patient>
    public var location: Identifier<Location>
    public var stage: Stage
    /// Never empty; one after another in time.
    public var segments: [BookingSegment]
    /// The location's zone when it was booked.
    public var timeZone: String
    /// Local time minus UTC at the start when it was booked, in minutes.
    public var utcOffset: Int32
    public var isWalkIn: Bool
    public var note: String
    /// Rules that were broken knowingly.
    public var overrides: [Reason]
    public var createdBy: String
    public var createdAt: Instant
    public var cancellation: Cancellation?
    /// Oldest first, the present stage last; at most `Limits.stageHistory`.
    public var stageHistory: [StageChange]

    /// From the first segment's start to the last one's end.
    public var start: Minute { segments[0].interval.start }
    /// The minute after the last segment.
    public var end: Minute { segments[segments.count - 1].interval.end }

    public init(
        id: Identifier<Booking>, version: Int64 = 1, externalRef: String = "",
        patient: Identifier<Patient>, location: Identifier<Location>, stage: Stage,
        segments: [BookingSegment], timeZone: String, utcOffset: Int32, isWalkIn: Bool = false,
        note: String = "", overrides: [Reason] = [], createdBy: String, createdAt: Instant,
        cancellation: Cancellation? = nil, stageHistory: [StageChange]
    ) {
        precondition(!segments.isEmpty, "a booking has at least one segment")
        self.id = id
        self.version = version
        self.externalRef = externalRef
        self.patient = patient
        self.location = location
        self.stage = stage
        self.segments = segments
        self.timeZone = timeZone
        self.utcOffset = utcOffset
        self.isWalkIn = isWalkIn
        self.note = note
        self.overrides = overrides
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.cancellation = cancellation
        self.stageHistory = stageHistory
    }

    /// Enters a stage and remembers it, forgetting the oldest beyond the limit.
    mutating func enter(_ stage: Stage, at instant: Instant, by actor: String) {
        self.stage = stage
        stageHistory.append(StageChange(stage: stage, at: instant, actor: actor))
        if stageHistory.count > Limits.stageHistory { stageHistory.removeFirst() }
    }
}

/// One service of a booking, by one provider.
public struct BookingSegment: Equatable, Sendable {
    public var service: Identifier<Service>
    public var provider: Identifier<Provider>
    /// The choice of the provider was left to slotd.
    public var anyProvider: Bool
    /// The visit itself, without buffers.
    public var interval: Interval
    /// Minutes kept free before, as they were when it was booked.
    public var bufferBefore: Int32
    /// Minutes kept free after, as they were when it was booked.
    public var bufferAfter: Int32

    public init(
        service: Identifier<Service>, provider: Identifier<Provider>, anyProvider: Bool,
        interval: Interval, bufferBefore: Int32, bufferAfter: Int32
    ) {
        self.service = service
        self.provider = provider
        self.anyProvider = anyProvider
        self.interval = interval
        self.bufferBefore = bufferBefore
        self.bufferAfter = bufferAfter
    }

    /// The visit with its buffers: what the provider cannot be booked for.
    public var padded: Interval {
        interval.padded(before: bufferBefore, after: bufferAfter)
    }
}

/// When a booking came to a stage.
public struct StageChange: Equatable, Sendable {
    public var stage: Stage
    public var at: Instant
    public var actor: String

    public init(stage: Stage, at: Instant, actor: String) {
        self.stage = stage
        self.at = at
        self.actor = actor
    }
}

/// How a booking was cancelled.
public struct Cancellation: Equatable, Sendable {
    public var actor: String
    public var at: Instant
    public var reason: String

    public init(actor: String, at: Instant, reason: String) {
        self.actor = actor
        self.at = at
        self.reason = reason
    }
}

/// A slot kept for its owner until it expires. It is never changed, only made and removed.
public struct Hold: Identified, Equatable {
    public static let idPrefix = "hold"
    public let id: Identifier<Hold>
    public var owner: String
    public var patient: Identifier<Patient>?
    public var location: Identifier<Location>
    public var segment: BookingSegment
    public var createdAt: Instant
    /// From then on it is void, whether or not it was removed.
    public var expiresAt: Instant

    public init(
        id: Identifier<Hold>, owner: String, patient: Identifier<Patient>?,
        location: Identifier<Location>, segment: BookingSegment, createdAt: Instant,
        expiresAt: Instant
    ) {
        self.id = id
        self.owner = owner
        self.patient = patient
        self.location = location
        self.segment = segment
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
