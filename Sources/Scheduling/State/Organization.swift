public import Intervals

/// One organization's whole state: the deterministic core.
///
/// Commands ask it to decide, which changes nothing; events are applied, which never fails. No
/// clock, no randomness and no I/O inside: time and ids come in as values. Zones come from a
/// database that reads each once.
///
/// Invariants, checked by `violations()`: 1. A provider's calendar holds exactly the padded
/// segments of the bookings that occupy and of the
///    holds, and no two live ones overlap.
/// 2. A procedure has at most one active attachment, and its patient is the booking's.
/// 3. A booking's stage is the last of its history, and fits its procedures; a charge's status fits
///    its procedure and its attachment (`stageViolations`, `chargeViolations`).
/// 4. Nothing is a patient's who was merged into another one, and merges lead to no patient twice.
/// 5. Every secondary index is what the records say.
///
/// Owned by its lock in `Engine`; a value here, so that what decides cannot change it.
public struct Organization: Sendable {
    /// The organization's own record.
    public internal(set) var profile: OrganizationProfile
    /// Position of the last event applied; 0 before the first.
    public internal(set) var position: Int64 = 0

    /// Clinics, archived ones too.
    public internal(set) var locations = Table<Location>()
    /// Those who perform services, disabled ones too.
    public internal(set) var providers = Table<Provider>()
    /// What can be booked, archived ones too.
    public internal(set) var services = Table<Service>()
    /// Kinds of procedures, archived ones too.
    public internal(set) var procedureTypes = Table<ProcedureType>()
    /// Patients, those who were merged into others too.
    public internal(set) var patients = Table<Patient>()
    /// Bookings of all times and stages.
    public internal(set) var bookings = Table<Booking>()
    /// Slots kept for somebody; expired ones, marked so by `ExpireHolds`, until `SweepHolds` takes
    /// them.
    public internal(set) var holds = Table<Hold>()
    /// Procedures, those that were given up too.
    public internal(set) var procedures = Table<Procedure>()
    /// Ties of procedures to bookings, those that ended too.
    public internal(set) var attachments = Table<Attachment>()
    /// Rooms and devices.
    public internal(set) var resources = Table<Resource>()
    /// Wishes for times that were not to be had.
    public internal(set) var waitlist = Table<WaitlistEntry>()
    /// What procedures are billed for.
    public internal(set) var charges = Table<Charge>()

    /// External references, unique within their kind.
    var externalRefs: [ExternalRef: UInt128] = [:]
    /// Each provider's occupancies, past and far ones included.
    var calendars: [Identifier<Provider>: ResourceCalendar] = [:]
    /// Those of rooms, devices and pools.
    var resourceCalendars: [CalendarKey: ResourceCalendar] = [:]
    /// The rooms and devices of a location that serve a pool, in order of id; archived ones too.
    var poolMembers: [CalendarKey: [Identifier<Resource>]] = [:]
    /// Those who wait.
    var waitlistByLocation: [Identifier<Location>: OrderedIndex<WaitlistKey>] = [:]
    /// Those who have an offer.
    var waitlistByHold: [Identifier<Hold>: Identifier<WaitlistEntry>] = [:]
    /// Bookings of a group, in order of id.
    var bookingsByGroup: [Identifier<BookingGroup>: [Identifier<Booking>]] = [:]
    var bookingsByPatient: [Identifier<Patient>: OrderedIndex<BookingKey>] = [:]
    var bookingsByLocation: [Identifier<Location>: OrderedIndex<BookingKey>] = [:]
    var bookingsByProvider: [Identifier<Provider>: OrderedIndex<BookingKey>] = [:]
    /// No booking lasts, or has lasted, longer: how far back those that overlap a time may start.
    /// Never shrinks.
    var longestVisitMinutes: Int32 = 0
    var proceduresByPatient: [Identifier<Patient>: OrderedIndex<Identifier<Procedure>>] = [:]
    var attachmentsByProcedure: [Identifier<Procedure>: [Identifier<Attachment>]] = [:]
    /// Ended ones too, in order of id.
    var attachmentsByBooking: [Identifier<Booking>: [Identifier<Attachment>]] = [:]
    /// In order of id.
    var chargesByProcedure: [Identifier<Procedure>: [Identifier<Charge>]] = [:]
    var chargesByBooking: [Identifier<Booking>: [Identifier<Charge>]] = [:]
    /// The active ones only, in order of id.
    var activeAttachments: [SegmentKey: [Identifier<Attachment>]] = [:]
    var typesByService: [Identifier<Service>: [Identifier<ProcedureType>]] = [:]
    var holdsByOwner: [String: [Identifier<Hold>]] = [:]
    /// By when time does something to them.
    var holdsByDue = OrderedIndex<HoldDue>()
    var patientWords = OrderedIndex<PatientWord>()
    /// What repeated calls get.
    var receipts = ReceiptBook()

    /// Hours of providers at locations, worked out once.
    var schedules: ScheduleCache
    /// Where zones are looked up.
    public let zones: TimeZoneDatabase

    /// A new organization with nothing but its own record.
    public init(profile: OrganizationProfile, zones: TimeZoneDatabase) {
        self.profile = profile
        self.zones = zones
        schedules = ScheduleCache(zones: zones)
    }

    /// What an earlier call with this key was told; nil when there was none, or too long ago.
    public func receipt(_ key: ReceiptKey, now: Instant) -> Receipt? {
        receipts.receipt(key, now: now)
    }

    /// The id.
    public var id: Identifier<OrganizationProfile> { profile.id }
}

/// A client's own name for a record of a kind.
struct ExternalRef: Hashable, Sendable {
    var kind: RecordKind
    var text: String
}

/// Orders bookings by start, then id.
public struct BookingKey: Comparable, Hashable, Sendable {
    /// The first minute of the booking.
    public var start: Minute
    /// Decides between bookings of one start.
    public var id: Identifier<Booking>

    /// A place in the order, whether or not a booking is there.
    public init(start: Minute, id: Identifier<Booking>) {
        self.start = start
        self.id = id
    }

    init(_ booking: Booking) {
        self.init(start: booking.start, id: booking.id)
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.start != right.start ? left.start < right.start : left.id < right.id
    }
}

/// A segment of a booking, 1 for the first.
public struct SegmentKey: Hashable, Sendable {
    /// Whose.
    public var booking: Identifier<Booking>
    /// 1 for the first.
    public var segment: Int32

    /// Of any number; whether there is such a segment is not checked.
    public init(booking: Identifier<Booking>, segment: Int32) {
        self.booking = booking
        self.segment = segment
    }
}

/// Orders patients by what they can be found by, folded: the name from each of its words on, and
/// the external reference; and by that in lower case, which is the order of an export.
struct PatientWord: Comparable, Sendable {
    var word: String
    var id: Identifier<Patient>

    static func < (left: Self, right: Self) -> Bool {
        left.word != right.word ? left.word < right.word : left.id < right.id
    }

    /// All of a patient's; none of one who was merged into another.
    static func all(of patient: Patient) -> [PatientWord] {
        if patient.mergedInto != nil { return [] }
        let name = FoldedText(patient.details.name)
        let reference = patient.details.externalRef
        return Set(
            name.endings + name.joined + [FoldedText(reference).phrase, reference.lowercased()]
        )
        .filter { !$0.isEmpty }
        .map { PatientWord(word: $0, id: patient.id) }
    }
}
