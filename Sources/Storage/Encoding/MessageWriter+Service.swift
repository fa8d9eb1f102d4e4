internal import Intervals
internal import Scheduling
internal import WireFormat

// Services, and what bookings keep of them.

extension MessageWriter {
    mutating func write(_ service: Service) {
        id(1, service.id)
        integer(2, service.version)
        text(3, service.details.externalRef)
        text(4, service.details.name)
        packed(5, service.details.durations)
        let rules = service.details.rules
        var unsaid: [UInt32] = []
        func said<Value>(_ field: UInt32, _ value: Value?, else none: Value) -> Value {
            if value == nil { unsaid.append(field) }
            return value ?? none
        }
        integer(6, said(6, rules.bufferBefore, else: 0))
        integer(7, said(7, rules.bufferAfter, else: 0))
        integer(8, said(8, rules.step, else: 0))
        integer(9, said(9, rules.stepOffset, else: 0))
        integer(10, said(10, rules.notice, else: 0))
        integer(11, said(11, rules.horizonDays, else: 0))
        for provider in service.details.providers { id(12, provider) }
        flag(13, service.details.isArchived)
        choice(30, said(30, rules.anchor, else: .clock), usual: .clock)
        for variant in service.details.variants { write(31, variant) }
        flag(32, said(32, rules.keepsBuffersInHours, else: false))
        integer(33, service.details.processing)
        integer(34, service.details.finishing)
        choice(35, service.details.providerPhases, usual: .all)
        for requirement in service.details.requirements { write(36, requirement) }
        integer(37, service.details.dailyCap)
        count(38, service.details.capacity)
        choice(39, service.details.capacityRule, usual: .sameStart)
        choice(
            40, said(40, rules.assignment, else: .leastBusyDay), usual: .leastBusyDay)
        packed(41, unsaid)
        if let price = service.details.price {
            message(50) { writer in
                writer.money(1, price.amount)
                writer.text(2, price.code)
            }
        }
    }

    private mutating func write(_ field: UInt32, _ variant: ServiceVariant) {
        message(field) { writer in
            if let provider = variant.provider { writer.id(1, provider) }
            if let location = variant.location { writer.id(2, location) }
            writer.packed(3, variant.durations)
            writer.rules(variant.rules, from: 4)
            if let minutes = variant.processing { writer.always(12, integer: minutes) }
            if let minutes = variant.finishing { writer.always(13, integer: minutes) }
            if let phases = variant.providerPhases {
                writer.always(14, integer: phases.rawValue)
            }
            if let capacity = variant.capacity { writer.always(15, integer: capacity) }
            if let rule = variant.capacityRule { writer.always(16, integer: rule.rawValue) }
            if let cap = variant.dailyCap { writer.always(17, integer: cap) }
            writer.assignment(18, of: variant.rules)
        }
    }

    /// What a location or an organization says of services; nothing where it says nothing.
    mutating func defaults(_ field: UInt32, _ defaults: ServiceDefaults) {
        guard defaults != ServiceDefaults() else { return }
        message(field) { writer in
            writer.rules(defaults, from: 1)
            writer.assignment(9, of: defaults)
        }
    }

    private mutating func write(_ field: UInt32, _ requirement: Requirement) {
        message(field) { writer in
            switch requirement.source {
            case .resource(let resource): writer.id(1, resource)
            case .pool(let pool): writer.text(2, pool)
            case .providers(let providers): for provider in providers { writer.id(3, provider) }
            }
            writer.integer(4, requirement.quantity)
            writer.choice(5, requirement.phases, usual: .all)
        }
    }

    mutating func write(_ field: UInt32, _ segment: BookingSegment) {
        message(field) { writer in
            writer.id(1, segment.service)
            writer.id(2, segment.provider)
            writer.flag(3, segment.anyProvider)
            writer.signed(4, segment.interval.start.sinceEpoch)
            writer.signed(5, segment.interval.end.sinceEpoch)
            writer.integer(6, segment.bufferBefore)
            writer.integer(7, segment.bufferAfter)
            writer.integer(30, segment.processing)
            writer.integer(31, segment.finishing)
            writer.choice(32, segment.providerPhases, usual: .all)
            for use in segment.uses { writer.write(33, use) }
            writer.count(34, segment.capacity)
            writer.choice(35, segment.capacityRule, usual: .sameStart)
        }
    }

    private mutating func write(_ field: UInt32, _ use: ResourceUse) {
        message(field) { writer in
            writer.text(1, use.pool)
            if let resource = use.resource { writer.id(2, resource) }
            if let provider = use.provider { writer.id(3, provider) }
            writer.integer(4, use.quantity)
            writer.choice(5, use.phases, usual: .all)
        }
    }

    /// A number of which an absent field means 1.
    private mutating func count(_ field: UInt32, _ value: Int32) {
        if value != 1 { always(field, integer: value) }
    }
}
