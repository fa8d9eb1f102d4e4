internal import Intervals

// A service's requirements, with their records found.

extension Organization {
    /// What a service takes at a location, the pinned ones of its pools by name.
    func needs(
        of service: Service.Details, at location: Location, pinned: [Identifier<Resource>]
    ) throws(Rejection) -> [ResourceNeed] {
        if service.requirements.isEmpty, pinned.isEmpty { return [] }
        var byName: Set<Identifier<Resource>> = []
        for requirement in service.requirements {
            if case .resource(let id) = requirement.source { byName.insert(id) }
        }
        for (index, id) in pinned.enumerated() where !byName.insert(id).inserted {
            throw .invalid("resource_ids[\(index)]", "the visit takes it already")
        }
        var needs: [ResourceNeed] = []
        var open = pinned
        for requirement in service.requirements {
            switch requirement.source {
            case .resource(let id):
                needs.append(
                    ResourceNeed(
                        source: .resource(try resource(id, at: location)),
                        quantity: requirement.quantity, phases: requirement.phases))
            case .pool(let pool):
                needs += try places(
                    in: pool, requirement, at: location, pinned: Set(pinned), open: &open)
            case .providers(let ids):
                let providers = ids.compactMap { self.providers[$0] }
                    .filter { !$0.details.isDisabled && $0.works(at: location.id) }
                    .sorted { $0.id < $1.id }
                needs.append(
                    ResourceNeed(
                        source: .providers(providers), quantity: 1, phases: requirement.phases))
            }
        }
        if let stray = open.first {
            let index = pinned.firstIndex(of: stray) ?? 0
            guard resources[stray] != nil else {
                throw .unknown("resource", stray.description, field: "resource_ids[\(index)]")
            }
            throw .invalid("resource_ids[\(index)]", "the service takes no such room or device")
        }
        return needs.besideEachOther
    }

    /// What a booked segment takes, to be asked about another time.
    func needs(of segment: BookingSegment, at location: Location) throws(Rejection)
        -> [ResourceNeed]
    {
        let pinned = Set(segment.uses.filter { !$0.pool.isEmpty }.compactMap(\.resource))
        var needs: [ResourceNeed] = []
        for use in segment.uses {
            let source: ResourceNeed.Source
            if let id = use.provider {
                source = .providers(providers[id].map { [$0] } ?? [])
            } else if let id = use.resource {
                source = .resource(try resource(id, at: location))
            } else {
                source = .pool(use.pool, except: pinned)
            }
            needs.append(
                ResourceNeed(
                    source: source, quantity: use.quantity, phases: use.phases,
                    pool: use.resource == nil ? "" : use.pool))
        }
        return needs.besideEachOther
    }

    /// A pool's places: those that are wanted by name, and the rest of any of the others.
    private func places(
        in pool: String, _ requirement: Requirement, at location: Location,
        pinned: Set<Identifier<Resource>>, open: inout [Identifier<Resource>]
    ) throws(Rejection) -> [ResourceNeed] {
        var needs: [ResourceNeed] = []
        var rest = requirement.quantity
        for id in open {
            guard let resource = resources[id], resource.details.pool == pool,
                resource.details.location == location.id, rest > 0
            else { continue }
            open.removeAll { $0 == id }
            rest -= 1
            needs.append(
                ResourceNeed(
                    source: .resource(try self.resource(id, at: location)), quantity: 1,
                    phases: requirement.phases, pool: pool))
        }
        if rest > 0 {
            needs.append(
                ResourceNeed(
                    source: .pool(pool, except: pinned), quantity: rest,
                    phases: requirement.phases))
        }
        return needs
    }

    private func resource(
        _ id: Identifier<Resource>, at location: Location
    ) throws(Rejection) -> Resource {
        guard let resource = resources[id] else {
            throw .unknown("resource", id.description)
        }
        guard resource.details.location == location.id else {
            throw Rejection(
                .serviceNotOffered, "the service takes a room or device of another location"
            ).about(id)
        }
        if resource.details.isArchived {
            throw Rejection(.resourceOut, "the room or device is archived").about(id)
        }
        return resource
    }
}

extension [ResourceNeed] {
    /// The same needs, each knowing whom and which places those before it take.
    fileprivate var besideEachOther: [ResourceNeed] {
        var lists: [ProviderList] = []
        var known: [ResourceNeed] = []
        return map { need in
            var need = need
            if case .providers(let providers) = need.source {
                need.beside = lists
                lists.append(ProviderList(providers: providers, phases: need.phases))
            } else if !need.poolName.isEmpty {
                need.besideInPool = known.filter { $0.poolName == need.poolName }
                known.append(need)
            }
            return need
        }
    }
}

extension ResourceNeed {
    /// The pool that it takes places of, openly or by name; empty: none.
    var poolName: String {
        switch source {
        case .resource(let resource): resource.details.pool
        case .pool(let name, _): name
        case .providers: ""
        }
    }

    /// What it takes of its pool when a visit has a shape: a named room in each phase that it is
    /// needed in, one of any from the first to the last.
    func poolWishes(_ candidate: Candidate, _ segment: SegmentQuestion) -> [PoolWish] {
        let shape = candidate.shape
        var parts = shape.parts(phases)
        var wish = PoolWish(quantity: quantity, part: shape.visit)
        switch source {
        case .resource(let resource): wish.member = resource.id
        case .pool(_, let except):
            parts = VisitPart.hull(parts)
            wish.except = except
        case .providers: return []
        }
        return parts.map { part in
            var wish = wish
            wish.part = part
            wish.core = part.within(shape.visit)
            wish.inHours = candidate.keepsBuffersInHours ? part : wish.core
            wish.segment = UInt8(truncatingIfNeeded: segment.index)
            return wish
        }
    }
}

extension SlotQuestion {
    /// What the segments ahead of one take of a pool, seen from that one's start.
    ///
    /// Who will do them is not known yet. Where that makes a difference to the time they take, it
    /// is the time of all of them together: whoever is chosen then, the pool has their place.
    func poolWishes(of pool: String, before segment: SegmentQuestion) -> [PoolWish] {
        var wishes: [PoolWish] = []
        for other in segments.prefix(segment.index) {
            let later = other.offset - segment.offset
            for need in other.needs where need.poolName == pool {
                let each = other.candidates.map { need.poolWishes($0, other) }
                let isSame = each.allSatisfy { $0 == each[0] }
                let common =
                    !each.isEmpty && isSame ? each[0] : each.joined().hull.map { [$0] } ?? []
                wishes += common.map { $0.shifted(later: later) }
            }
        }
        return wishes
    }
}

extension Sequence<PoolWish> {
    /// One wish that takes all the time that any of them takes.
    fileprivate var hull: PoolWish? {
        reduce(nil) { hull, wish in
            guard var hull else { return wish }
            hull.part = hull.part.hull(wish.part)
            hull.core =
                hull.core.map { core in wish.core.map { core.hull($0) } ?? core } ?? wish.core
            hull.inHours =
                hull.inHours.map { inHours in wish.inHours.map { inHours.hull($0) } ?? inHours }
                ?? wish.inHours
            return hull
        }
    }
}
