internal import Intervals
internal import Scheduling

// Reads the records that clients replace as a whole.

extension StoredOrganization {
    func profile() throws(MalformedRecord) -> OrganizationProfile {
        var details = OrganizationProfile.Details()
        details.externalRef = externalRef
        details.name = name
        details.activeProceduresPerSegment = activeProceduresPerSegment
        details.noShowGrace = noShowGraceMinutes
        details.sharedBuffers = Set(
            try sharedBuffers.mapped { number throws(MalformedRecord) in
                try ResourceKind(stored: number)
            })
        details.patientOverlap = try PatientOverlap(stored: patientOverlap, absent: .warn)
        details.providersMayExtendHours = providersMayExtendHours
        if hasDefaults { details.defaults = try defaults.rules() }
        details.createdAt = Instant(milliseconds: createdAt)
        details.stageAlerts = try stageAlerts.mapped { stored throws(MalformedRecord) in
            Scheduling.StageAlert(stage: try Stage(stored: stored.stage), minutes: stored.minutes)
        }
        details.noShowSweep = noShowSweepMinutes
        details.earlyFinishFrees = earlyFinishFrees
        details.cancellationFee = hasCancellationFee ? cancellationFee.money() : nil
        details.refusesWrongService = refusesWrongService
        details.isProcedureOptional = isProcedureOptional
        return OrganizationProfile(
            id: id.identifier(), version: version, details: details,
            testClock: hasTestClock ? Instant(milliseconds: testClock) : nil)
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
        details.days = try days.mapped { stored throws(MalformedRecord) in
            try stored.dayHours()
        }
        details.closures = closures.map { $0.closure() }
        details.dailyCap = dailyCap
        if hasDefaults { details.defaults = try defaults.rules() }
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
        details.days = try days.mapped { stored throws(MalformedRecord) in
            try stored.providerDay()
        }
        details.timeOff = timeOff.map { $0.timeOff() }
        details.dailyCap = dailyCap
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
            service: hasService ? service.identifier() : nil,
            startDate: LocalDate(dayNumber: startDate), startMinute: startMinute,
            endDate: LocalDate(dayNumber: endDate), endMinute: endMinute, note: note)
    }
}

extension StoredProvider.Day {
    func providerDay() throws(MalformedRecord) -> ProviderDay {
        ProviderDay(location: location.identifier(), day: try day.dayHours())
    }
}

extension StoredResource {
    func resource() throws(MalformedRecord) -> Resource {
        var details = Resource.Details(location: location.identifier())
        details.externalRef = externalRef
        details.name = name
        details.kind = try ResourceKind(stored: kind)
        details.pool = pool
        details.units = units
        details.hours = try hours.mapped { stored throws(MalformedRecord) in
            try stored.interval()
        }
        details.outages = outages.map { $0.closure() }
        details.isArchived = isArchived
        return Resource(id: id.identifier(), version: version, details: details)
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
        return Patient(
            id: id.identifier(), version: version, details: details,
            mergedInto: hasMergedInto ? mergedInto.identifier() : nil)
    }
}
