internal import Intervals
internal import Scheduling

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
        bufferBefore = service.details.bufferBefore
        bufferAfter = service.details.bufferAfter
        step = service.details.step
        stepOffset = service.details.stepOffset
        notice = service.details.notice
        horizonDays = service.details.horizonDays
        providers = service.details.providers.map { StoredId($0) }
        isArchived = service.details.isArchived
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
    }
}
