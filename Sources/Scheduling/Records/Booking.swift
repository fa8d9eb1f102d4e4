public import Intervals

/// A patient's visit.
public struct Booking: Identified, Equatable {
    /// Before the digits of its id.
    public static let idPrefix = "booking"
    /// Names it; sorts by the time at which it was made.
    public let id: Identifier<Booking>
    /// Grows by one with each change, from 1.
    public var version: Int64
    /// The client's own name of it, unique among its kind; at most 200 bytes, empty: none.
    public var externalRef: String
    /// Who comes.
    public var patient: Identifier<Patient>
    /// Where; the same for all segments.
    public var location: Identifier<Location>
    /// Where it stands on the board: the stage of the last entry of its history.
    public var stage: Stage
    /// Never empty; one after another in time.
    public var segments: [BookingSegment]
    /// The location's zone when it was booked.
    public var timeZone: String
    /// Local time minus UTC at the start when it was booked, in minutes.
    public var utcOffset: Int32
    /// The patient was here when it was booked.
    public var isWalkIn: Bool
    /// Free text, at most 2000 bytes, that identifies nobody.
    public var note: String
    /// Rules that were broken knowingly.
    public var overrides: [Reason]
    /// Why they were.
    public var overrideNote = ""
    /// In which role.
    public var overrideRole = ""
    /// The bookings that were made together with this one.
    public var group: Identifier<BookingGroup>?
    /// The actor who booked it.
    public var createdBy: String
    /// When it was booked, by the daemon's clock.
    public var createdAt: Instant
    /// Who cancelled it and what that costs; nil while it is not cancelled.
    public var cancellation: Cancellation?
    /// Oldest first, the present stage last; at most `Limits.stageHistory`.
    public var stageHistory: [StageChange]
    /// What is paid, or shall be, ahead of the visit.
    public var deposit: Deposit?
    /// The visit ended early: from this minute on its time is others'. Never set later; nil again
    /// when the visit goes on and nobody has taken it.
    public var releasedAt: Minute?

    /// From the first segment's start to the last one's end.
    public var start: Minute { segments[0].interval.start }
    /// The minute after the last segment.
    public var end: Minute { segments[segments.count - 1].interval.end }

    /// A booking of version 1 unless said otherwise; of at least one segment.
    public init(
        id: Identifier<Booking>, version: Int64 = 1, externalRef: String = "",
        patient: Identifier<Patient>, location: Identifier<Location>, stage: Stage,
        segments: [BookingSegment], timeZone: String, utcOffset: Int32, isWalkIn: Bool = false,
        note: String = "", overrides: [Reason] = [], createdBy: String, createdAt: Instant,
        cancellation: Cancellation? = nil, stageHistory: [StageChange], deposit: Deposit? = nil,
        releasedAt: Minute? = nil
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
        self.deposit = deposit
        self.releasedAt = releasedAt
    }

    /// Enters a stage and remembers it, forgetting the oldest beyond the limit.
    mutating func enter(
        _ stage: Stage, at instant: Instant, by actor: String, reason: String = "",
        isUndo: Bool = false
    ) {
        self.stage = stage
        stageHistory.append(
            StageChange(stage: stage, at: instant, actor: actor, reason: reason, isUndo: isUndo))
        if stageHistory.count > Limits.stageHistory { stageHistory.removeFirst() }
    }
}

/// When a booking came to a stage.
public struct StageChange: Equatable, Sendable {
    /// The stage that it came to.
    public var stage: Stage
    /// Since when.
    public var at: Instant
    /// Who moved it.
    public var actor: String
    /// Why, where somebody said so.
    public var reason: String
    /// It took the move before it back.
    public var isUndo: Bool

    /// A move that takes none back unless said otherwise.
    public init(
        stage: Stage, at: Instant, actor: String, reason: String = "", isUndo: Bool = false
    ) {
        self.stage = stage
        self.at = at
        self.actor = actor
        self.reason = reason
        self.isUndo = isUndo
    }
}

/// How a booking was cancelled.
public struct Cancellation: Equatable, Sendable {
    /// Who did it.
    public var actor: String
    /// When.
    public var at: Instant
    /// Why, at most 500 bytes.
    public var reason: String
    /// What the patient owes for it.
    public var fee: Money?
    /// What of the deposit is given back.
    public var refund: Money?

    /// Without a fee and a refund unless they are given.
    public init(
        actor: String, at: Instant, reason: String, fee: Money? = nil, refund: Money? = nil
    ) {
        self.actor = actor
        self.at = at
        self.reason = reason
        self.fee = fee
        self.refund = refund
    }
}

/// Names the bookings that were made together; there is no record of it.
public enum BookingGroup: Identified {
    /// Before the digits of its id.
    public static let idPrefix = "group"
}
