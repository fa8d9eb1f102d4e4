internal import Intervals
internal import Scheduling

// Reads services, and what bookings keep of them. What an older version did not write means what it
// meant then: every phase, one booking at a time.

extension StoredService {
    func service() throws(MalformedRecord) -> Service {
        var details = Service.Details()
        details.externalRef = externalRef
        details.name = name
        details.durations = durations
        details.rules = try rules()
        details.providers = providers.map { $0.identifier() }
        details.variants = try variants.mapped { stored throws(MalformedRecord) in
            try stored.variant()
        }
        details.processing = processing
        details.finishing = finishing
        details.providerPhases = try PhaseSet(stored: providerPhases)
        details.requirements = try requirements.mapped { stored throws(MalformedRecord) in
            try stored.requirement()
        }
        details.dailyCap = dailyCap
        details.capacity = capacity == 0 ? 1 : capacity
        details.capacityRule = try CapacityRule(stored: capacityRule, absent: .sameStart)
        details.isArchived = isArchived
        if hasPrice {
            details.price = Scheduling.Price(amount: price.amount.money(), code: price.code)
        }
        return Service(id: id.identifier(), version: version, details: details)
    }
}

extension StoredService.Variant {
    func variant() throws(MalformedRecord) -> ServiceVariant {
        var variant = ServiceVariant(
            provider: hasProvider ? provider.identifier() : nil,
            location: hasLocation ? location.identifier() : nil)
        variant.rules = try rules()
        variant.durations = durations
        variant.processing = hasProcessing ? processing : nil
        variant.finishing = hasFinishing ? finishing : nil
        variant.providerPhases = providerPhases == 0 ? nil : try PhaseSet(stored: providerPhases)
        variant.capacity = hasCapacity ? capacity : nil
        variant.capacityRule = capacityRule == 0 ? nil : try CapacityRule(stored: capacityRule)
        variant.dailyCap = hasDailyCap ? dailyCap : nil
        return variant
    }
}

extension StoredService.Requirement {
    func requirement() throws(MalformedRecord) -> Scheduling.Requirement {
        let source: Scheduling.Requirement.Source =
            if hasResource {
                .resource(resource.identifier())
            } else if !pool.isEmpty {
                .pool(pool)
            } else {
                .providers(providers.map { $0.identifier() })
            }
        return Scheduling.Requirement(
            source, quantity: quantity, phases: try PhaseSet(stored: phases))
    }
}

extension StoredSegment {
    func segment() throws(MalformedRecord) -> BookingSegment {
        var segment = BookingSegment(
            service: service.identifier(), provider: provider.identifier(),
            anyProvider: anyProvider, interval: try Interval(storedStart: start, end: end),
            bufferBefore: bufferBefore, bufferAfter: bufferAfter)
        segment.processing = processing
        segment.finishing = finishing
        segment.providerPhases = try PhaseSet(stored: providerPhases)
        segment.uses = try uses.mapped { stored throws(MalformedRecord) in try stored.use() }
        segment.capacity = capacity == 0 ? 1 : capacity
        segment.capacityRule = try CapacityRule(stored: capacityRule, absent: .sameStart)
        return segment
    }
}

extension StoredSegment.Use {
    func use() throws(MalformedRecord) -> ResourceUse {
        var use = ResourceUse()
        use.pool = pool
        use.resource = hasResource ? resource.identifier() : nil
        use.provider = hasProvider ? provider.identifier() : nil
        use.quantity = quantity
        use.phases = try PhaseSet(stored: phases)
        return use
    }
}
