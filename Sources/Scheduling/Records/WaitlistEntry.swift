public import Intervals

/// Where a wish for a time stands. The numbers are the API's and the journal's.
public enum WaitlistStatus: UInt8, CaseIterable, Sendable {
    /// Nothing has come free yet.
    case waiting = 1
    /// A slot is held for the patient.
    case offered = 2
    /// The offer was booked.
    case booked = 3
    /// The patient does not wait any more.
    case left = 4
    /// The last time that was wished for has passed.
    case lapsed = 5
}

/// A patient's wish for a time that was not to be had: what comes free is held for whoever waits
/// longest among those of the highest priority.
public struct WaitlistEntry: Identified, Equatable {
    /// The prefix of its kind's ids.
    public static let idPrefix = "waitlist"
    /// Which.
    public let id: Identifier<WaitlistEntry>
    /// Grows by one with each change.
    public var version: Int64 = 1
    /// For whom.
    public var patient: Identifier<Patient>
    /// Where.
    public var location: Identifier<Location>
    /// What; never empty.
    public var segments: [SegmentRequest]
    /// The first start that would do.
    public var earliest: Minute
    /// Starts before this one would do.
    public var latest: Minute
    /// Higher comes first.
    public var priority: Int32 = 0
    /// How long an offer is held.
    public var offerSeconds: Int32 = Limits.offerSecondsDefault
    /// Free text without anything that identifies a person.
    public var note = ""
    /// Where it stands.
    public var status = WaitlistStatus.waiting
    /// The offer, while it stands.
    public var hold: Identifier<Hold>?
    /// What the offer became.
    public var booking: Identifier<Booking>?
    /// Starts that were offered and not taken; they are not offered again. The last 32.
    public var declined: [Minute] = []
    /// Who put it on the list.
    public var createdBy = ""
    /// Since when the patient waits.
    public var createdAt: Instant

    /// A wish for a start in `[earliest, latest)`.
    public init(
        id: Identifier<WaitlistEntry>, patient: Identifier<Patient>,
        location: Identifier<Location>, segments: [SegmentRequest], earliest: Minute,
        latest: Minute, createdAt: Instant
    ) {
        precondition(!segments.isEmpty, "a wish has at least one segment")
        self.id = id
        self.patient = patient
        self.location = location
        self.segments = segments
        self.earliest = earliest
        self.latest = latest
        self.createdAt = createdAt
    }

    /// It waits again, and what it was offered is not offered again.
    mutating func waitAgain(after start: Minute?) {
        status = .waiting
        hold = nil
        version += 1
        guard let start, !declined.contains(start) else { return }
        declined.append(start)
        if declined.count > Limits.declinedStarts { declined.removeFirst() }
    }
}

/// Orders those who wait: the highest priority first, then whoever has waited longest.
struct WaitlistKey: Comparable, Sendable {
    var priority: Int32
    var id: Identifier<WaitlistEntry>

    init(_ entry: WaitlistEntry) {
        priority = entry.priority
        id = entry.id
    }

    static func < (left: Self, right: Self) -> Bool {
        left.priority != right.priority ? left.priority > right.priority : left.id < right.id
    }
}
