public import Intervals

/// A record that clients create and replace as a whole: an identity, a version, and the details
/// that the client gives.
public protocol DetailedRecord: Identified, Equatable {
    associatedtype Details: RecordDetails

    /// Names it.
    var id: Identifier<Self> { get }
    /// Grows by one with each change, from 1.
    var version: Int64 { get }
    /// What the client gave.
    var details: Details { get }

    init(id: Identifier<Self>, version: Int64, details: Details)

    /// The record as one case of all kinds.
    var asRecord: Record { get }
    /// Where an organization keeps records of this kind.
    static var table: KeyPath<Organization, Table<Self>> & Sendable { get }
    /// Its kind.
    static var kind: RecordKind { get }
}

/// What a client gives of a record.
public protocol RecordDetails: Equatable, Sendable {
    /// The client's own name of the record; empty: none.
    var externalRef: String { get set }
    /// Refuses references to records that the organization does not have.
    func checkReferences(in organization: Organization) throws(Rejection)
    /// Refuses what cannot be changed once the record is there.
    func checkChange(of old: Self) throws(Rejection)
}

/// A clinic.
public struct Location: DetailedRecord {
    /// Before the digits of its id.
    public static let idPrefix = "location"
    /// Names it.
    public let id: Identifier<Location>
    /// Grows by one with each change, from 1.
    public let version: Int64
    /// What the client gave.
    public let details: Details

    /// What the client gives of a location.
    public struct Details: RecordDetails {
        /// The client's own name of it, unique among its kind; at most 200 bytes, empty: none.
        public var externalRef = ""
        /// 1 to 200 bytes.
        public var name = ""
        /// IANA name.
        public var timeZone = "UTC"
        /// Business hours by its own clock, at most 64; none: never open.
        public var hours: [WeeklyInterval] = []
        /// Dates whose hours are others than the week's.
        public var days: [DayHours] = []
        /// When it is closed although its hours say otherwise.
        public var closures: [Closure] = []
        /// Bookings that may start on one local date; 0: any number.
        public var dailyCap: Int32 = 0
        /// What counts here where a service does not say it.
        public var defaults = ServiceDefaults()
        /// Nothing is offered there any more; what is booked stays.
        public var isArchived = false

        /// Never open, by UTC, until more is said.
        public init() {}
    }

    /// As stored; references are not checked here.
    public init(id: Identifier<Location>, version: Int64, details: Details) {
        self.id = id
        self.version = version
        self.details = details
    }
}

/// Someone who performs services: an exclusive resource.
public struct Provider: DetailedRecord {
    /// Before the digits of its id.
    public static let idPrefix = "provider"
    /// Names it.
    public let id: Identifier<Provider>
    /// Grows by one with each change, from 1.
    public let version: Int64
    /// What the client gave.
    public let details: Details

    /// What the client gives of a provider.
    public struct Details: RecordDetails {
        /// The client's own name of it, unique among its kind; at most 200 bytes, empty: none.
        public var externalRef = ""
        /// 1 to 200 bytes.
        public var name = ""
        /// Not offered any more; what is booked stays.
        public var isDisabled = false
        /// A physician's permission is needed for what this provider does.
        public var mdRequired = false
        /// Weekly hours at each location, at most 64. Only what lies within the location's hours
        /// counts, unless the organization lets providers extend them.
        public var schedules: [ProviderSchedule] = []
        /// Dates whose hours at one location are others than the week's.
        public var days: [ProviderDay] = []
        /// When there is no work although the hours say so; at most 512.
        public var timeOff: [TimeOff] = []
        /// Bookings that may start on one local date, at all locations; 0: any number.
        public var dailyCap: Int32 = 0

        /// Without hours until more is said.
        public init() {}
    }

    /// As stored; references are not checked here.
    public init(id: Identifier<Provider>, version: Int64, details: Details) {
        self.id = id
        self.version = version
        self.details = details
    }
}

/// A provider's weekly hours at one location, from one local date to another, both included.
public struct ProviderSchedule: Equatable, Sendable {
    /// Where.
    public var location: Identifier<Location>
    /// The first date on which the hours count, by the location's clock; nil: since ever.
    public var effectiveStart: LocalDate?
    /// The last date on which they count; nil: for ever.
    public var effectiveEnd: LocalDate?
    /// The hours of each week, at most 64.
    public var hours: [WeeklyInterval]

