internal import Intervals
internal import Scheduling

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
    }

    mutating func write(_ location: Location) {
        id(1, location.id)
        integer(2, location.version)
        text(3, location.details.externalRef)
        text(4, location.details.name)
        text(5, location.details.timeZone)
        hours(6, location.details.hours)
        flag(7, location.details.isArchived)
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
            }
        }
    }

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
    }

    private mutating func hours(_ field: UInt32, _ hours: [WeeklyInterval]) {
        for interval in hours {
            message(field) { writer in
                writer.integer(1, interval.weekday)
                writer.integer(2, interval.startMinute)
                writer.integer(3, interval.endMinute)
            }
        }
    }

    private mutating func date(_ field: UInt32, _ date: LocalDate?) {
        if let date { always(field, signed: Int64(date.dayNumber)) }
    }
}
