import Intervals
import Testing
import Workload

@testable import Scheduling

// The places, people, rooms and services of a generated world.

extension VisitWorld {
    mutating func populate() throws {
        for zone in zones {
            ids.locations.append(try sandbox.perform(CreateRecord<Location>(place(zone))).id)
        }
        for place in ids.locations {
            for _ in 0..<random.pick(0...3) {
                let room = resource(at: place, pool: "rooms")
                resources.append(try sandbox.perform(CreateRecord<Resource>(room)).id)
            }
            let device = resource(at: place, pool: "")
            resources.append(try sandbox.perform(CreateRecord<Resource>(device)).id)
        }
        for _ in 0..<random.pick(2...4) {
            ids.providers.append(try sandbox.perform(CreateRecord<Provider>(provider())).id)
        }
        for _ in 0..<3 {
            ids.services.append(try sandbox.perform(CreateRecord<Service>(service())).id)
        }
        for id in ids.providers where random.chance(25) {
            // Time off from one service: only now is there one.
            var details = try #require(organization.providers[id]?.details)
            var off = timeOff()
            off.service = pick(ids.services)
            details.timeOff.append(off)
            try sandbox.perform(UpdateRecord(id, expectedVersion: 0, details: details))
        }
        for _ in 0..<2 {
            var patient = Patient.Details()
            patient.name = "Someone"
            ids.patients.append(try sandbox.perform(CreateRecord<Patient>(patient)).id)
        }
    }

    // MARK: Hours

    private mutating func weeklyHours(allDay: Int = 2) -> [WeeklyInterval] {
        let grain = random.pick([1, 5, 15, 30]) ?? 15
        var hours: [WeeklyInterval] = []
        for weekday in 1...7 {
            let stretches: [(ClosedRange<Int>, ClosedRange<Int>)]
            switch random.pick(weights: [2, 6, 4, allDay, 2]) {
            case 0: stretches = []
            case 1: stretches = [(360...720, 240...600)]
            case 2: stretches = [(420...600, 60...200), (800...1000, 60...300)]
            case 3: stretches = [(0...0, 1440...1440)]
            // Past midnight, round the hours at which clocks are set.
            default: stretches = [(1000...1380, 300...700)]
            }
            for (starts, lengths) in stretches {
                let start = random.pick(starts) / grain * grain
                let end = start + max(grain, random.pick(lengths) / grain * grain)
                hours += [
                    WeeklyInterval(
                        weekday: weekday, startMinute: Int32(start), endMinute: Int32(end))
                ].compactMap { $0 }
            }
        }
        return hours
    }

    private mutating func exceptions() -> [DayHours] {
        (-1...1).compactMap { offset -> DayHours? in
            guard random.chance(12) else { return nil }
            let start = random.pick(0...1300)
            let hours = random.chance(30) ? nil : WallRange(Int32(start), Int32(start + 300))
            return DayHours(
                date: middle.adding(days: Int32(offset)), hours: [hours].compactMap { $0 })
        }
    }

    private mutating func closure() -> Closure {
        let first = middle.adding(days: Int32(random.pick(-2...2)))
        let start = random.pick(0...47) * 30
        return Closure(
            startDate: first, startMinute: Int32(start), endDate: first,
            endMinute: Int32(random.pick(start + 1...1440)))
    }

    private mutating func timeOff() -> TimeOff {
        let closure = closure()
        return TimeOff(
            location: random.chance(50) ? ids.locations[0] : nil, startDate: closure.startDate,
            startMinute: closure.startMinute, endDate: closure.endDate,
            endMinute: closure.endMinute)
    }

    // MARK: Places and people

    private mutating func place(_ zone: MinuteOracle.Zone) -> Location.Details {
        var place = Location.Details()
        place.timeZone = zone.name
        place.hours = weeklyHours() + weeklyHours(allDay: 8)
        place.days = exceptions()
        if random.chance(35) { place.closures = [closure()] }
        if random.chance(10), !shape.isPlain { place.dailyCap = Int32(random.pick(1...5)) }
        return place
    }

    private mutating func resource(
        at place: Identifier<Location>, pool: String
    ) -> Resource.Details {
        var room = Resource.Details(location: place)
        room.pool = pool
        room.kind = random.chance(60) ? .room : .device
        room.units = Int32(random.pick(weights: [0, 70, 20, 10]))
        if random.chance(20) { room.hours = weeklyHours(allDay: 12) }
        if random.chance(30) { room.outages = [closure()] }
        room.isArchived = !pool.isEmpty && random.chance(5)
        return room
    }

