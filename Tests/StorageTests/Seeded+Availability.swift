internal import Intervals
internal import Scheduling

// What the catalog's records and the segments of bookings are made of.

extension Seeded {
    mutating func day() -> DayHours {
        DayHours(
            date: date(),
            hours: list(0...3) { seeded in
                let start = seeded.int(0...1439)
                guard let range = WallRange(start, start + seeded.int(1...1440)) else {
                    preconditionFailure("in range")
                }
                return range
            })
    }

    mutating func closure() -> Closure {
        Closure(
            startDate: date(), startMinute: int(0...1440), endDate: date(),
            endMinute: int(0...1440), note: text())
    }

    /// Some phases or all of them; no service has none.
    mutating func phases() -> PhaseSet {
        PhaseSet(Phase.allCases.filter { _ in bool() }.map { PhaseSet($0) }).union(.core)
    }

    mutating func variant() -> ServiceVariant {
        var variant = ServiceVariant(
            provider: optional { $0.id() }, location: optional { $0.id() })
        variant.rules = serviceDefaults()
        variant.durations = list(0...3) { $0.int(1...500) }
        variant.processing = optional { $0.int(0...60) }
        variant.finishing = optional { $0.int(0...60) }
        variant.providerPhases = optional { $0.phases() }
        variant.capacity = optional { $0.int(1...9) }
        variant.capacityRule = optional { $0.one(of: CapacityRule.self) }
        variant.dailyCap = optional { $0.int(0...100) }
        return variant
    }

    mutating func serviceDefaults() -> ServiceDefaults {
        var defaults = ServiceDefaults()
        defaults.bufferBefore = optional { $0.int(0...60) }
        defaults.bufferAfter = optional { $0.int(0...60) }
        defaults.step = optional { $0.int(1...60) }
        defaults.stepOffset = optional { $0.int(0...60) }
        defaults.notice = optional { $0.int(0...5000) }
        defaults.horizonDays = optional { $0.int(0...400) }
        defaults.anchor = optional { $0.one(of: StartAnchor.self) }
        defaults.keepsBuffersInHours = optional { $0.bool() }
        defaults.assignment = optional { $0.one(of: AssignmentPolicy.self) }
        return defaults
    }

    mutating func requirement() -> Requirement {
        let source: Requirement.Source =
            switch int(0...2) {
            case 0: .resource(id())
            case 1: .pool("pool " + text())
            default: .providers(list(1...3) { $0.id() })
            }
        return Requirement(source, quantity: int(1...9), phases: phases())
    }

    mutating func use() -> ResourceUse {
        var use = ResourceUse()
        use.pool = text()
        use.resource = optional { $0.id() }
        use.provider = optional { $0.id() }
        use.quantity = int(1...9)
        use.phases = phases()
        return use
    }

    mutating func resource(_ value: UInt128?) -> Resource {
        var details = Resource.Details(location: id())
        details.externalRef = text()
        details.name = text()
        details.kind = one(of: ResourceKind.self)
        details.pool = text()
        details.units = int(1...9)
        details.hours = list(0...3) { $0.weekly() }
        details.outages = list(0...3) { $0.closure() }
        details.isArchived = bool()
        let id = value.map { Identifier<Resource>(value: $0) } ?? id()
        return Resource(id: id, version: Int64(int(1...9)), details: details)
    }
}
