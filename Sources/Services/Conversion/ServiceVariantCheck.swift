internal import Scheduling

// What a service says of providers and locations, and whether it agrees with itself.

extension Service.Details {
    /// Refuses two entries of one provider and location, and rules that do not go together wherever
    /// they meet: of the service itself, and with each provider at each location.
    ///
    /// Cost: a look at each pair of a provider and a location that have entries.
    func checkVariants() throws(Rejection) {
        var entries: [VariantKey: Int] = [:]
        for (index, variant) in variants.enumerated() {
            let key = VariantKey(provider: variant.provider, location: variant.location)
            guard entries.updateValue(index, forKey: key) == nil else {
                throw .invalid(
                    "service.variants[\(index)]", "has the provider and location of one before it")
            }
        }
        try check([])
        let providers = Set(variants.map(\.provider)).union([nil])
        let locations = Set(variants.map(\.location)).union([nil])
        for provider in providers {
            for location in locations where provider != nil || location != nil {
                let keys = [
                    VariantKey(provider: provider, location: location),
                    VariantKey(provider: provider, location: nil),
                    VariantKey(provider: nil, location: location),
                ]
                var chain: [Int] = []
                for key in keys {
                    if let index = entries[key], !chain.contains(index) { chain.append(index) }
                }
                if !chain.isEmpty { try check(chain) }
            }
        }
    }

    /// Whether the entries, the most specific first, and the service go together.
    private func check(_ chain: [Int]) throws(Rejection) {
        func value<Value>(_ field: (ServiceVariant) -> Value?, _ own: Value) -> Value {
            for index in chain {
                if let value = field(variants[index]) { return value }
            }
            return own
        }
        func path(_ isSaid: (ServiceVariant) -> Bool, _ field: String) -> String {
            let index = chain.first { isSaid(variants[$0]) }
            return index.map { "service.variants[\($0)].\(field)" } ?? "service.\(field)"
        }
        let rest = value(\.processing, processing) + value(\.finishing, finishing)
        let offered = value({ $0.durations.isEmpty ? nil : $0.durations }, durations)
        for (index, duration) in offered.enumerated() where duration <= rest {
            throw .invalid(
                path({ !$0.durations.isEmpty }, "durations_minutes") + "[\(index)]",
                "\(duration) is no longer than processing and finishing together, \(rest)")
        }
        let isShared =
            value(\.capacity, capacity) > 1 && value(\.capacityRule, capacityRule) == .sameStart
        guard !isShared || value(\.providerPhases, providerPhases) == .all else {
            throw .invalid(
                path({ $0.providerPhases != nil }, "provider_phases"),
                "must be all of them where several bookings of one start share a provider")
        }
        if let step = value(\.step, rules.step) {
            _ = try number(
                value(\.stepOffset, rules.stepOffset) ?? 0,
                path({ $0.stepOffset != nil }, "step_offset_minutes"), 0...step - 1)
        }
    }
}

/// Whom a variant is for, and where.
private struct VariantKey: Hashable {
    var provider: Identifier<Provider>?
    var location: Identifier<Location>?
}
