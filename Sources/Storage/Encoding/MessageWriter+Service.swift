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
        integer(6, service.details.bufferBefore)
        integer(7, service.details.bufferAfter)
        integer(8, service.details.step)
        integer(9, service.details.stepOffset)
        integer(10, service.details.notice)
        integer(11, service.details.horizonDays)
        for provider in service.details.providers { id(12, provider) }
        flag(13, service.details.isArchived)
        choice(30, service.details.anchor, usual: .clock)
        for variant in service.details.variants { write(31, variant) }
        flag(32, service.details.keepsBuffersInHours)
        integer(33, service.details.processing)
        integer(34, service.details.finishing)
        choice(35, service.details.providerPhases, usual: .all)
        for requirement in service.details.requirements { write(36, requirement) }
        integer(37, service.details.dailyCap)
        count(38, service.details.capacity)
        choice(39, service.details.capacityRule, usual: .sameStart)
        choice(40, service.details.assignment, usual: .leastBusyDay)
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
            if let minutes = variant.bufferBefore { writer.always(4, integer: minutes) }
            if let minutes = variant.bufferAfter { writer.always(5, integer: minutes) }
            if let minutes = variant.step { writer.always(6, integer: minutes) }
            if let minutes = variant.stepOffset { writer.always(7, integer: minutes) }
            if let minutes = variant.notice { writer.always(8, integer: minutes) }
            if let days = variant.horizonDays { writer.always(9, integer: days) }
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
