/// A stretch for which something has a resource, or a share of it.
public struct Occupancy: Hashable, Sendable {
    /// What occupies.
    public enum Kind: UInt8, Hashable, Sendable {
        /// A booking that keeps its place.
        case booking
        /// A hold, for as long as it lives.
        case hold
        /// Time off, a closure, maintenance.
        case block
    }

    /// What is taken: the core with its buffers.
    public let padded: Interval
    /// What is taken without its buffers; equal to `padded` for a block, and for a buffer that
    /// stands apart from its visit.
    public let core: Interval
    /// The id of the record that occupies; unique together with the start.
    public let owner: UInt128
    /// The clock reading, in milliseconds since 1970, from which on this occupies nothing;
    /// `Occupancy.never` for all but holds.
    public let expiresAtMilliseconds: Int64
    /// How much of the resource it takes.
    public let units: Int32
    /// The most that may be taken in any minute of it, by all together; 1: it tolerates no other.
    public let tolerance: Int32
    /// Names the session that it is part of: occupancies of one session share their place; 0: none.
    public let session: UInt64
    /// How many may take part in the session, as far as this one is concerned; `Int32.max`: it
    /// accompanies a session that somebody else leads, so nobody joins it here.
    public let seats: Int32

    /// Which part of its owner's visit it belongs to.
    public let segment: UInt8
    /// There is nothing of the visit in it: where buffers may be shared it meets no other's.
    public let isBuffer: Bool

    /// It is part of a session that more may join here.
    var hasSeats: Bool { session != 0 && seats != .max }
    /// What occupies.
    public let kind: Kind

    /// The expiry of what does not expire.
    public static let never = Int64.max

    /// Nil unless the core lies within the padded interval.
    public init?(
        padded: Interval, core: Interval, owner: UInt128, kind: Kind,
        expiresAtMilliseconds: Int64 = Occupancy.never, units: Int32 = 1, tolerance: Int32 = 1,
        session: UInt64 = 0, seats: Int32 = 1, segment: UInt8 = 0,
        isBuffer: Bool = false
    ) {
        guard padded.contains(core) else { return nil }
        self.padded = padded
        self.core = core
        self.owner = owner
        self.kind = kind
        self.expiresAtMilliseconds = expiresAtMilliseconds
        self.units = units
        self.tolerance = tolerance
        self.session = session
        self.seats = seats
        self.segment = segment
        self.isBuffer = isBuffer
    }

    /// An exclusive occupancy without buffers.
    public init(
        _ interval: Interval, owner: UInt128, kind: Kind,
        expiresAtMilliseconds: Int64 = Occupancy.never
    ) {
        self.padded = interval
        self.core = interval
        self.owner = owner
        self.kind = kind
        self.expiresAtMilliseconds = expiresAtMilliseconds
        units = 1
        tolerance = 1
        session = 0
        seats = 1
        segment = 0
        isBuffer = false
    }

    /// The first minute occupied, buffer included.
    public var start: Minute { padded.start }
    /// The first minute after it, buffer included.
    public var end: Minute { padded.end }

    /// The order of a calendar: by start, then by owner, so that equal sets are stored alike.
    func precedes(_ start: Minute, _ owner: UInt128) -> Bool {
        self.start == start ? self.owner < owner : self.start < start
    }
}

/// The eyes with which a calendar is read: what has expired by now, and what the reader may overlap
/// because it is its own.
public struct CalendarView: Sendable {
    /// The clock reading, in milliseconds since 1970, that decides which holds still live.
    public let nowMilliseconds: Int64
    /// The booking that is being moved and so does not stand in its own way.
    public let ignoredBooking: UInt128?
    /// The hold that is being converted.
    public let ignoredHold: UInt128?
    /// The session that is being joined; 0: none.
    public var ignoredSession: UInt64 = 0
    /// The only kind that is looked at; nil: every kind.
    public var only: Occupancy.Kind?

    /// A view that ignores nothing but what has expired, unless told to.
    public init(
        nowMilliseconds: Int64, ignoredBooking: UInt128? = nil, ignoredHold: UInt128? = nil
    ) {
        self.nowMilliseconds = nowMilliseconds
        self.ignoredBooking = ignoredBooking
        self.ignoredHold = ignoredHold
    }

    /// The same eyes, for one kind alone.
    public func only(_ kind: Occupancy.Kind) -> CalendarView {
        var view = self
        view.only = kind
        return view
    }

    /// Whether an occupancy stands in the reader's way. A hold that expires now has expired.
    public func counts(_ occupancy: Occupancy) -> Bool {
        occupancy.expiresAtMilliseconds > nowMilliseconds
            && occupancy.owner != ignoredBooking && occupancy.owner != ignoredHold
            && (only == nil || occupancy.kind == only)
            && (ignoredSession == 0 || occupancy.session != ignoredSession)
    }
}
