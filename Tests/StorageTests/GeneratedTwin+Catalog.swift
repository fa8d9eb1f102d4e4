internal import Intervals
internal import Scheduling
internal import SwiftProtobuf

@testable internal import Storage

// The twin of `MessageWriter+Catalog.swift`.

extension StoredOrganization {
    init(_ profile: OrganizationProfile) {
        self.init()
        id = StoredId(profile.id)
        version = profile.version
        externalRef = profile.details.externalRef
        name = profile.details.name
        activeProceduresPerSegment = profile.details.activeProceduresPerSegment
        noShowGraceMinutes = profile.details.noShowGrace
        createdAt = profile.details.createdAt.milliseconds
        sharedBuffers = ResourceKind.allCases.filter(profile.details.sharedBuffers.contains)
            .map { UInt32($0.rawValue) }
        patientOverlap = stored(profile.details.patientOverlap, usual: .warn)
        providersMayExtendHours = profile.details.providersMayExtendHours
        if let clock = profile.testClock { testClock = clock.milliseconds }
        stageAlerts = profile.details.stageAlerts.map(StageAlert.init)
        noShowSweepMinutes = profile.details.noShowSweep
        earlyFinishFrees = profile.details.earlyFinishFrees
        if let fee = profile.details.cancellationFee { cancellationFee = StoredMoney(fee) }
        refusesWrongService = profile.details.refusesWrongService
        isProcedureOptional = profile.details.isProcedureOptional
        if profile.details.defaults != ServiceDefaults() {
            defaults = StoredServiceDefaults(profile.details.defaults)
        }
    }
}

extension StoredOrganization.StageAlert {
    init(_ alert: Scheduling.StageAlert) {
        self.init()
        stage = UInt32(alert.stage.rawValue)
        minutes = alert.minutes
    }
}

extension StoredLocation {
    init(_ location: Location) {
        self.init()
        id = StoredId(location.id)
        version = location.version
        externalRef = location.details.externalRef
        name = location.details.name
        timeZone = location.details.timeZone
        hours = location.details.hours.map(StoredWeeklyInterval.init)
        isArchived = location.details.isArchived
        days = location.details.days.map(StoredDayHours.init)
        closures = location.details.closures.map(StoredClosure.init)
        dailyCap = location.details.dailyCap
        if location.details.defaults != ServiceDefaults() {
            defaults = StoredServiceDefaults(location.details.defaults)
        }
    }
}

extension StoredServiceDefaults {
    init(_ defaults: Scheduling.ServiceDefaults) {
        self.init()
        if let minutes = defaults.bufferBefore { bufferBefore = minutes }
        if let minutes = defaults.bufferAfter { bufferAfter = minutes }
        if let minutes = defaults.step { step = minutes }
        if let minutes = defaults.stepOffset { stepOffset = minutes }
        if let minutes = defaults.notice { notice = minutes }
        if let days = defaults.horizonDays { horizonDays = days }
        anchor = UInt32(defaults.anchor?.rawValue ?? 0)
        if let keeps = defaults.keepsBuffersInHours { keepsBuffersInHours = keeps }
        assignment = UInt32(defaults.assignment?.rawValue ?? 0)
    }
}

extension StoredProvider {
    init(_ provider: Provider) {
        self.init()
        id = StoredId(provider.id)
        version = provider.version
        externalRef = provider.details.externalRef
        name = provider.details.name
        isDisabled = provider.details.isDisabled
        mdRequired = provider.details.mdRequired
        schedules = provider.details.schedules.map(Schedule.init)
        timeOff = provider.details.timeOff.map(StoredProvider.TimeOff.init)
        days = provider.details.days.map(StoredProvider.Day.init)
        dailyCap = provider.details.dailyCap
    }
}

extension StoredProvider.Day {
    init(_ day: ProviderDay) {
        self.init()
        location = StoredId(day.location)
        self.day = StoredDayHours(day.day)
    }
}

extension StoredDayHours {
    init(_ day: DayHours) {
        self.init()
        date = day.date.dayNumber
        hours = day.hours.map { range in
            .with {
                $0.startMinute = range.startMinute
                $0.endMinute = range.endMinute
            }
        }
    }
}

extension StoredClosure {
    init(_ closure: Closure) {
        self.init()
        startDate = closure.startDate.dayNumber
        startMinute = closure.startMinute
        endDate = closure.endDate.dayNumber
        endMinute = closure.endMinute
        note = closure.note
    }
}

extension StoredProvider.Schedule {
    init(_ schedule: ProviderSchedule) {
        self.init()
        location = StoredId(schedule.location)
        if let start = schedule.effectiveStart { effectiveStart = start.dayNumber }
        if let end = schedule.effectiveEnd { effectiveEnd = end.dayNumber }
        hours = schedule.hours.map(StoredWeeklyInterval.init)
    }
}

extension StoredProvider.TimeOff {
    init(_ timeOff: Scheduling.TimeOff) {
        self.init()
        if let location = timeOff.location { self.location = StoredId(location) }
        startDate = timeOff.startDate.dayNumber
        startMinute = timeOff.startMinute
        endDate = timeOff.endDate.dayNumber
        endMinute = timeOff.endMinute
        note = timeOff.note
        if let service = timeOff.service { self.service = StoredId(service) }
    }
}

