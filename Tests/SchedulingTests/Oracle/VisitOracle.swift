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
    /// Who stands: bookings that keep their time and live holds, but for what is ignored.
    let standing: [StandingVisit]
    /// When the patient has other visits that are refused.
    let elsewhere: [Range<Int>]
    let closures: MinuteMarks
    private let place: MinuteHours
    private(set) var hours: [Identifier<Provider>: MinuteHours] = [:]
    private var timeOff: [Identifier<Provider>: [Identifier<Service>?: MinuteMarks]] = [:]
    private(set) var members: [Identifier<Resource>: MinutePool.Member] = [:]
    // What was worked out, to be asked about again.
    private var claims: [MinuteOccupancy.Claim: MinuteMarks] = [:]
    private var providerCaps: [ProviderDay: Bool] = [:]
    var placeCaps: [Int: Bool] = [:]
    var pools: [PoolView: MinutePool] = [:]

    private struct ProviderDay: Hashable {
        var provider: Identifier<Provider>
        var service: Identifier<Service>
        var date: Int
    }

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
        standing = StandingVisit.all(organization, request, now: now)
        elsewhere = Self.elsewhere(organization, request)
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
        var marks: [Identifier<Service>?: MinuteMarks] = [:]
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

    /// Every rule but step, notice and horizon of the first segment that a lane of a segment breaks
    /// when the visit starts at an instant; more than one may be told where they go together. Only
    /// some of them where it is enough that there are any.
    mutating func broken(
        _ index: Int, _ number: Int, at start: Int, isAnyEnough: Bool = false
    ) -> BrokenRules {
        let segment = segments[index]
        let lane = segment.lanes[number]
        let own = start + segment.offset
        var broken = closed(segment, lane, at: own)
        if isAnyEnough, !broken.isEmpty { return broken }
        if index > 0 {
            if isTooSoon(lane, at: own) { broken.insert(.tooSoon) }
            if isTooFar(lane, at: own) { broken.insert(.tooFar) }
        }
        if placeCapReached(at: start) || providerCapReached(segment, lane, at: own) {
            broken.insert(.dailyCap)
        }
        let visit = start..<start + (segments.count == 1 ? lane.shape.duration : length)
        if elsewhere.contains(where: { $0.overlaps(visit) }) { broken.insert(.patientOverlap) }
        if isAnyEnough && !broken.isEmpty || canJoin(segment, lane, at: own) { return broken }
        broken.formUnion(
            conflicts(
                .provider(lane.provider.id), lane.busy, tolerance: lane.numbers.tolerance,
                kind: .provider, at: own))
        if isAnyEnough, !broken.isEmpty { return broken }
        broken.formUnion(unmet(segment, lane, at: own))
        return broken
    }

    /// Minutes from the first segment's start to the last one's end.
    private var length: Int {
        segments.last.map { $0.offset + ($0.lanes.first?.shape.duration ?? 0) } ?? 0
    }

    /// Hours, closures and time off.
    private func closed(
        _ segment: OracleSegment, _ lane: OracleLane, at start: Int
    ) -> BrokenRules {
        var broken: BrokenRules = []
        let visit = start..<start + lane.shape.duration
        let keepsBuffersInHours = lane.numbers.keepsBuffersInHours
        guard let open = hours[lane.provider.id]?.open else { return [.outsideHours] }
        for part in lane.busy {
            let inner = part.inner.moved(by: start)
            if !inner.isEmpty, !open.cover(inner) {
                // Hours are the provider's within the location's: either may be the reason.
                broken.insert(.outsideHours)
                if !extendsHours, !place.open.cover(inner) { broken.insert(.locationClosed) }
            }
            let whole = part.whole.moved(by: start)
            if keepsBuffersInHours, !open.cover(whole) {
                broken.formUnion([.buffer, .outsideHours])
            }
            if isOff(lane.provider, segment.service, whole) {
                broken.insert(
                    !inner.isEmpty && isOff(lane.provider, segment.service, inner)
                        ? .timeOff : .buffer)
            }
        }
        if !extendsHours {
            if !place.open.cover(visit) { broken.insert(.locationClosed) }
            if keepsBuffersInHours,
                !lane.whole.allSatisfy({ place.open.cover($0.whole.moved(by: start)) })
            {
                broken.formUnion([.buffer, .locationClosed])
            }
        }
        if closures.touch(visit) {
            broken.insert(.locationClosed)
        } else if lane.whole.contains(where: { closures.touch($0.whole.moved(by: start)) }) {
            broken.insert(.buffer)
        }
        return broken
    }

    func isOff(_ provider: Provider, _ service: Service, _ minutes: Range<Int>) -> Bool {
        guard let marks = timeOff[provider.id], !marks.isEmpty else { return false }
        return [nil, service.id].contains { marks[$0]?.touch(minutes) ?? false }
    }

    /// What stands in the way of taking a thing, with buffers stacked or shared.
    mutating func conflicts(
        _ thing: MinuteThing, _ parts: [MinuteShape.Part], units: Int = 1, capacity: Int? = nil,
        tolerance: Int, kind: ResourceKind, at start: Int
    ) -> BrokenRules {
        var claim = MinuteOccupancy.Claim(
            thing: thing, units: units, capacity: capacity ?? tolerance, tolerance: tolerance)
        func meets(_ inner: Bool, _ bookings: Bool, _ parts: [Range<Int>]) -> Bool {
            claim.innerOnly = inner
            claim.bookingsOnly = bookings
            let marks = blocked(claim)
            return parts.contains { marks.touch($0.moved(by: start)) }
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
        guard lane.numbers.hasSessions else { return false }
        let session = MinuteTaken.Session(
            location: location.id, service: segment.service.id,
            visit: start..<start + lane.shape.duration)
        let all = occupancy.taken[.provider(lane.provider.id)] ?? []
        let others = all.filter { $0.session == session && $0.seats != .max }
        let seats = min(lane.numbers.capacity, others.map(\.seats).min() ?? 0)
        let isAlone = all.allSatisfy { other in
            other.session == session
                || lane.busy.allSatisfy { part in
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

    /// Whether as many visits of a provider start on the day as they take, of any kind or of the
    /// service at the location.
    private mutating func providerCapReached(
        _ segment: OracleSegment, _ lane: OracleLane, at start: Int
    ) -> Bool {
        let cap = Int(lane.provider.details.dailyCap)
        let capOfService = lane.numbers.providerCap
        if cap == 0, capOfService == 0 { return false }
        let date = clock.date(at: start)
        let key = ProviderDay(
            provider: lane.provider.id, service: segment.service.id, date: date)
        if let known = providerCaps[key] { return known }
        func startsThen(_ part: BookingSegment) -> Bool {
            clock.date(at: Int(part.interval.start.sinceEpoch)) == date
        }
        let visits = standing.count { visit in
            visit.segments.contains { part in
                // Whoever is wanted in no minute of it has no part in it.
                startsThen(part)
                    && (part.provider == lane.provider.id
                        || part.uses.contains {
                            $0.provider == lane.provider.id
                                && !MinuteShape(part).parts($0.phases).isEmpty
                        })
            }
        }
        let ofService = standing.count { visit in
            visit.location == location.id
                && visit.segments.contains {
                    startsThen($0) && $0.provider == lane.provider.id
                        && $0.service == segment.service.id
                }
        }
        let isReached =
            cap != 0 && visits >= cap || capOfService != 0 && ofService >= capOfService
        providerCaps[key] = isReached
        return isReached
    }
}
