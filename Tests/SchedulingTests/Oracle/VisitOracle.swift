import Intervals

@testable import Scheduling

/// Availability in full, slow and obvious: a mark for every minute of everything, and every start
/// tried.
///
/// Written from the pages and the API's comments. It reads the records and shares nothing else with
/// the core: neither its zones, nor its calendars, nor its ranges of starts.
struct VisitOracle {
    let organization: Organization
    let request: SlotRequest
    let segments: [OracleSegment]
    let location: Location
    let clock: WallClock
    let now: Instant
    let occupancy: MinuteOccupancy
    private let place: MinuteHours
    private let closures: MinuteMarks
    private var hours: [Identifier<Provider>: MinuteHours] = [:]
    private var timeOff: [Identifier<Provider>: [Identifier<Service>?: MinuteMarks]] = [:]
    private var members: [Identifier<Resource>: MinutePool.Member] = [:]
    private var claims: [MinuteOccupancy.Claim: MinuteMarks] = [:]

    private var extendsHours: Bool { organization.profile.details.providersMayExtendHours }
    private func shares(_ kind: ResourceKind) -> Bool {
        organization.profile.details.sharedBuffers.contains(kind)
    }

    /// Nil where the core should refuse the request, whatever the time.
    init?(_ organization: Organization, _ request: SlotRequest, _ clock: WallClock, now: Instant) {
        guard let segments = OracleSegment.all(request, in: organization),
            let location = organization.locations[request.location]
        else { return nil }
        self.organization = organization
        self.request = request
        self.segments = segments
        self.location = location
        self.clock = clock
        self.now = now
        occupancy = MinuteOccupancy(
            organization, now: now, ignoring: request.ignoring, hold: request.hold)
        place = .of(location, clock)
        var closures = MinuteMarks(clock.range)
        for closure in location.details.closures { closures.mark(clock.blocked(closure)) }
        closures.count()
        self.closures = closures
        for provider in organization.providers.all { learn(provider) }
        for resource in organization.resources.all
        where resource.details.location == location.id && !resource.details.isArchived {
            learn(resource)
        }
    }

    private mutating func learn(_ provider: Provider) {
        hours[provider.id] = .of(provider, at: location, extending: extendsHours, clock)
        var marks: [Identifier<Service>?: MinuteMarks] = [nil: MinuteMarks(clock.range)]
        for off in provider.details.timeOff where off.location ?? location.id == location.id {
            marks[off.service, default: MinuteMarks(clock.range)].mark(
                clock.blocked(off.startDate, off.startMinute, off.endDate, off.endMinute))
        }
        for key in marks.keys { marks[key]?.count() }
        timeOff[provider.id] = marks
    }

    private mutating func learn(_ resource: Resource) {
        var outages = MinuteMarks(clock.range)
        for closure in resource.details.outages { outages.mark(clock.blocked(closure)) }
        outages.count()
        members[resource.id] = MinutePool.Member(
            id: resource.id, units: Int(resource.details.units),
            hours: MinuteHours.of(resource, clock)?.open, outages: outages,
            shares: shares(resource.details.kind))
    }

    // MARK: One lane

    /// The windows in which a lane's starts are offered.
    func windows(_ lane: OracleLane) -> [MinuteWindow] { hours[lane.provider.id]?.windows ?? [] }

    /// Every rule but step, notice, horizon and those of the whole visit that one segment breaks
    /// with a lane when it starts at an instant; more than one may be told where they go together.
    mutating func broken(
        _ segment: OracleSegment, _ lane: OracleLane, at start: Int
    ) -> Set<Reason> {
        var reasons = closed(segment, lane, at: start)
        if !canJoin(segment, lane, at: start) {
            reasons.formUnion(
                conflicts(
                    .provider(lane.provider.id),
                    lane.shape.parts(segment.service.details.providerPhases),
                    tolerance: Self.tolerance(segment.service.details), kind: .provider, at: start))
            reasons.formUnion(unmet(segment, lane, at: start))
        }
        if providerCapReached(lane.provider, at: start) { reasons.insert(.dailyCap) }
        return reasons
    }

