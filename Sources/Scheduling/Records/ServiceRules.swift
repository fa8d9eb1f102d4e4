/// What the steps of a service are counted from (availability.md 3). The numbers are the API's.
public enum StartAnchor: UInt8, CaseIterable, Sendable {
    /// Local midnight of the window's date.
    case clock = 1
    /// The start of the working window.
    case window = 2
    /// The start of each free gap.
    case gap = 3
    /// As `clock`, and the starts that leave no time before or after the visit.
    case flush = 4
}

/// How bookings of a service with capacity above one share a provider. The numbers are the API's.
public enum CapacityRule: UInt8, CaseIterable, Sendable {
    /// One visit together: the same start and duration.
    case sameStart = 1
    /// Visits that overlap in any way.
    case anyOverlap = 2
}

/// Who gets a booking when several are free. The numbers are the API's.
public enum AssignmentPolicy: UInt8, CaseIterable, Sendable {
    /// Whoever has the least time booked on that local day, then the lowest id.
    case leastBusyDay = 1
    /// The first in the service's own order.
    case firstFit = 2
    /// Whom the patient last saw for this service; else as `leastBusyDay`.
    case sameAsLastVisit = 3
}

/// A part of a visit. The numbers are the API's.
public enum Phase: UInt8, CaseIterable, Sendable {
    /// The buffer before.
    case preparation = 1
    /// The treatment.
    case core = 2
    /// The patient waits for it to work.
    case processing = 3
    /// The end of the treatment.
    case finishing = 4
    /// The buffer after.
    case turnover = 5
}

/// Some of a visit's phases.
public struct PhaseSet: OptionSet, Hashable, Sendable {
    /// One bit for each phase, by its number.
    public let rawValue: UInt8

    /// The phases of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Only this phase.
    public init(_ phase: Phase) { rawValue = 1 << phase.rawValue }

    /// The whole visit, buffers included.
    public static let all = PhaseSet(Phase.allCases.map { PhaseSet($0) })
    /// The buffer before.
    public static let preparation = PhaseSet(.preparation)
    /// The treatment.
    public static let core = PhaseSet(.core)
    /// The treatment works by itself.
    public static let processing = PhaseSet(.processing)
    /// The end of the treatment.
    public static let finishing = PhaseSet(.finishing)
    /// The buffer after.
    public static let turnover = PhaseSet(.turnover)
}

/// Something that a service takes besides its provider.
public struct Requirement: Equatable, Sendable {
    /// What is taken.
    public enum Source: Hashable, Sendable {
        /// This very room or device.
        case resource(Identifier<Resource>)
        /// Any of the visit's location that serve the pool.
        case pool(String)
        /// One of these providers, beside the service's own.
        case providers([Identifier<Provider>])
    }

    /// Of what it is taken.
    public var source: Source
    /// Units of a resource, or places in a pool; 1 of providers.
    public var quantity: Int32
    /// When it is busy.
    public var phases: PhaseSet

    /// So much of the source, in these phases.
    public init(_ source: Source, quantity: Int32 = 1, phases: PhaseSet = .all) {
        self.source = source
        self.quantity = quantity
        self.phases = phases
    }
}

/// What each level may say of how a service is offered: the organization, a location, the service,
/// and what the service says of a location, of a provider, or of both. A field that is nil leaves
/// what is less specific.
public struct ServiceDefaults: Equatable, Sendable {
    /// Minutes kept free of others before the visit, 0 to 1440. May lie outside hours.
    public var bufferBefore: Int32?
    /// Minutes kept free of others after the visit, 0 to 1440. May lie outside hours.
    public var bufferAfter: Int32?
    /// Minutes between offered starts, 1 to 1440, counted from the anchor.
    public var step: Int32?
    /// Minutes by which all starts are shifted from the multiples of the step, 0 to 1439; what is
    /// left after whole steps counts.
    public var stepOffset: Int32?
    /// Minutes that a start must lie ahead of now, 0 to 525600.
    public var notice: Int32?
    /// Whole local days after today that can be booked, 0 to 36600.
    public var horizonDays: Int32?
    /// What the steps are counted from.
    public var anchor: StartAnchor?
    /// The buffers must lie within hours, as the visit must.
    public var keepsBuffersInHours: Bool?
    /// Who gets a booking that names no provider.
    public var assignment: AssignmentPolicy?

    /// Nothing is said.
    public init() {}
}

/// What differs in a service with a provider, at a location, or both. What is nil leaves what is
/// less specific: provider and location, then provider, then location, then the service. The rules
/// that every level may say are members of it too: `variant.step` is `variant.rules.step`.
@dynamicMemberLookup
public struct ServiceVariant: Equatable, Sendable {
    /// Nil: any.
    public var provider: Identifier<Provider>?
    /// Nil: any.
    public var location: Identifier<Location>?
    /// What every level may say; who is assigned only of a location.
    public var rules = ServiceDefaults()
    /// Offered durations, the first of them the default; empty: those less specific.
    public var durations: [Int32] = []
    /// Minutes; see `Service.Details.processing`.
    public var processing: Int32?
    /// Minutes; see `Service.Details.finishing`.
    public var finishing: Int32?
    /// The phases in which the provider is busy; always with the core.
    public var providerPhases: PhaseSet?
    /// Bookings that a provider can serve at a time.
    public var capacity: Int32?
    /// How they may lie.
    public var capacityRule: CapacityRule?
    /// At a location: bookings of the service that may start there on one local date. With a
    /// provider: those of them that are with the provider. 0: any number.
    public var dailyCap: Int32?

    /// Nothing differs yet.
    public init(provider: Identifier<Provider>? = nil, location: Identifier<Location>? = nil) {
        self.provider = provider
        self.location = location
    }

    /// One of `rules`.
    public subscript<Value>(dynamicMember rule: WritableKeyPath<ServiceDefaults, Value>) -> Value {
        get { rules[keyPath: rule] }
        set { rules[keyPath: rule] = newValue }
    }
}
