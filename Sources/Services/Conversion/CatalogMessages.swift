internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Catalog records and patients: from message to details, and back.

extension Location.Details {
    init(_ message: Slotd_V1_Location, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try text(message.externalRef, "location.external_ref", 0...200)
        name = try nameText(message.name, "location.name")
        timeZone = try text(message.timeZone, "location.time_zone", 1...64)
        hours = try weekly(message.hours, "location.hours")
        isArchived = message.archived
    }
}

extension Slotd_V1_Location {
    init(_ record: Location) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        timeZone = record.details.timeZone
        hours = record.details.hours.map { Slotd_V1_WeeklyInterval($0) }
        archived = record.details.isArchived
    }
}

extension Provider.Details {
    init(_ message: Slotd_V1_Provider, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try text(message.externalRef, "provider.external_ref", 0...200)
        name = try nameText(message.name, "provider.name")
        isDisabled = message.disabled
        mdRequired = message.mdRequired
        for (index, schedule) in try list(message.schedules, "provider.schedules", atMost: 64)
            .enumerated()
        {
            schedules.append(
                try ProviderSchedule(schedule, "provider.schedules[\(index)]", in: organization))
        }
        for (index, off) in try list(message.timeOff, "provider.time_off", atMost: 512)
            .enumerated()
        {
            timeOff.append(try TimeOff(off, "provider.time_off[\(index)]", in: organization))
        }
    }
}

extension ProviderSchedule {
    init(
        _ message: Slotd_V1_ProviderSchedule, _ field: String, in organization: Organization
    ) throws(Rejection) {
        var start: LocalDate?
        var end: LocalDate?
        if message.hasEffectiveStart {
            start = try date(message.effectiveStart, "\(field).effective_start")
        }
        if message.hasEffectiveEnd {
            end = try date(message.effectiveEnd, "\(field).effective_end")
        }
        if let start, let end, end < start {
            throw .invalid("\(field).effective_end", "lies before effective_start")
        }
        self.init(
            location: try identifier(
                message.locationID, "\(field).location_id", .location, in: organization),
            effectiveStart: start, effectiveEnd: end,
            hours: try weekly(message.hours, "\(field).hours"))
    }
}

extension TimeOff {
    init(
        _ message: Slotd_V1_TimeOff, _ field: String, in organization: Organization
    ) throws(Rejection) {
        guard message.hasStart else { throw .invalid("\(field).start", "is missing") }
        guard message.hasEnd else { throw .invalid("\(field).end", "is missing") }
        self.init(
            location: try optionalIdentifier(
                message.locationID, "\(field).location_id", .location, in: organization),
            startDate: try date(message.start.date, "\(field).start.date"),
            startMinute: try number(message.start.minute, "\(field).start.minute", 0...1440),
            endDate: try date(message.end.date, "\(field).end.date"),
            endMinute: try number(message.end.minute, "\(field).end.minute", 0...1440),
            note: try text(message.note, "\(field).note", 0...200))
        let start = Int64(startDate.dayNumber) * 1440 + Int64(startMinute)
        guard start < Int64(endDate.dayNumber) * 1440 + Int64(endMinute) else {
            throw .invalid("\(field).end", "does not lie after start")
        }
    }
}

extension Slotd_V1_Provider {
    init(_ record: Provider) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        disabled = record.details.isDisabled
        mdRequired = record.details.mdRequired
        schedules = record.details.schedules.map { schedule in
            Slotd_V1_ProviderSchedule.with {
                $0.locationID = schedule.location.description
                if let start = schedule.effectiveStart {
                    $0.effectiveStart = Slotd_V1_LocalDate(start)
                }
                if let end = schedule.effectiveEnd { $0.effectiveEnd = Slotd_V1_LocalDate(end) }
                $0.hours = schedule.hours.map { Slotd_V1_WeeklyInterval($0) }
            }
        }
        timeOff = record.details.timeOff.map { off in
            Slotd_V1_TimeOff.with {
                $0.locationID = off.location?.description ?? ""
                $0.start.date = Slotd_V1_LocalDate(off.startDate)
                $0.start.minute = off.startMinute
                $0.end.date = Slotd_V1_LocalDate(off.endDate)
                $0.end.minute = off.endMinute
                $0.note = off.note
            }
        }
    }
}