    private static func tolerance(_ service: Service.Details) -> Int {
        service.capacity > 1 && service.capacityRule == .anyOverlap ? Int(service.capacity) : 1
    }

    /// Hours, closures and time off.
    private func closed(
        _ segment: OracleSegment, _ lane: OracleLane, at start: Int
    ) -> Set<Reason> {
        var reasons: Set<Reason> = []
        let details = segment.service.details
        let all = lane.shape.parts(.all).map { $0.whole.moved(by: start) }
        let visit = start..<start + lane.shape.duration
        for part in lane.shape.parts(details.providerPhases) {
            let inner = part.inner.moved(by: start)
            if !inner.isEmpty, hours[lane.provider.id]?.open.cover(inner) != true {
                // Hours are the provider's within the location's: either may be the reason.
                reasons.insert(.outsideHours)
                if !extendsHours, !place.open.cover(inner) { reasons.insert(.locationClosed) }
            }
            let whole = part.whole.moved(by: start)
            if details.keepsBuffersInHours, hours[lane.provider.id]?.open.cover(whole) != true {
                reasons.formUnion([.buffer, .outsideHours])
            }
            if isOff(lane.provider, segment.service, whole) {
                reasons.formUnion(
                    !inner.isEmpty && isOff(lane.provider, segment.service, inner)
                        ? [.timeOff] : [.buffer])
            }
        }
        if !extendsHours {
            if !place.open.cover(visit) { reasons.insert(.locationClosed) }
            if details.keepsBuffersInHours, !all.allSatisfy({ place.open.cover($0) }) {
                reasons.formUnion([.buffer, .locationClosed])
            }
        }
        if closures.touch(visit) {
            reasons.insert(.locationClosed)
        } else if all.contains(where: { closures.touch($0) }) {
            reasons.insert(.buffer)
        }
        return reasons
    }

    private func isOff(_ provider: Provider, _ service: Service, _ minutes: Range<Int>) -> Bool {
        let marks = timeOff[provider.id] ?? [:]
        return [nil, service.id].contains { marks[$0]?.touch(minutes) ?? false }
    }

    /// What stands in the way of taking a thing, with buffers stacked or shared.
    private mutating func conflicts(
        _ thing: MinuteThing, _ parts: [MinuteShape.Part], units: Int = 1, capacity: Int? = nil,
        tolerance: Int, kind: ResourceKind, at start: Int
    ) -> Set<Reason> {
        var claim = MinuteOccupancy.Claim(
            thing: thing, units: units, capacity: capacity ?? tolerance, tolerance: tolerance)
        func meets(_ inner: Bool, _ bookings: Bool, _ parts: [Range<Int>]) -> Bool {
            claim.innerOnly = inner
            claim.bookingsOnly = bookings
            return parts.contains { blocked(claim).touch($0.moved(by: start)) }
        }
        let wholes = parts.map(\.whole)
        let inners = parts.map(\.inner).filter { !$0.isEmpty }
        func isTaken(bookings: Bool) -> Bool {
            shares(kind)
                ? meets(true, bookings, wholes) || meets(false, bookings, inners)
                : meets(false, bookings, wholes)
        }
        if !isTaken(bookings: false) { return [] }
        if !isTaken(bookings: true) { return [.slotHeld] }
        return meets(true, true, inners) ? [.slotTaken] : [.buffer]
    }

    private mutating func blocked(_ claim: MinuteOccupancy.Claim) -> MinuteMarks {
        if let known = claims[claim] { return known }
        let marks = occupancy.blocked(claim, clock.range)
        claims[claim] = marks
        return marks
    }

    /// A session of the service stands at this start with this provider and has a place left, and
    /// nothing but it is in the way of the provider.
    private func canJoin(_ segment: OracleSegment, _ lane: OracleLane, at start: Int) -> Bool {
        let details = segment.service.details
        guard details.capacity > 1, details.capacityRule == .sameStart else { return false }
        let session = MinuteTaken.Session(
            service: segment.service.id, visit: start..<start + lane.shape.duration)
        let all = occupancy.taken[.provider(lane.provider.id)] ?? []
        let others = all.filter { $0.session == session && $0.seats != .max }
        let seats = min(Int(details.capacity), others.map(\.seats).min() ?? 0)
        let parts = lane.shape.parts(details.providerPhases)
        let isAlone = all.allSatisfy { other in
            other.session == session
                || parts.allSatisfy { part in
                    let whole = part.whole.moved(by: start)
                    let inner = part.inner.moved(by: start)
                    return shares(.provider)
                        ? !whole.overlaps(other.inner) && !inner.overlaps(other.whole)
                        : !whole.overlaps(other.whole)
                }
        }
        let count = Set(others.map(\.owner)).count
        return count > 0 && count < seats && isAlone
    }

