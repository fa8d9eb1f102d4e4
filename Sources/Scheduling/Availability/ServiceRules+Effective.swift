internal import Intervals

/// What counts of a service with a provider at a location. As it begins: what counts where nobody
/// says anything.
struct EffectiveRules {
    var durations: [Int32]
    var bufferBefore: Int32 = 0
    var bufferAfter: Int32 = 0
    var step: Int32 = 15
    var stepOffset: Int32 = 0
    var notice: Int32 = 0
    var horizonDays: Int32 = 180
    var anchor = StartAnchor.clock
    var keepsBuffersInHours = false
    var processing: Int32
    var finishing: Int32
    var providerPhases: PhaseSet
    var capacity: Int32
    var capacityRule: CapacityRule
    /// Bookings of the service on one local date at the location, whoever does them; 0: any number.
    var dailyCap: Int32
    /// Those of them that are with the provider; 0: any number.
    var providerCap: Int32 = 0
    var assignment = AssignmentPolicy.leastBusyDay
}

extension Organization {
    /// The rules of a service with a provider at a location, merged field by field, the most
    /// specific last and so the winner (availability.md 2, step 1): the organization, the location,
    /// the service, what it says of the location, of the provider, of both. Without a provider:
    /// what counts before anybody is chosen. Called once for a segment, and for each of its
    /// providers only where the service has entries.
    func rules(
        of service: Service.Details, provider: Identifier<Provider>? = nil, at location: Location
    ) -> EffectiveRules {
        var rules = EffectiveRules(
            durations: service.durations, processing: service.processing,
            finishing: service.finishing, providerPhases: service.providerPhases,
            capacity: service.capacity, capacityRule: service.capacityRule,
            dailyCap: service.dailyCap)
        rules.apply(profile.details.defaults)
        rules.apply(location.details.defaults)
        rules.apply(service.rules)
        if !service.variants.isEmpty {
            rules.apply(service.variants, nil, location.id)
            if let provider {
                rules.apply(service.variants, provider, nil)
                rules.apply(service.variants, provider, location.id)
            }
        }
        // One level's offset may meet another level's step: the two that win, and no others.
        rules.stepOffset %= rules.step
        return rules
    }
}

extension EffectiveRules {
    /// What one level says counts from here on.
    fileprivate mutating func apply(_ said: ServiceDefaults) {
        if let minutes = said.bufferBefore { bufferBefore = minutes }
        if let minutes = said.bufferAfter { bufferAfter = minutes }
        if let minutes = said.notice { notice = minutes }
        if let days = said.horizonDays { horizonDays = days }
        if let anchor = said.anchor { self.anchor = anchor }
        if let keeps = said.keepsBuffersInHours { keepsBuffersInHours = keeps }
        if let policy = said.assignment { assignment = policy }
        if let step = said.step { self.step = step }
        if let offset = said.stepOffset { stepOffset = offset }
    }

    /// What is said of one provider, one location, or both.
    fileprivate mutating func apply(
        _ variants: [ServiceVariant], _ provider: Identifier<Provider>?,
        _ location: Identifier<Location>?
    ) {
        for variant in variants
        where variant.provider == provider && variant.location == location {
            apply(variant.rules)
            if !variant.durations.isEmpty { durations = variant.durations }
            if let minutes = variant.processing { processing = minutes }
            if let minutes = variant.finishing { finishing = minutes }
            if let phases = variant.providerPhases { providerPhases = phases }
            if let capacity = variant.capacity { self.capacity = capacity }
            if let rule = variant.capacityRule { capacityRule = rule }
            if let cap = variant.dailyCap {
                if provider == nil { dailyCap = cap } else { providerCap = cap }
            }
        }
    }
}
