internal import Intervals
internal import Scheduling
internal import WireFormat

// Records that clients replace as a whole.

extension MessageWriter {
    mutating func write(_ profile: OrganizationProfile) {
        id(1, profile.id)
        integer(2, profile.version)
        text(3, profile.details.externalRef)
        text(4, profile.details.name)
        integer(5, profile.details.activeProceduresPerSegment)
        integer(6, profile.details.noShowGrace)
        signed(7, profile.details.createdAt.milliseconds)
        packed(30, profile.details.sharedBuffers.map(\.rawValue).sorted())
        choice(31, profile.details.patientOverlap, usual: .warn)
        flag(32, profile.details.providersMayExtendHours)
        if let clock = profile.testClock { always(40, signed: clock.milliseconds) }
        for alert in profile.details.stageAlerts {
            message(50) { writer in
                writer.integer(1, alert.stage.rawValue)
                writer.integer(2, alert.minutes)
            }
        }
        integer(51, profile.details.noShowSweep)
        flag(52, profile.details.earlyFinishFrees)
        money(53, profile.details.cancellationFee)
        flag(54, profile.details.refusesWrongService)
        flag(55, profile.details.isProcedureOptional)
        defaults(56, profile.details.defaults)
    }

    mutating func write(_ location: Location) {
        id(1, location.id)
        integer(2, location.version)
        text(3, location.details.externalRef)
        text(4, location.details.name)
        text(5, location.details.timeZone)
        hours(6, location.details.hours)
        flag(7, location.details.isArchived)
        for day in location.details.days { self.day(30, day) }
        closures(31, location.details.closures)
        integer(32, location.details.dailyCap)
        defaults(33, location.details.defaults)
    }

    mutating func write(_ provider: Provider) {
        id(1, provider.id)
        integer(2, provider.version)
        text(3, provider.details.externalRef)
        text(4, provider.details.name)
        flag(5, provider.details.isDisabled)
        flag(6, provider.details.mdRequired)
        for schedule in provider.details.schedules {
            message(7) { writer in
                writer.id(1, schedule.location)
                writer.date(2, schedule.effectiveStart)
                writer.date(3, schedule.effectiveEnd)
                writer.hours(4, schedule.hours)
            }
        }
        for timeOff in provider.details.timeOff {
            message(8) { writer in
                if let location = timeOff.location { writer.id(1, location) }
                writer.signed(2, timeOff.startDate.dayNumber)
                writer.integer(3, timeOff.startMinute)
                writer.signed(4, timeOff.endDate.dayNumber)
                writer.integer(5, timeOff.endMinute)
                writer.text(6, timeOff.note)
                if let service = timeOff.service { writer.id(30, service) }
            }
        }
        for day in provider.details.days {
            message(30) { writer in
                writer.id(1, day.location)
                writer.day(2, day.day)
            }
        }
        integer(31, provider.details.dailyCap)
    }

    mutating func write(_ resource: Resource) {
        id(1, resource.id)
        integer(2, resource.version)
        text(3, resource.details.externalRef)
        text(4, resource.details.name)
        integer(5, resource.details.kind.rawValue)
        id(6, resource.details.location)
        text(7, resource.details.pool)
        integer(8, resource.details.units)
        hours(9, resource.details.hours)
        closures(10, resource.details.outages)
        flag(11, resource.details.isArchived)
    }

    mutating func write(_ type: ProcedureType) {
        id(1, type.id)
        integer(2, type.version)
        text(3, type.details.externalRef)
        text(4, type.details.name)
        for service in type.details.services { id(5, service) }
        flag(6, type.details.mdRequired)
        integer(7, type.details.stepCount)
        flag(8, type.details.isArchived)
    }

    mutating func write(_ patient: Patient) {
        id(1, patient.id)
        integer(2, patient.version)
        text(3, patient.details.externalRef)
        text(4, patient.details.name)
        date(5, patient.details.birthDate)
        text(6, patient.details.phone)
        text(7, patient.details.email)
        if let survivor = patient.mergedInto { id(8, survivor) }
    }
}