    /// Whether as many visits of a provider start on the day as they take.
    private func providerCapReached(_ provider: Provider, at start: Int) -> Bool {
        let cap = Int(provider.details.dailyCap)
        if cap == 0 { return false }
        let date = clock.date(at: start)
        return standing.count { _, segments in
            segments.contains { segment in
                // Whoever is wanted in no minute of it has no part in it.
                let takesPart =
                    segment.provider == provider.id
                    || segment.uses.contains {
                        $0.provider == provider.id
                            && !MinuteShape(segment).parts($0.phases).isEmpty
                    }
                return takesPart
                    && clock.date(at: Int(segment.interval.start.sinceEpoch)) == date
            }
        } >= cap
    }

    // MARK: Rooms, devices and further providers

    private mutating func unmet(
        _ segment: OracleSegment, _ lane: OracleLane, at start: Int
    ) -> Set<Reason> {
        var reasons: Set<Reason> = []
        let details = segment.service.details
        var wanted: [String: [MinutePool.Visit]] = [:]
        var lists: [(ids: [Identifier<Provider>], phases: PhaseSet)] = []
        var pins = segment.pins
        func visit(_ part: MinuteShape.Part, _ member: Identifier<Resource>?) -> MinutePool.Visit {
            MinutePool.Visit(
                whole: part.whole.moved(by: start), inner: part.inner.moved(by: start),
                buffersInHours: details.keepsBuffersInHours, member: member)
        }
        for requirement in details.requirements {
            switch requirement.source {
            case .resource(let id):
                reasons.formUnion(
                    unmet(id, Int(requirement.quantity), requirement.phases, segment, lane, start))
                guard let pool = organization.resources[id]?.details.pool, !pool.isEmpty else {
                    continue
                }
                for part in lane.shape.parts(requirement.phases) {
                    wanted[pool, default: []] += Array(
                        repeating: visit(part, id), count: Int(requirement.quantity))
                }
            case .pool(let pool):
                guard let hull = lane.shape.hull(requirement.phases) else { continue }
                var rest = Int(requirement.quantity)
                for id in pins where rest > 0 && organization.resources[id]?.details.pool == pool {
                    pins.removeAll { $0 == id }
                    rest -= 1
                    reasons.formUnion(unmet(id, 1, requirement.phases, segment, lane, start))
                    wanted[pool, default: []] += lane.shape.parts(requirement.phases).map {
                        visit($0, id)
                    }
                }
                var open = visit(hull, nil)
                open.except = Set(segment.pins)
                wanted[pool, default: []] += Array(repeating: open, count: rest)
            case .providers(let ids): lists.append((ids, requirement.phases))
            }
        }
        for (pool, visits) in wanted where !visits.isEmpty {
            if let reason = Self.why({ self.pool(pool, $0).fits(visits) }) {
                reasons.insert(reason)
            }
        }
        let people = Self.why { canFind(lists[...], [lane.provider.id], segment, lane, start, $0) }
        if let people { reasons.insert(people) }
        return reasons
    }

    /// A room or device by name.
    private mutating func unmet(
        _ id: Identifier<Resource>, _ quantity: Int, _ phases: PhaseSet, _ segment: OracleSegment,
        _ lane: OracleLane, _ start: Int
    ) -> Set<Reason> {
        guard let member = members[id], let resource = organization.resources[id] else {
            return [.resourceOut]
        }
        let parts = lane.shape.parts(phases)
        for part in parts {
            let visit = MinutePool.Visit(
                whole: part.whole.moved(by: start), inner: part.inner.moved(by: start),
                buffersInHours: segment.service.details.keepsBuffersInHours)
            if !member.admits(visit) { return [.resourceOut] }
        }
        let conflicts = conflicts(
            .resource(id), parts, units: quantity, capacity: member.units, tolerance: .max,
            kind: resource.details.kind, at: start)
        return conflicts.isEmpty ? [] : conflicts == [.slotHeld] ? [.slotHeld] : [.resourceTaken]
    }

