internal import Intervals
internal import Scheduling

// Records that clients replace as a whole.

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

    func profile() -> OrganizationProfile {
        var details = OrganizationProfile.Details()
        details.externalRef = externalRef
        details.name = name
        details.activeProceduresPerSegment = activeProceduresPerSegment
        details.noShowGrace = noShowGraceMinutes
        details.createdAt = Instant(milliseconds: createdAt)
        return OrganizationProfile(id: id.identifier(), version: version, details: details)
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

    func location() throws(MalformedRecord) -> Location {
        var details = Location.Details()
        details.externalRef = externalRef
        details.name = name
        details.timeZone = timeZone
        details.hours = try hours.mapped { stored throws(MalformedRecord) in
            try stored.interval()
        }
        details.isArchived = isArchived
        return Location(id: id.identifier(), version: version, details: details)
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

    func provider() throws(MalformedRecord) -> Provider {
        var details = Provider.Details()
        details.externalRef = externalRef
        details.name = name
        details.isDisabled = isDisabled
        details.mdRequired = mdRequired
        details.schedules = try schedules.mapped { stored throws(MalformedRecord) in
            try stored.schedule()
        }
        details.timeOff = timeOff.map { $0.timeOff() }
        return Provider(id: id.identifier(), version: version, details: details)
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

    func schedule() throws(MalformedRecord) -> ProviderSchedule {
        ProviderSchedule(
            location: location.identifier(),
            effectiveStart: hasEffectiveStart ? LocalDate(dayNumber: effectiveStart) : nil,
            effectiveEnd: hasEffectiveEnd ? LocalDate(dayNumber: effectiveEnd) : nil,
            hours: try hours.mapped { stored throws(MalformedRecord) in try stored.interval() })
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

    func timeOff() -> Scheduling.TimeOff {
        Scheduling.TimeOff(
            location: hasLocation ? location.identifier() : nil,
            startDate: LocalDate(dayNumber: startDate), startMinute: startMinute,
            endDate: LocalDate(dayNumber: endDate), endMinute: endMinute, note: note)
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

    func service() -> Service {
        var details = Service.Details()
        details.externalRef = externalRef
        details.name = name
        details.durations = durations
        details.bufferBefore = bufferBefore
        details.bufferAfter = bufferAfter
        details.step = step
        details.stepOffset = stepOffset
        details.notice = notice
        details.horizonDays = horizonDays
        details.providers = providers.map { $0.identifier() }
        details.isArchived = isArchived
        return Service(id: id.identifier(), version: version, details: details)
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

    func type() -> ProcedureType {
        var details = ProcedureType.Details()
        details.externalRef = externalRef
        details.name = name
        details.services = services.map { $0.identifier() }
        details.mdRequired = mdRequired
        details.stepCount = stepCount
        details.isArchived = isArchived
        return ProcedureType(id: id.identifier(), version: version, details: details)
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

    func patient() -> Patient {
        var details = Patient.Details()
        details.externalRef = externalRef
        details.name = name
        details.birthDate = hasBirthDate ? LocalDate(dayNumber: birthDate) : nil
        details.phone = phone
        details.email = email
        return Patient(id: id.identifier(), version: version, details: details)
    }
}
