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
        details.bufferBefore = bufferBefore
        details.bufferAfter = bufferAfter
        details.step = step
        details.stepOffset = stepOffset
        details.notice = notice
        details.horizonDays = horizonDays
        details.providers = providers.map { $0.identifier() }
        details.anchor = try StartAnchor(stored: anchor, absent: .clock)
        details.variants = variants.map { $0.variant() }
        details.keepsBuffersInHours = keepsBuffersInHours
        details.processing = processing
        details.finishing = finishing
        details.providerPhases = try PhaseSet(stored: providerPhases)
        details.requirements = try requirements.mapped { stored throws(MalformedRecord) in
            try stored.requirement()
        }
        details.dailyCap = dailyCap
        details.capacity = capacity == 0 ? 1 : capacity
        details.capacityRule = try CapacityRule(stored: capacityRule, absent: .sameStart)
        details.assignment = try AssignmentPolicy(stored: assignment, absent: .leastBusyDay)
        details.isArchived = isArchived
        if hasPrice {
            details.price = Scheduling.Price(amount: price.amount.money(), code: price.code)
        }
        return Service(id: id.identifier(), version: version, details: details)
    }
}

extension StoredService.Variant {
    func variant() -> ServiceVariant {
        var variant = ServiceVariant(
            provider: hasProvider ? provider.identifier() : nil,
            location: hasLocation ? location.identifier() : nil)
        variant.durations = durations
        variant.bufferBefore = hasBufferBefore ? bufferBefore : nil
        variant.bufferAfter = hasBufferAfter ? bufferAfter : nil
        variant.step = hasStep ? step : nil
        variant.stepOffset = hasStepOffset ? stepOffset : nil
        variant.notice = hasNotice ? notice : nil
        variant.horizonDays = hasHorizonDays ? horizonDays : nil
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