extension Service.Details {
    init(_ message: Slotd_V1_Service, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try text(message.externalRef, "service.external_ref", 0...200)
        name = try nameText(message.name, "service.name")
        durations = try list(message.durationsMinutes, "service.durations_minutes", atMost: 32)
        guard !durations.isEmpty else {
            throw .invalid("service.durations_minutes", "must not be empty")
        }
        for (index, duration) in durations.enumerated() {
            _ = try number(duration, "service.durations_minutes[\(index)]", 1...525_600)
        }
        bufferBefore = try number(
            message.bufferBeforeMinutes, "service.buffer_before_minutes", 0...1440)
        bufferAfter = try number(
            message.bufferAfterMinutes, "service.buffer_after_minutes", 0...1440)
        step = try number(message.stepMinutes, "service.step_minutes", 0...1440)
        if step == 0 { step = 15 }
        stepOffset = try number(
            message.stepOffsetMinutes, "service.step_offset_minutes", 0...step - 1)
        notice = try number(message.noticeMinutes, "service.notice_minutes", 0...525_600)
        if message.hasHorizonDays {
            horizonDays = try number(message.horizonDays, "service.horizon_days", 0...36600)
        }
        for (index, id) in try list(message.providerIds, "service.provider_ids", atMost: 1024)
            .enumerated()
        {
            let provider: Identifier<Provider> = try identifier(
                id, "service.provider_ids[\(index)]", .provider, in: organization)
            if !providers.contains(provider) { providers.append(provider) }
        }
        isArchived = message.archived
    }
}

extension Slotd_V1_Service {
    init(_ record: Service) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        durationsMinutes = record.details.durations
        bufferBeforeMinutes = record.details.bufferBefore
        bufferAfterMinutes = record.details.bufferAfter
        stepMinutes = record.details.step
        stepOffsetMinutes = record.details.stepOffset
        noticeMinutes = record.details.notice
        horizonDays = record.details.horizonDays
        providerIds = record.details.providers.map(\.description)
        archived = record.details.isArchived
    }
}

extension ProcedureType.Details {
    init(_ message: Slotd_V1_ProcedureType, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try text(message.externalRef, "procedure_type.external_ref", 0...200)
        name = try nameText(message.name, "procedure_type.name")
        mdRequired = message.mdRequired
        if message.stepCount != 0 {
            stepCount = try number(message.stepCount, "procedure_type.step_count", 2...64)
        }
        let ids = try list(message.serviceIds, "procedure_type.service_ids", atMost: 1024)
        for (index, id) in ids.enumerated() {
            let service: Identifier<Service> = try identifier(
                id, "procedure_type.service_ids[\(index)]", .service, in: organization)
            if !services.contains(service) { services.append(service) }
        }
        isArchived = message.archived
    }
}

extension Slotd_V1_ProcedureType {
    init(_ record: ProcedureType) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        serviceIds = record.details.services.map(\.description)
        mdRequired = record.details.mdRequired
        stepCount = record.details.stepCount
        archived = record.details.isArchived
    }
}

extension Patient.Details {
    init(_ message: Slotd_V1_Patient, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try text(message.externalRef, "patient.external_ref", 0...200)
        name = try nameText(message.name, "patient.name")
        if message.hasBirthDate { birthDate = try date(message.birthDate, "patient.birth_date") }
        phone = try text(message.phone, "patient.phone", 0...64)
        email = try text(message.email, "patient.email", 0...200)
    }
}

extension Slotd_V1_Patient {
    init(_ record: Patient) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        if let date = record.details.birthDate { birthDate = Slotd_V1_LocalDate(date) }
        phone = record.details.phone
        email = record.details.email
    }
}

/// Weekly hours, at most 64.
private func weekly(
    _ messages: [Slotd_V1_WeeklyInterval], _ field: String
) throws(Rejection) -> [WeeklyInterval] {
    var hours: [WeeklyInterval] = []
    for (index, message) in try list(messages, field, atMost: 64).enumerated() {
        let path = "\(field)[\(index)]"
        let day = try number(message.day.rawValue, "\(path).day", 1...7)
        let start = try number(message.startMinute, "\(path).start_minute", 0...1439)
        let end = try number(message.endMinute, "\(path).end_minute", 1...2880)
        guard let interval = WeeklyInterval(weekday: day, startMinute: start, endMinute: end)
        else { throw .invalid(path, "is no interval") }
        hours.append(interval)
    }
    return hours
}

extension Slotd_V1_WeeklyInterval {
    fileprivate init(_ interval: WeeklyInterval) {
        self.init()
        day = Slotd_V1_DayOfWeek(rawValue: interval.weekday) ?? .unspecified
        startMinute = interval.startMinute
        endMinute = interval.endMinute
    }
}