    /// What is looked at of those who are there.
    private enum Eyes {
        case nobody, bookings, everybody
    }

    /// Why something cannot be had: it is not there, taken, or held; nil when it can be had.
    private static func why(_ canHave: (Eyes) -> Bool) -> Reason? {
        if canHave(.everybody) { return nil }
        return !canHave(.nobody) ? .resourceOut : canHave(.bookings) ? .slotHeld : .resourceTaken
    }

    private func pool(_ name: String, _ eyes: Eyes) -> MinutePool {
        let rooms = members.values.filter {
            organization.resources[$0.id]?.details.pool == name
        }.sorted { $0.id < $1.id }
        var pool = MinutePool(members: rooms, visits: [])
        if eyes == .nobody { return pool }
        func counts(_ taken: MinuteTaken) -> Bool { eyes == .everybody || !taken.isHold }
        var sessions: Set<MinuteTaken.Session> = []
        for taken in occupancy.taken[.pool(location.id, name)] ?? []
        where counts(taken) {
            if let session = taken.session, !sessions.insert(session).inserted { continue }
            var visit = MinutePool.Visit(whole: taken.whole, inner: taken.inner)
            visit.owner = taken.owner
            visit.segment = taken.segment
            pool.visits += Array(repeating: visit, count: taken.units)
        }
        for room in rooms {
            var known: [MinuteTaken] = []
            for taken in occupancy.taken[.resource(room.id)] ?? [] where counts(taken) {
                let isKnown = known.contains {
                    $0.session == taken.session && $0.whole == taken.whole
                }
                if taken.session != nil, isKnown { continue }
                known.append(taken)
                var visit = MinutePool.Visit(
                    whole: taken.whole, inner: taken.inner, member: room.id)
                visit.owner = taken.owner
                visit.segment = taken.segment
                pool.visits += Array(repeating: visit, count: min(taken.units, room.units))
            }
        }
        return pool
    }

    /// Everybody who is promised a place of a pool can be given one.
    func poolHasPlaces(_ name: String) -> Bool {
        let pool = pool(name, .everybody)
        return MinutePool(members: pool.members, visits: []).fits(pool.visits)
    }

    /// Each list has somebody free, and nobody stands in for two.
    private mutating func canFind(
        _ lists: ArraySlice<(ids: [Identifier<Provider>], phases: PhaseSet)>,
        _ used: Set<Identifier<Provider>>, _ segment: OracleSegment, _ lane: OracleLane,
        _ start: Int, _ eyes: Eyes
    ) -> Bool {
        guard let list = lists.first else { return true }
        for id in list.ids where !used.contains(id) {
            guard let provider = organization.providers[id], !provider.details.isDisabled,
                OracleSegment.works(provider, at: location.id),
                isFree(provider, list.phases, segment, lane, start, eyes)
            else { continue }
            if canFind(lists.dropFirst(), used.union([id]), segment, lane, start, eyes) {
                return true
            }
        }
        return false
    }

    private mutating func isFree(
        _ provider: Provider, _ phases: PhaseSet, _ segment: OracleSegment, _ lane: OracleLane,
        _ start: Int, _ eyes: Eyes
    ) -> Bool {
        let parts = lane.shape.parts(phases)
        for part in parts {
            let whole = part.whole.moved(by: start)
            let inHours =
                segment.service.details.keepsBuffersInHours ? whole : part.inner.moved(by: start)
            if !inHours.isEmpty, hours[provider.id]?.open.cover(inHours) != true { return false }
            if closures.touch(whole) || isOff(provider, segment.service, whole) { return false }
        }
        if eyes == .nobody { return true }
        let found = conflicts(
            .provider(provider.id), parts, tolerance: 1, kind: .provider, at: start)
        return found.isEmpty || eyes == .bookings && found == [.slotHeld]
    }
}
