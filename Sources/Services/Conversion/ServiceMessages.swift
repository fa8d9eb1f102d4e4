internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Services: from message to details, and back.

extension Service.Details {
    init(_ message: Slotd_V1_Service, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try visibleText(message.externalRef, "service.external_ref", 0...200)
        name = try nameText(message.name, "service.name")
        durations = try Self.durations(message.durationsMinutes, "service.durations_minutes")
        guard !durations.isEmpty else {
            throw .invalid("service.durations_minutes", "must not be empty")
        }
        rules = try ServiceDefaults(message, "service")
        providers = try identifiers(
            message.providerIds, "service.provider_ids", .provider, atMost: 1024, in: organization)
        dailyCap = try number(message.dailyCap, "service.daily_cap", 0...100_000)
        let code = try text(message.billingCode, "service.billing_code", 0...64)
        if message.hasPrice {
            price = Price(amount: try Money(message.price, "service.price"), code: code)
        } else if !code.isEmpty {
            throw .invalid("service.billing_code", "is given without a price")
        }
        isArchived = message.archived
        try readPhases(message)
        try readCapacity(message)
        for (index, message) in try list(message.requirements, "service.requirements", atMost: 16)
            .enumerated()
        {
            requirements.append(
                try Requirement(message, "service.requirements[\(index)]", in: organization))
        }
        try checkRequirements()
        for (index, message) in try list(message.variants, "service.variants", atMost: 1024)
            .enumerated()
        {
            variants.append(
                try ServiceVariant(message, "service.variants[\(index)]", in: organization))
        }
        try checkVariants()
    }

    private mutating func readPhases(_ message: Slotd_V1_Service) throws(Rejection) {
        processing = try number(
            message.processingMinutes, "service.processing_minutes", 0...525_600)
        finishing = try number(message.finishingMinutes, "service.finishing_minutes", 0...525_600)
        providerPhases = try PhaseSet(
            message.providerPhases.map(\.rawValue), "service.provider_phases")
        guard providerPhases.contains(.core) else {
            throw .invalid("service.provider_phases", "must hold CORE")
        }
    }

    private mutating func readCapacity(_ message: Slotd_V1_Service) throws(Rejection) {
        capacity = try number(message.capacity, "service.capacity", 0...1000)
        if capacity == 0 { capacity = 1 }
        capacityRule =
            try enumeration(
                message.capacityRule.rawValue, "service.capacity_rule", as: CapacityRule.self)
            ?? .sameStart
    }

    /// No resource and no pool stands in two of them.
    private func checkRequirements() throws(Rejection) {
        var sources: Set<Requirement.Source> = []
        for (index, requirement) in requirements.enumerated() {
            let field =
                switch requirement.source {
                case .providers: ""
                case .resource: "resource_id"
                case .pool: "pool"
                }
            guard field.isEmpty || sources.insert(requirement.source).inserted else {
                throw .invalid(
                    "service.requirements[\(index)].\(field)", "stands in another one too")
            }
        }
    }

    /// Offered durations; none is for the caller to judge.
    static func durations(
        _ minutes: [Int32], _ field: String
    ) throws(Rejection) -> [Int32] {
        for (index, duration) in try list(minutes, field, atMost: 32).enumerated() {
            _ = try number(duration, "\(field)[\(index)]", 1...525_600)
        }
        return minutes
    }
}

extension Slotd_V1_Service {
    init(_ record: Service) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        durationsMinutes = record.details.durations
        say(record.details.rules)
        providerIds = record.details.providers.map(\.description)
        if let price = record.details.price {
            self.price = Slotd_V1_Money(price.amount)
            billingCode = price.code
        }
        archived = record.details.isArchived
        variants = record.details.variants.map { Slotd_V1_ServiceVariant($0) }
        processingMinutes = record.details.processing
        finishingMinutes = record.details.finishing
        providerPhases = record.details.providerPhases.messages
        requirements = record.details.requirements.map { Slotd_V1_Requirement($0) }
        dailyCap = record.details.dailyCap
        capacity = record.details.capacity
        capacityRule = Slotd_V1_CapacityRule(record.details.capacityRule)
    }
}
