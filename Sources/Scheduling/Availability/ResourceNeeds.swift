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
                    in: pool, requirement, at: location, byName: byName, open: &open)
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
        let byName = Set(segment.uses.compactMap(\.resource))
        var needs: [ResourceNeed] = []
        for use in segment.uses {
            let source: ResourceNeed.Source
            if let id = use.provider {
                source = .providers(providers[id].map { [$0] } ?? [])
            } else if let id = use.resource {
                source = .resource(try resource(id, at: location))
            } else {
                source = .pool(use.pool, members(of: use.pool, at: location, except: byName))
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
        byName: Set<Identifier<Resource>>, open: inout [Identifier<Resource>]
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
            let members = members(of: pool, at: location, except: byName)
            needs.append(
                ResourceNeed(
                    source: .pool(pool, members), quantity: rest, phases: requirement.phases))
        }
        return needs
    }

    private func members(
        of pool: String, at location: Location, except byName: Set<Identifier<Resource>>
    ) -> [Resource] {
        (poolMembers[.pool(location.id, pool)] ?? []).compactMap { resources[$0] }
            .filter { !$0.details.isArchived && !byName.contains($0.id) }
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
    /// The same needs, each knowing whom those before it take.
    fileprivate var besideEachOther: [ResourceNeed] {
        var lists: [ProviderList] = []
        return map { need in
            guard case .providers(let providers) = need.source else { return need }
            var need = need
            need.beside = lists
            lists.append(ProviderList(providers: providers, phases: need.phases))
            return need
        }
    }
}
