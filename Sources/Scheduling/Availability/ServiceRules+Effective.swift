internal import Intervals

/// What counts of a service with a provider at a location.
struct EffectiveRules {
    var durations: [Int32]
    var bufferBefore: Int32
    var bufferAfter: Int32
    var step: Int32
    var stepOffset: Int32
    var notice: Int32
    var horizonDays: Int32
}

extension Service.Details {
    /// The rules with a provider at a location, merged field by field, the most specific first
    /// (availability.md 2, step 1). Without a provider: what is said of the location alone.
    func rules(
        provider: Identifier<Provider>?, location: Identifier<Location>
    ) -> EffectiveRules {
        var rules = EffectiveRules(
            durations: durations, bufferBefore: bufferBefore, bufferAfter: bufferAfter, step: step,
            stepOffset: stepOffset, notice: notice, horizonDays: horizonDays)
        if variants.isEmpty { return rules }
        let scopes: [(Identifier<Provider>?, Identifier<Location>?)] = [
            (nil, nil), (nil, location), (provider, nil), (provider, location),
        ]
        for (index, scope) in scopes.enumerated() where provider != nil || index < 2 {
            for variant in variants
            where variant.provider == scope.0 && variant.location == scope.1 {
                rules.apply(variant)
            }
        }
        return rules
    }
}

extension EffectiveRules {
    fileprivate mutating func apply(_ variant: ServiceVariant) {
        if !variant.durations.isEmpty { durations = variant.durations }
        if let minutes = variant.bufferBefore { bufferBefore = minutes }
        if let minutes = variant.bufferAfter { bufferAfter = minutes }
        if let minutes = variant.step { step = minutes }
        if let minutes = variant.stepOffset { stepOffset = minutes }
        if let minutes = variant.notice { notice = minutes }
        if let days = variant.horizonDays { horizonDays = days }
        // A step of one scope may meet another scope's offset.
        stepOffset %= step
    }
}