    private mutating func provider() -> Provider.Details {
        var provider = Provider.Details()
        for location in ids.locations where random.chance(80) {
            provider.schedules.append(
                ProviderSchedule(location: location, hours: weeklyHours()))
            if random.chance(30) {
                provider.schedules.append(
                    ProviderSchedule(
                        location: location, effectiveStart: random.chance(50) ? middle : nil,
                        effectiveEnd: middle, hours: weeklyHours()))
            }
            for day in exceptions() {
                provider.days.append(ProviderDay(location: location, day: day))
            }
        }
        for _ in 0..<random.pick(0...2) { provider.timeOff.append(timeOff()) }
        if random.chance(15), !shape.isPlain { provider.dailyCap = Int32(random.pick(1...4)) }
        provider.isDisabled = random.chance(4)
        return provider
    }

    // MARK: Services

    private mutating func service() -> Service.Details {
        var service = Service.Details()
        let lengths = [1, 15, 30, 45, 100, 400].map { Int32($0) }
        service.durations = [pick(lengths)]
        if random.chance(30), let other = random.pick(lengths), other != service.durations[0] {
            service.durations.append(other)
        }
        service.bufferBefore = pick([0, 0, 5, 20])
        service.bufferAfter = pick([0, 0, 10, 25])
        let step = pick([1, 7, 15, 15, 25, 30, 50, 60, 240].map { Int32($0) })
        service.step = step
        service.stepOffset = random.chance(30) ? Int32(random.pick(0..<Int(step))) : 0
        service.notice = pick([0, 0, 90, 1000])
        service.horizonDays = pick([1, 3, 30])
        if !shape.isSteady || random.chance(30) {
            service.anchor =
                shape.isSteady ? .window : pick([.clock, .clock, .window, .gap, .flush])
        }
        service.providers = ids.providers.filter { _ in random.chance(80) }
        if service.providers.isEmpty { service.providers = [ids.providers[0]] }
        service.keepsBuffersInHours = random.chance(25)
        let shortest = Int(service.durations.min() ?? 1)
        if shortest > 2, random.chance(40) {
            service.processing = Int32(random.pick(0..<shortest / 2))
            service.finishing = Int32(random.pick(0..<shortest / 3))
            service.providerPhases = PhaseSet.core.union(phases())
        }
        if random.chance(20), !shape.isPlain {
            service.capacity = Int32(random.pick(2...3))
            service.capacityRule = random.chance(60) ? .sameStart : .anyOverlap
        }
        if random.chance(12), !shape.isPlain { service.dailyCap = Int32(random.pick(1...4)) }
        service.assignment = pick(AssignmentPolicy.allCases)
        service.requirements = requirements()
        service.variants = variants(of: service)
        return service
    }

    private mutating func phases() -> PhaseSet {
        Phase.allCases.reduce(into: PhaseSet()) { phases, phase in
            if random.chance(55) { phases.insert(PhaseSet(phase)) }
        }
    }

    private mutating func requirements() -> [Requirement] {
        var requirements: [Requirement] = []
        func phases(_ world: inout VisitWorld) -> PhaseSet {
            let some = world.phases()
            return world.random.chance(60) || some.isEmpty ? .all : some
        }
        if random.chance(35) {
            let phases = phases(&self)
            requirements.append(
                Requirement(
                    .pool("rooms"), quantity: Int32(random.pick([1, 1, 1, 2]) ?? 1),
                    phases: phases))
        }
        if random.chance(15) {
            let phases = phases(&self)
            requirements.append(Requirement(.resource(pick(resources)), phases: phases))
        }
        for _ in 0..<random.pick(weights: [75, 15, 10]) {
            let others = ids.providers.filter { _ in random.chance(60) }
            if others.isEmpty { continue }
            let phases = phases(&self)
            requirements.append(Requirement(.providers(others), phases: phases))
        }
        return requirements
    }

    private mutating func variants(of service: Service.Details) -> [ServiceVariant] {
        var variants: [ServiceVariant] = []
        let scopes: [(Identifier<Provider>?, Identifier<Location>?)] = [
            (nil, ids.locations[0]), (ids.providers[0], nil),
            (ids.providers[0], ids.locations[0]), (ids.providers[1], ids.locations[1]),
        ]
        for (provider, location) in scopes where random.chance(25) {
            if let provider, !service.providers.contains(provider) { continue }
            var variant = ServiceVariant(provider: provider, location: location)
            if random.chance(40), service.processing == 0, service.finishing == 0 {
                variant.durations = [pick([20, 45, 90])]
            }
            if random.chance(40) { variant.bufferBefore = pick([0, 15]) }
            if random.chance(40) { variant.bufferAfter = pick([0, 30]) }
            // A larger step keeps every offset in range.
            if random.chance(30) { variant.step = (service.step ?? 15) + pick([0, 5, 20]) }
            if random.chance(30) { variant.notice = pick([0, 200]) }
            if random.chance(30) { variant.horizonDays = pick([0, 2]) }
            variants.append(variant)
        }
        return variants
    }
}
