internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// What a service is made of: variants, requirements and phases.

extension ServiceVariant {
    init(
        _ message: Slotd_V1_ServiceVariant, _ field: String, in organization: Organization
    ) throws(Rejection) {
        self.init(
            provider: try optionalIdentifier(
                message.providerID, "\(field).provider_id", .provider, in: organization),
            location: try optionalIdentifier(
                message.locationID, "\(field).location_id", .location, in: organization))
        guard provider != nil || location != nil else {
            throw .invalid(field, "names neither a provider nor a location")
        }
        durations = try Service.Details.durations(
            message.durationsMinutes, "\(field).durations_minutes")
        rules = try ServiceDefaults(message, field)
        guard rules.assignment == nil || provider == nil else {
            throw .invalid("\(field).assignment", "is given with a provider")
        }
        try readOwn(message, field)
    }

    private mutating func readOwn(
        _ message: Slotd_V1_ServiceVariant, _ field: String
    ) throws(Rejection) {
        if message.hasProcessingMinutes {
            processing = try number(
                message.processingMinutes, "\(field).processing_minutes", 0...525_600)
        }
        if message.hasFinishingMinutes {
            finishing = try number(
                message.finishingMinutes, "\(field).finishing_minutes", 0...525_600)
        }
        if !message.providerPhases.isEmpty {
            let phases = try PhaseSet(
                message.providerPhases.map(\.rawValue), "\(field).provider_phases")
            guard phases.contains(.core) else {
                throw .invalid("\(field).provider_phases", "must hold CORE")
            }
            providerPhases = phases
        }
        if message.hasCapacity {
            capacity = try number(message.capacity, "\(field).capacity", 1...1000)
        }
        capacityRule = try enumeration(
            message.capacityRule.rawValue, "\(field).capacity_rule", as: CapacityRule.self)
        if message.hasDailyCap {
            dailyCap = try number(message.dailyCap, "\(field).daily_cap", 0...100_000)
        }
    }
}

extension Requirement {
    init(
        _ message: Slotd_V1_Requirement, _ field: String, in organization: Organization
    ) throws(Rejection) {
        let given = [
            !message.resourceID.isEmpty, !message.pool.isEmpty, !message.providerIds.isEmpty,
        ]
        guard given.count(where: { $0 }) == 1 else {
            throw .invalid(field, "needs exactly one of resource_id, pool and provider_ids")
        }
        let source: Source
        var most: Int32 = 1000
        if !message.resourceID.isEmpty {
            source = .resource(
                try identifier(
                    message.resourceID, "\(field).resource_id", .resource, in: organization))
        } else if !message.pool.isEmpty {
            source = .pool(try nameText(message.pool, "\(field).pool", atMost: 100))
        } else {
            source = .providers(
                try identifiers(
                    message.providerIds, "\(field).provider_ids", .provider, atMost: 64,
                    in: organization))
            most = 1
        }
        let quantity = try number(message.quantity, "\(field).quantity", 0...most)
        self.init(
            source, quantity: max(1, quantity),
            phases: try PhaseSet(message.phases.map(\.rawValue), "\(field).phases"))
    }
}

extension PhaseSet {
    /// None: all.
    init(_ numbers: [Int], _ field: String) throws(Rejection) {
        var phases: PhaseSet = []
        for (index, number) in numbers.enumerated() {
            phases.insert(
                PhaseSet(
                    try requiredEnumeration(number, "\(field)[\(index)]", as: Phase.self)))
        }
        self = phases.isEmpty ? .all : phases
    }

    /// As requests have them: none for all.
    var messages: [Slotd_V1_Phase] {
        self == .all
            ? [] : Phase.allCases.filter { contains(PhaseSet($0)) }.map { Slotd_V1_Phase($0) }
    }
}

extension Slotd_V1_ServiceVariant {
    init(_ variant: ServiceVariant) {
        self.init()
        providerID = variant.provider?.description ?? ""
        locationID = variant.location?.description ?? ""
        durationsMinutes = variant.durations
        say(variant.rules)
        if let minutes = variant.processing { processingMinutes = minutes }
        if let minutes = variant.finishing { finishingMinutes = minutes }
        if let phases = variant.providerPhases {
            // All of them are told one by one: none would say nothing.
            providerPhases = Phase.allCases.filter { phases.contains(PhaseSet($0)) }
                .map { Slotd_V1_Phase($0) }
        }
        if let capacity = variant.capacity { self.capacity = capacity }
        if let rule = variant.capacityRule { capacityRule = Slotd_V1_CapacityRule(rule) }
        if let cap = variant.dailyCap { dailyCap = cap }
    }
}

extension Slotd_V1_Requirement {
    init(_ requirement: Requirement) {
        self.init()
        switch requirement.source {
        case .resource(let id): resourceID = id.description
        case .pool(let name): pool = name
        case .providers(let ids): providerIds = ids.map(\.description)
        }
        quantity = requirement.quantity
        phases = requirement.phases.messages
    }
}