    /// Counts on every date unless one is given.
    public init(
        location: Identifier<Location>, effectiveStart: LocalDate? = nil,
        effectiveEnd: LocalDate? = nil, hours: [WeeklyInterval]
    ) {
        self.location = location
        self.effectiveStart = effectiveStart
        self.effectiveEnd = effectiveEnd
        self.hours = hours
    }
}

/// Local time, half-open, in which a provider does not work; without a location it counts at all of
/// them, on each one's own clock.
public struct TimeOff: Equatable, Sendable {
    /// Only there; nil: everywhere.
    public var location: Identifier<Location>?
    /// Only this service is not performed; nil: none is.
    public var service: Identifier<Service>?
    /// The local date of the first minute. In a repeated hour of autumn its first occurrence is
    /// meant.
    public var startDate: LocalDate
    /// Minutes since local midnight of `startDate`, 0 to 1440.
    public var startMinute: Int32
    /// The local date of the minute after the last. In a repeated hour of autumn its last
    /// occurrence is meant.
    public var endDate: LocalDate
    /// Minutes since local midnight of `endDate`, 0 to 1440.
    public var endMinute: Int32
    /// Free text, at most 200 bytes.
    public var note: String

    /// Of all locations and services unless one is given.
    public init(
        location: Identifier<Location>? = nil, service: Identifier<Service>? = nil,
        startDate: LocalDate, startMinute: Int32, endDate: LocalDate, endMinute: Int32,
        note: String = ""
    ) {
        self.location = location
        self.service = service
        self.startDate = startDate
        self.startMinute = startMinute
        self.endDate = endDate
        self.endMinute = endMinute
        self.note = note
    }
}

/// Something that can be booked. All times in minutes. What is nil is said by the location, by the
/// organization, or by nobody: `ServiceDefaults`.
public struct Service: DetailedRecord {
    /// Before the digits of its id.
    public static let idPrefix = "service"
    /// Names it.
    public let id: Identifier<Service>
    /// Grows by one with each change, from 1.
    public let version: Int64
    /// What the client gave.
    public let details: Details

    /// What the client gives of a service. The rules that every level may say are members of it
    /// too: `details.step` is `details.rules.step`.
    @dynamicMemberLookup
    public struct Details: RecordDetails {
        /// The client's own name of it, unique among its kind; at most 200 bytes, empty: none.
        public var externalRef = ""
        /// 1 to 200 bytes.
        public var name = ""
        /// Offered durations; the first is the default. Never empty.
        public var durations: [Int32] = [30]
        /// What every level may say: buffers, steps, notice, horizon, who is assigned.
        public var rules = ServiceDefaults()
        /// Who performs it, at most 1024; none: nobody, and nothing is offered.
        public var providers: [Identifier<Provider>] = []
        /// What differs with a provider, at a location, or both; the most specific wins, field by
        /// field.
        public var variants: [ServiceVariant] = []
        /// Minutes at the visit's end but before `finishing`, and those at its very end: the rest
        /// of the duration is the core.
        public var processing: Int32 = 0
        /// See `processing`.
        public var finishing: Int32 = 0
        /// The phases in which the provider is busy; always with the core.
        public var providerPhases = PhaseSet.all
        /// What else it takes.
        public var requirements: [Requirement] = []
        /// Bookings of the service that may start on one local date at one location; 0: any number.
        public var dailyCap: Int32 = 0
        /// Bookings that a provider can serve at a time.
        public var capacity: Int32 = 1
        /// How they may lie; means nothing while `capacity` is 1.
        public var capacityRule = CapacityRule.sameStart
        /// Not offered any more; what is booked stays.
        public var isArchived = false
        /// What is charged for it; nil: nothing is.
        public var price: Price?

        /// Half an hour, every quarter of an hour, by nobody, until more is said.
        public init() {}

        /// One of `rules`.
        public subscript<Value>(
            dynamicMember rule: WritableKeyPath<ServiceDefaults, Value>
        ) -> Value {
            get { rules[keyPath: rule] }
            set { rules[keyPath: rule] = newValue }
        }
    }

    /// As stored; references are not checked here.
    public init(id: Identifier<Service>, version: Int64, details: Details) {
        self.id = id
        self.version = version
        self.details = details
    }
}

