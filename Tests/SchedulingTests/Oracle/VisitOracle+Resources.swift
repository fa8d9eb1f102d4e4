import Intervals

@testable import Scheduling

// Rooms, devices and further providers.

extension VisitOracle {
    /// A pool, with those who have places in it as some eyes see them.
    struct PoolView: Hashable {
        var name: String
        var eyes: Eyes
    }

    /// What is looked at of those who are there.
    enum Eyes {
        case nobody, bookings, everybody
    }

    /// What cannot be had of what a segment takes besides its provider.
    mutating func unmet(
        _ segment: OracleSegment, _ lane: OracleLane, at start: Int
    ) -> BrokenRules {
        var reasons: BrokenRules = []
        let details = segment.service.details
        var wanted: [String: [MinutePool.Visit]] = [:]
        var lists: [(ids: [Identifier<Provider>], phases: PhaseSet)] = []
        var pins = segment.pins
        func visit(_ part: MinuteShape.Part, _ member: Identifier<Resource>?) -> MinutePool.Visit {
            MinutePool.Visit(
                whole: part.whole.moved(by: start), inner: part.inner.moved(by: start),
                inHours: lane.inHours(part).moved(by: start), member: member, owner: 0,
                segment: Minute(sinceEpoch: Int32(start)))
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
            let visits = visits + earlier(segment, pool, start)
            if let reason = Self.why({ self.pool(pool, $0).fits(visits) }) {
                reasons.insert(reason)
            }
        }
        let people = Self.why { canFind(lists[...], [lane.provider.id], segment, lane, start, $0) }
        if let people { reasons.insert(people) }
        return reasons
    }

    /// What the segments ahead of one take of a pool: all that any who could do them would.
    private func earlier(
        _ segment: OracleSegment, _ pool: String, _ start: Int
    ) -> [MinutePool.Visit] {
        var found: [MinutePool.Visit] = []
        for other in segments where other.offset < segment.offset {
            let own = start - segment.offset + other.offset
            var pins = other.pins
            for requirement in other.service.details.requirements {
                func visits(isByName: Bool) -> [MinutePool.Visit] {
                    let all = other.lanes.map { lane in
                        let parts =
                            isByName
                            ? lane.shape.parts(requirement.phases)
                            : [lane.shape.hull(requirement.phases)].compactMap { $0 }
                        return parts.map { part in
                            MinutePool.Visit(
                                whole: part.whole.moved(by: own), inner: part.inner.moved(by: own),
                                inHours: lane.inHours(part).moved(by: own), owner: 0,
                                segment: Minute(sinceEpoch: Int32(own)))
                        }
                    }
                    guard let first = all.first else { return [] }
                    return all.allSatisfy { $0 == first }
                        ? first : MinutePool.Visit.hull(all.flatMap { $0 })
                }
                switch requirement.source {
                case .resource(let id):
                    guard organization.resources[id]?.details.pool == pool else { continue }
                    for var named in visits(isByName: true) {
                        named.member = id
                        found += Array(repeating: named, count: Int(requirement.quantity))
                    }
                case .pool(let name):
                    guard name == pool else { continue }
                    var rest = Int(requirement.quantity)
                    for id in pins
                    where rest > 0 && organization.resources[id]?.details.pool == pool {
                        pins.removeAll { $0 == id }
                        rest -= 1
                        for var named in visits(isByName: true) {
                            named.member = id
                            found.append(named)
                        }
                    }
                    for var open in visits(isByName: false) {
                        open.except = Set(other.pins)
                        found += Array(repeating: open, count: rest)
                    }
                case .providers: continue
                }
            }
        }
        return found
    }

    /// A room or device by name.
    private mutating func unmet(
        _ id: Identifier<Resource>, _ quantity: Int, _ phases: PhaseSet, _ segment: OracleSegment,
        _ lane: OracleLane, _ start: Int
    ) -> BrokenRules {
        guard let member = members[id], let resource = organization.resources[id] else {
            return [.resourceOut]
        }
        let parts = lane.shape.parts(phases)
        for part in parts {
            let visit = MinutePool.Visit(
                whole: part.whole.moved(by: start), inner: part.inner.moved(by: start),
                inHours: lane.inHours(part).moved(by: start))
            if !member.admits(visit) { return [.resourceOut] }
        }
        let conflicts = conflicts(
            .resource(id), parts, units: quantity, capacity: member.units, tolerance: .max,
            kind: resource.details.kind, at: start)
        return conflicts.isEmpty ? [] : conflicts == [.slotHeld] ? [.slotHeld] : [.resourceTaken]
    }

    /// Why something cannot be had: it is not there, taken, or held; nil when it can be had.
    private static func why(_ canHave: (Eyes) -> Bool) -> Reason? {
        if canHave(.everybody) { return nil }
        return !canHave(.nobody) ? .resourceOut : canHave(.bookings) ? .slotHeld : .resourceTaken
    }

    private mutating func pool(_ name: String, _ eyes: Eyes) -> MinutePool {
        let key = PoolView(name: name, eyes: eyes)
        if let known = pools[key] { return known }
        let pool = poolAsSeen(name, eyes)
        pools[key] = pool
        return pool
    }

    private func poolAsSeen(_ name: String, _ eyes: Eyes) -> MinutePool {
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
            var visit = MinutePool.Visit(
                whole: taken.whole, inner: taken.inner, inHours: taken.inner)
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
                    whole: taken.whole, inner: taken.inner, inHours: taken.inner,
                    member: room.id)
                visit.owner = taken.owner
                visit.segment = taken.segment
                pool.visits += Array(repeating: visit, count: min(taken.units, room.units))
            }
        }
        return pool
    }

    /// Everybody who is promised a place of a pool can be given one.
    mutating func poolHasPlaces(_ name: String) -> Bool {
        let pool = pool(name, .everybody)
        return MinutePool(members: pool.members, visits: []).fits(pool.visits)
    }

    /// What a person needs to see why a pool is too full.
    func description(ofPool name: String) -> String {
        let pool = poolAsSeen(name, .everybody)
        let rooms = pool.members.map {
            "room \($0.id) \($0.units) units, own hours: \($0.hours != nil), shares: \($0.shares)"
        }
        let visits = pool.visits.sorted { $0.whole.lowerBound < $1.whole.lowerBound }.map {
            visit in
            let fits = pool.members.filter { $0.admits(visit) }.map { "\($0.id)".suffix(4) }
            return "\(visit.whole) \(visit.inner) of \(visit.owner ?? 0) "
                + "from \(visit.segment?.description ?? "") by name "
                + "\(visit.member?.description.suffix(4) ?? "") fits \(fits)"
        }
        return (rooms + visits).joined(separator: "\n    ")
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
                lane.numbers.keepsBuffersInHours ? whole : part.inner.moved(by: start)
            if !inHours.isEmpty, hours[provider.id]?.open.cover(inHours) != true { return false }
            if closures.touch(whole) || isOff(provider, segment.service, whole) { return false }
        }
        if eyes == .nobody { return true }
        let found = conflicts(
            .provider(provider.id), parts, tolerance: 1, kind: .provider, at: start)
        return found.isEmpty || eyes == .bookings && found == [.slotHeld]
    }
}
