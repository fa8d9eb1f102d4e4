public import Intervals

/// One service of a booking, by one provider. All that decides what it occupies is frozen here, so
/// that a later change of the service moves nothing.
public struct BookingSegment: Equatable, Sendable {
    /// What is done.
    public var service: Identifier<Service>
    /// Who does it.
    public var provider: Identifier<Provider>
    /// The choice of the provider was left to slotd.
    public var anyProvider: Bool
    /// The visit itself, without buffers.
    public var interval: Interval
    /// Minutes kept free before, as they were when it was booked.
    public var bufferBefore: Int32
    /// Minutes kept free after, as they were when it was booked.
    public var bufferAfter: Int32
    /// Minutes before `finishing` in which the treatment works by itself.
    public var processing: Int32 = 0
    /// Minutes at the end of the visit.
    public var finishing: Int32 = 0
    /// When the provider is busy.
    public var providerPhases = PhaseSet.all
    /// What it takes besides the provider.
    public var uses: [ResourceUse] = []
    /// Bookings that the provider can serve at a time with this one.
    public var capacity: Int32 = 1
    /// How they may lie; means nothing while `capacity` is 1.
    public var capacityRule = CapacityRule.sameStart

    /// A segment that takes nothing but its provider, in all phases.
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

/// What a segment takes besides its provider: the requirement, met.
public struct ResourceUse: Equatable, Sendable {
    /// The pool that it was asked of; empty: the requirement named the resource or provider.
    public var pool = ""
    /// The room or device. In a pool it stays open until it is pinned.
    public var resource: Identifier<Resource>?
    /// The further provider.
    public var provider: Identifier<Provider>?
    /// Units of the resource, or places in the pool.
    public var quantity: Int32 = 1
    /// When it is busy.
    public var phases = PhaseSet.all

    /// One unit of nothing yet.
    public init() {}
}
