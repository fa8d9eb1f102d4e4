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
        if message.hasBufferBeforeMinutes {
            bufferBefore = try number(
                message.bufferBeforeMinutes, "\(field).buffer_before_minutes", 0...1440)
        }
        if message.hasBufferAfterMinutes {
            bufferAfter = try number(
                message.bufferAfterMinutes, "\(field).buffer_after_minutes", 0...1440)
        }
        if message.hasStepMinutes {
            step = try number(message.stepMinutes, "\(field).step_minutes", 1...1440)
        }
        if message.hasStepOffsetMinutes {
            stepOffset = try number(
                message.stepOffsetMinutes, "\(field).step_offset_minutes", 0...1439)
        }
        if message.hasNoticeMinutes {
            notice = try number(message.noticeMinutes, "\(field).notice_minutes", 0...525_600)
        }
        if message.hasHorizonDays {
            horizonDays = try number(message.horizonDays, "\(field).horizon_days", 0...36600)
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
        if let minutes = variant.bufferBefore { bufferBeforeMinutes = minutes }
        if let minutes = variant.bufferAfter { bufferAfterMinutes = minutes }
        if let minutes = variant.step { stepMinutes = minutes }
        if let minutes = variant.stepOffset { stepOffsetMinutes = minutes }
        if let minutes = variant.notice { noticeMinutes = minutes }
        if let days = variant.horizonDays { horizonDays = days }
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