/// A kind of procedure, and the services that lead to it.
public struct ProcedureType: DetailedRecord {
    /// Before the digits of its id.
    public static let idPrefix = "proctype"
    /// Names it.
    public let id: Identifier<ProcedureType>
    /// Grows by one with each change, from 1.
    public let version: Int64
    /// What the client gave.
    public let details: Details

    /// What the client gives of a procedure type.
    public struct Details: RecordDetails {
        /// The client's own name of it, unique among its kind; at most 200 bytes, empty: none.
        public var externalRef = ""
        /// 1 to 200 bytes.
        public var name = ""
        /// Services whose bookings are for this type, at most 1024. One that belongs to exactly one
        /// type that is not archived fills the type in by itself.
        public var services: [Identifier<Service>] = []
        /// A physician's permission is needed.
        public var mdRequired = false
        /// Steps of the wizard, patient and booking included.
        public var stepCount: Int32 = 3
        /// Not offered any more; what was begun stays.
        public var isArchived = false

        /// Of three steps and no services until more is said.
        public init() {}
    }

    /// As stored; references are not checked here.
    public init(id: Identifier<ProcedureType>, version: Int64, details: Details) {
        self.id = id
        self.version = version
        self.details = details
    }
}

/// What becomes of a visit while its patient has another. The numbers are the API's.
public enum PatientOverlap: UInt8, CaseIterable, Sendable {
    /// Booked, and said so.
    case warn = 1
    /// Refused.
    case refuse = 2
    /// Booked.
    case allow = 3
}

/// An organization's own record: its names and its settings.
public struct OrganizationProfile: Identified, Equatable {
    /// Before the digits of its id.
    public static let idPrefix = "org"
    /// Names it; stands before everything else that is stored of it.
    public let id: Identifier<OrganizationProfile>
    /// Grows by one with each change, from 1.
    public let version: Int64
    /// What the client gave.
    public let details: Details
    /// What the test clock shows: set from its creation on for an organization of a development
    /// directory, and never for any other.
    public let testClock: Instant?

    /// What the client gives of an organization, and when it was created.
    public struct Details: Equatable, Sendable {
        /// The client's own name of it, unique among organizations; callers may name it so. Empty:
        /// none.
        public var externalRef = ""
        /// 1 to 200 bytes.
        public var name = ""
        /// 0: any number.
        public var activeProceduresPerSegment: Int32 = 1
        /// Minutes after its start at which a booking may become a no-show.
        public var noShowGrace: Int32 = 15
        /// Of these kinds buffers of neighbours may be the same time: the longer one counts.
        public var sharedBuffers: Set<ResourceKind> = []
        /// What becomes of a visit while its patient has another.
        public var patientOverlap = PatientOverlap.warn
        /// Providers work in their own hours even where the location is closed.
        public var providersMayExtendHours = false
        /// When it was created, by the daemon's clock; updates keep it.
        public var createdAt = Instant(milliseconds: 0)
        /// At most one for a stage.
        public var stageAlerts: [StageAlert] = []
        /// Minutes after its start at which a booking that nobody came to becomes a no-show by
        /// itself; 0: never.
        public var noShowSweep: Int32 = 0
        /// A visit that ends early gives the rest of its time back.
        public var earlyFinishFrees = false
        /// What a cancellation costs unless it says otherwise.
        public var cancellationFee: Money?
        /// A service of other procedure types than the procedure's is refused, not warned of.
        public var refusesWrongService = false
        /// A card may come to In Procedure without a procedure.
        public var isProcedureOptional = false
        /// What counts where neither a service nor its location says it.
        public var defaults = ServiceDefaults()

        /// One active procedure for each segment, and a warning of overlaps, until more is said.
        public init() {}
    }

    /// As stored; of a real organization without a test clock.
    public init(
        id: Identifier<OrganizationProfile>, version: Int64, details: Details,
        testClock: Instant? = nil
    ) {
        self.id = id
        self.version = version
        self.details = details
        self.testClock = testClock
    }
}

/// How long a booking may stay in a stage before its card calls for attention.
public struct StageAlert: Equatable, Sendable {
    /// Which stage.
    public var stage: Stage
    /// From so many minutes on; at least 1.
    public var minutes: Int32

    /// So many minutes in a stage.
    public init(stage: Stage, minutes: Int32) {
        self.stage = stage
        self.minutes = minutes
    }
}
