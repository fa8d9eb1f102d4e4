public import Intervals

/// A slot kept for its owner until it expires.
public struct Hold: Identified, Equatable {
    /// Ids begin with it.
    public static let idPrefix = "hold"
    /// Names it, and whoever knows it may use it.
    public let id: Identifier<Hold>
    /// Who asked for it; empty: nobody in particular.
    public var owner: String
    /// For whom, if that is known.
    public var patient: Identifier<Patient>?
    /// Where.
    public var location: Identifier<Location>
    /// Never empty; one after another in time.
    public var segments: [BookingSegment]
    /// Its life is reckoned from then.
    public var createdAt: Instant
    /// From then on it is void, whether or not that is on record or it was removed.
    public var expiresAt: Instant
    /// That it expired is on record: `ExpireHolds` saw it. Never goes back.
    public var hasExpired = false
    /// The booking that is to be moved here: the hold may lie over its time, and becomes nothing
    /// else.
    public var moving: Identifier<Booking>?
    /// Rules that were broken knowingly.
    public var overrides: [Reason] = []
    /// Why they were.
    public var overrideNote = ""
    /// In which role.
    public var overrideRole = ""

    /// A hold of at least one segment.
    public init(
        id: Identifier<Hold>, owner: String, patient: Identifier<Patient>?,
        location: Identifier<Location>, segments: [BookingSegment], createdAt: Instant,
        expiresAt: Instant
    ) {
        precondition(!segments.isEmpty, "a hold has at least one segment")
        self.id = id
        self.owner = owner
        self.patient = patient
        self.location = location
        self.segments = segments
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// The first segment's start.
    public var start: Minute { segments[0].interval.start }
    /// The minute after the last segment.
    public var end: Minute { segments[segments.count - 1].interval.end }
}
