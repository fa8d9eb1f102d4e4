internal import Intervals

/// Says which rooms or devices of its pools a segment gets, or opens the choice again.
///
/// Until then a pool's rooms stay interchangeable, so that no visit is refused because another sits
/// in the wrong one of two free rooms.
public struct PinResources: Command {
    /// Whose.
    public var id: Identifier<Booking>
    /// The version to be changed; 0: whichever it is.
    public var expectedVersion: Int64
    /// 1 for the first; 0: the only one.
    public var segment: Int32
    /// Members of the segment's pools. What is not named stays open.
    public var resources: [Identifier<Resource>]

    /// Gives a segment of a booking these rooms and devices.
    public init(
        _ id: Identifier<Booking>, expectedVersion: Int64, segment: Int32,
        resources: [Identifier<Resource>]
    ) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.segment = segment
        self.resources = resources
    }

    /// Refuses rooms that are out or taken, or that no pool of the segment has.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard let booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        let index = try index(in: booking)
        guard booking.stage.occupies, booking.releasedAt == nil, booking.stage != .checkout else {
            throw Rejection(
                booking.stage == .cancelled ? .cancelled : .stage,
                "a booking in \(booking.stage.label) gets no room"
            ).about(id)
        }
        var changed = booking
        changed.segments[index].uses = try uses(of: booking.segments[index], in: organization)
        if changed == booking { return Decision([], booking) }
        if booking.segments[index].isSession {
            throw .invalid("segment", "shares its rooms with the others of its session")
        }
        try organization.checkNeeds(of: changed, segment: index, now: context.now)
        try organization.check(version: booking.version, expected: expectedVersion, of: id)
        changed.version += 1
        return Decision([.put(.booking(changed))], changed)
    }

    private func index(in booking: Booking) throws(Rejection) -> Int {
        if segment == 0 {
            guard booking.segments.count == 1 else {
                throw Rejection(.segmentNeeded, "the booking has several segments: say which")
                    .about(booking.id)
            }
            return 0
        }
        guard booking.segments.indices.contains(Int(segment) - 1) else {
            throw .invalid("segment", "the booking has \(booking.segments.count)")
        }
        return Int(segment) - 1
    }

    /// What the segment takes, with the rooms that are named in place of as many open ones.
    private func uses(
        of segment: BookingSegment, in organization: Organization
    ) throws(Rejection) -> [ResourceUse] {
        var byName = Set(segment.uses.filter(\.pool.isEmpty).compactMap(\.resource))
        var open = resources
        for (index, resource) in resources.enumerated() {
            guard organization.resources[resource] != nil else {
                throw .unknown("resource", resource.description, field: "resource_ids[\(index)]")
            }
            guard byName.insert(resource).inserted else {
                throw .invalid("resource_ids[\(index)]", "the visit takes it already")
            }
        }
        var uses: [ResourceUse] = []
        var done: Set<String> = []
        for use in segment.uses {
            if use.pool.isEmpty {
                uses.append(use)
                continue
            }
            guard done.insert(use.pool).inserted else { continue }
            var rest = segment.uses.reduce(Int32(0)) {
                $0 + ($1.pool == use.pool ? $1.quantity : 0)
            }
            for resource in open {
                guard rest > 0, organization.resources[resource]?.details.pool == use.pool else {
                    continue
                }
                open.removeAll { $0 == resource }
                rest -= 1
                var pinned = use
                pinned.resource = resource
                pinned.quantity = 1
                uses.append(pinned)
            }
            if rest > 0 {
                var any = use
                any.resource = nil
                any.quantity = rest
                uses.append(any)
            }
        }
        if let stray = open.first, let index = resources.firstIndex(of: stray) {
            throw .invalid("resource_ids[\(index)]", "the visit takes no such room or device")
        }
        return uses
    }
}

extension Organization {
    /// Refuses unless each room and device that a segment of a booking takes is free for it, and
    /// those that later segments take of the same pools with it.
    fileprivate func checkNeeds(
        of booking: Booking, segment index: Int, now: Instant
    ) throws(Rejection) {
        let question = try question(moving: booking, walkIn: true, now: now)
        let pools = Set(question.segments[index].needs.map(\.poolName)).subtracting([""])
        for segment in question.segments[index...] {
            let window = StartWindow(
                from: booking.start, to: booking.start.clampedAdding(minutes: 1)
            ).shifted(later: segment.offset)
            guard let candidate = segment.candidates.first else { continue }
            for need in segment.needs where segment.index == index || pools.contains(need.poolName)
            {
                func allows(_ rule: NeedRule) -> Bool {
                    !starts(need, rule, of: segment, with: candidate, question, in: window).isEmpty
                }
                if allows(.free) { continue }
                throw need.refusal(allows(.open) ? .resourceTaken : .resourceOut)
            }
        }
    }
}

extension ResourceNeed {
    fileprivate func refusal(_ reason: Reason) -> Rejection {
        var rejection = Rejection(reason, reason.sentence)
        switch source {
        case .resource(let resource):
            rejection.resource = Rejection.Resource(
                kind: "resource", id: resource.id.description)
        case .pool(let name, _): rejection.resource = Rejection.Resource(kind: "pool", id: name)
        case .providers: break
        }
        return rejection
    }
}
