import Testing
import Workload

@testable import Scheduling

// Rules that are said at other levels than the service's: by the house, by a place, with a
// provider.

extension VisitWorld {
    /// Takes some of what services say away, and says it elsewhere.
    mutating func spreadLevels() throws {
        var settings = organization.profile.details
        if random.chance(60) { settings.defaults = serviceDefaults() }
        try sandbox.perform(UpdateOrganization(expectedVersion: 0, details: settings))
        for id in ids.locations where random.chance(60) {
            var place = try #require(organization.locations[id]).details
            place.defaults = serviceDefaults()
            try sandbox.perform(UpdateRecord(id, expectedVersion: 0, details: place))
        }
        for id in ids.services {
            var service = try #require(organization.services[id]).details
            leaveToOthers(&service)
            for index in service.variants.indices {
                vary(&service.variants[index], service)
            }
            try sandbox.perform(UpdateRecord(id, expectedVersion: 0, details: service))
        }
    }

    private mutating func leaveToOthers(_ service: inout Service.Details) {
        if random.chance(50) { service.bufferBefore = nil }
        if random.chance(50) { service.bufferAfter = nil }
        if random.chance(50) { service.step = nil }
        if random.chance(50) { service.stepOffset = nil }
        if random.chance(50) { service.notice = nil }
        if random.chance(50) { service.horizonDays = nil }
        if random.chance(50) { service.anchor = nil }
        if random.chance(50) { service.keepsBuffersInHours = nil }
        if random.chance(50) { service.assignment = nil }
    }

    private mutating func serviceDefaults() -> ServiceDefaults {
        var defaults = ServiceDefaults()
        if random.chance(40) { defaults.bufferBefore = pick([0, 5, 20]) }
        if random.chance(40) { defaults.bufferAfter = pick([0, 10, 25]) }
        if random.chance(40) { defaults.step = pick([1, 7, 15, 25, 60]) }
        if random.chance(30) { defaults.stepOffset = pick([0, 3, 20]) }
        if random.chance(40) { defaults.notice = pick([0, 90, 1000]) }
        if random.chance(40) { defaults.horizonDays = pick([1, 3, 30]) }
        if random.chance(40) { defaults.anchor = anchor() }
        if random.chance(30) { defaults.keepsBuffersInHours = random.chance(50) }
        if random.chance(30) { defaults.assignment = pick(AssignmentPolicy.allCases) }
        return defaults
    }

    private mutating func anchor() -> StartAnchor {
        pick(shape.isSteady ? [.clock, .window] : StartAnchor.allCases)
    }

    /// What may differ besides, as far as the API takes it together with the others.
    private mutating func vary(_ variant: inout ServiceVariant, _ service: Service.Details) {
        if random.chance(30) { variant.anchor = anchor() }
        if random.chance(30) { variant.keepsBuffersInHours = random.chance(50) }
        if random.chance(25), !shape.isPlain { variant.dailyCap = pick([0, 1, 2]) }
        if variant.provider == nil, random.chance(30) {
            variant.assignment = pick(AssignmentPolicy.allCases)
        }
        // Shorter than any duration that another variant may offer.
        let shortest = min(20, Int(service.durations.min() ?? 1))
        if random.chance(30), shortest > 2 {
            variant.processing = Int32(random.pick(0..<shortest / 2))
            variant.finishing = Int32(random.pick(0..<shortest / 3))
        }
        let others = service.variants
        if random.chance(40), !shape.isPlain, service.providerPhases == .all,
            others.allSatisfy({ $0.providerPhases == nil })
        {
            variant.capacity = pick([1, 2, 3])
            if random.chance(50) { variant.capacityRule = pick(CapacityRule.allCases) }
        } else if random.chance(40), service.capacity == 1,
            others.allSatisfy({ $0.capacity == nil })
        {
            let some = Phase.allCases.filter { _ in random.chance(55) }
            variant.providerPhases = PhaseSet.core.union(PhaseSet(some.map { PhaseSet($0) }))
        }
    }
}
