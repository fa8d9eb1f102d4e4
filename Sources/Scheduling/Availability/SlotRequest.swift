internal import Intervals

/// Where, what, how long, with whom and for whom: what a slot is asked for, before it is looked up.
public struct SlotRequest: Equatable, Sendable {
    /// Where.
    public var location: Identifier<Location>
    /// What is done, one after another; never empty.
    public var segments: [SegmentRequest]
    /// For whom; nil: not known.
    public var patient: Identifier<Patient>?
    /// The patient books without staff: what staff is only warned of is refused.
    public var isSelfService = false
    /// The booking that is being moved and does not stand in its own way.
    public var ignoring: Identifier<Booking>?
    /// The caller's own hold.
    public var hold: Identifier<Hold>?
    /// The patient is here: notice and step do not apply.
    public var isWalkIn: Bool
    /// The caller wrote a list of segments, even of one: refusals name their fields in it.
    public var listsSegments = false

    /// A visit of one or more segments.
    public init(location: Identifier<Location>, segments: [SegmentRequest]) {
        precondition(!segments.isEmpty, "a visit has at least one segment")
        self.location = location
        self.segments = segments
        isWalkIn = false
    }

    /// A visit of one segment.
    public init(
        location: Identifier<Location>, service: Identifier<Service>, duration: Int32? = nil,
        providers: [Identifier<Provider>] = [], ignoring: Identifier<Booking>? = nil,
        hold: Identifier<Hold>? = nil, isWalkIn: Bool = false
    ) {
        self.location = location
        segments = [SegmentRequest(service: service, duration: duration, providers: providers)]
        self.ignoring = ignoring
        self.hold = hold
        self.isWalkIn = isWalkIn
    }

    /// The first segment's.
    public var service: Identifier<Service> {
        get { segments[0].service }
        set { segments[0].service = newValue }
    }

    /// The first segment's.
    public var duration: Int32? {
        get { segments[0].duration }
        set { segments[0].duration = newValue }
    }

    /// The first segment's.
    public var providers: [Identifier<Provider>] {
        get { segments[0].providers }
        set { segments[0].providers = newValue }
    }
}

/// One service of a visit.
public struct SegmentRequest: Equatable, Sendable {
    /// What.
    public var service: Identifier<Service>
    /// Minutes; nil: the service's default.
    public var duration: Int32?
    /// None: any provider of the service.
    public var providers: [Identifier<Provider>]
    /// Rooms or devices that are wanted by name where the service takes any of a pool.
    public var resources: [Identifier<Resource>]

    /// A service, and what is wished for.
    public init(
        service: Identifier<Service>, duration: Int32? = nil,
        providers: [Identifier<Provider>] = [], resources: [Identifier<Resource>] = []
    ) {
        self.service = service
        self.duration = duration
        self.providers = providers
        self.resources = resources
    }
}