extension StoredService {
    init(_ service: Service) {
        self.init()
        id = StoredId(service.id)
        version = service.version
        externalRef = service.details.externalRef
        name = service.details.name
        durations = service.details.durations
        bufferBefore = service.details.bufferBefore ?? 0
        bufferAfter = service.details.bufferAfter ?? 0
        step = service.details.step ?? 0
        stepOffset = service.details.stepOffset ?? 0
        notice = service.details.notice ?? 0
        horizonDays = service.details.horizonDays ?? 0
        let isSaid: [(UInt32, Bool)] = [
            (6, service.details.bufferBefore != nil), (7, service.details.bufferAfter != nil),
            (8, service.details.step != nil), (9, service.details.stepOffset != nil),
            (10, service.details.notice != nil), (11, service.details.horizonDays != nil),
            (30, service.details.anchor != nil), (32, service.details.keepsBuffersInHours != nil),
            (40, service.details.assignment != nil),
        ]
        unsaid = isSaid.filter { !$0.1 }.map(\.0)
        providers = service.details.providers.map { StoredId($0) }
        isArchived = service.details.isArchived
        anchor = stored(service.details.anchor ?? .clock, usual: .clock)
        variants = service.details.variants.map(Variant.init)
        keepsBuffersInHours = service.details.keepsBuffersInHours ?? false
        processing = service.details.processing
        finishing = service.details.finishing
        providerPhases = storedPhases(service.details.providerPhases)
        requirements = service.details.requirements.map(StoredService.Requirement.init)
        dailyCap = service.details.dailyCap
        capacity = service.details.capacity == 1 ? 0 : service.details.capacity
        capacityRule = stored(service.details.capacityRule, usual: .sameStart)
        assignment = stored(
            service.details.assignment ?? .leastBusyDay, usual: .leastBusyDay)
        if let price = service.details.price {
            self.price.amount = StoredMoney(price.amount)
            self.price.code = price.code
        }
    }
}

extension StoredService.Variant {
    init(_ variant: ServiceVariant) {
        self.init()
        if let provider = variant.provider { self.provider = StoredId(provider) }
        if let location = variant.location { self.location = StoredId(location) }
        durations = variant.durations
        if let minutes = variant.bufferBefore { bufferBefore = minutes }
        if let minutes = variant.bufferAfter { bufferAfter = minutes }
        if let minutes = variant.step { step = minutes }
        if let minutes = variant.stepOffset { stepOffset = minutes }
        if let minutes = variant.notice { notice = minutes }
        if let days = variant.horizonDays { horizonDays = days }
        anchor = UInt32(variant.anchor?.rawValue ?? 0)
        if let keeps = variant.keepsBuffersInHours { keepsBuffersInHours = keeps }
        if let minutes = variant.processing { processing = minutes }
        if let minutes = variant.finishing { finishing = minutes }
        providerPhases = UInt32(variant.providerPhases?.rawValue ?? 0)
        if let capacity = variant.capacity { self.capacity = capacity }
        capacityRule = UInt32(variant.capacityRule?.rawValue ?? 0)
        if let cap = variant.dailyCap { dailyCap = cap }
        assignment = UInt32(variant.assignment?.rawValue ?? 0)
    }
}

extension StoredService.Requirement {
    init(_ requirement: Scheduling.Requirement) {
        self.init()
        switch requirement.source {
        case .resource(let id): resource = StoredId(id)
        case .pool(let name): pool = name
        case .providers(let ids): providers = ids.map { StoredId($0) }
        }
        quantity = requirement.quantity
        phases = storedPhases(requirement.phases)
    }
}

extension StoredResource {
    init(_ resource: Resource) {
        self.init()
        id = StoredId(resource.id)
        version = resource.version
        externalRef = resource.details.externalRef
        name = resource.details.name
        kind = UInt32(resource.details.kind.rawValue)
        location = StoredId(resource.details.location)
        pool = resource.details.pool
        units = resource.details.units
        hours = resource.details.hours.map(StoredWeeklyInterval.init)
        outages = resource.details.outages.map(StoredClosure.init)
        isArchived = resource.details.isArchived
    }
}

extension StoredProcedureType {
    init(_ type: ProcedureType) {
        self.init()
        id = StoredId(type.id)
        version = type.version
        externalRef = type.details.externalRef
        name = type.details.name
        services = type.details.services.map { StoredId($0) }
        mdRequired = type.details.mdRequired
        stepCount = type.details.stepCount
        isArchived = type.details.isArchived
    }
}

extension StoredPatient {
    init(_ patient: Patient) {
        self.init()
        id = StoredId(patient.id)
        version = patient.version
        externalRef = patient.details.externalRef
        name = patient.details.name
        if let birthDate = patient.details.birthDate { self.birthDate = birthDate.dayNumber }
        phone = patient.details.phone
        email = patient.details.email
        if let survivor = patient.mergedInto { mergedInto = StoredId(survivor) }
    }
}
