internal import Intervals
internal import Scheduling

// Reads the records that clients replace as a whole.

extension StoredOrganization {
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
    func schedule() throws(MalformedRecord) -> ProviderSchedule {
        ProviderSchedule(
            location: location.identifier(),
            effectiveStart: hasEffectiveStart ? LocalDate(dayNumber: effectiveStart) : nil,
            effectiveEnd: hasEffectiveEnd ? LocalDate(dayNumber: effectiveEnd) : nil,
            hours: try hours.mapped { stored throws(MalformedRecord) in try stored.interval() })
    }
}

extension StoredProvider.TimeOff {
    func timeOff() -> Scheduling.TimeOff {
        Scheduling.TimeOff(
            location: hasLocation ? location.identifier() : nil,
            startDate: LocalDate(dayNumber: startDate), startMinute: startMinute,
            endDate: LocalDate(dayNumber: endDate), endMinute: endMinute, note: note)
    }
}

extension StoredService {
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
