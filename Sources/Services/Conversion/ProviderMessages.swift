internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Providers: from message to details, and back.

extension Provider.Details {
    init(_ message: Slotd_V1_Provider, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try visibleText(message.externalRef, "provider.external_ref", 0...200)
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
        for (index, day) in try list(message.days, "provider.days", atMost: 1024).enumerated() {
            days.append(try ProviderDay(day, "provider.days[\(index)]", in: organization))
        }
        try checkDays()
        dailyCap = try number(message.dailyCap, "provider.daily_cap", 0...100_000)
    }

    /// Each location has each date once.
    private func checkDays() throws(Rejection) {
        var dates: [Identifier<Location>: Set<LocalDate>] = [:]
        for (index, day) in days.enumerated() {
            guard dates[day.location, default: []].insert(day.day.date).inserted else {
                throw .invalid(
                    "provider.days[\(index)].day.date",
                    "\(day.day.date) is given twice for \(day.location)")
            }
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
        let stretch = try LocalStretch(
            from: message.hasStart ? message.start : nil, to: message.hasEnd ? message.end : nil,
            field)
        self.init(
            location: try optionalIdentifier(
                message.locationID, "\(field).location_id", .location, in: organization),
            service: try optionalIdentifier(
                message.serviceID, "\(field).service_id", .service, in: organization),
            startDate: stretch.startDate, startMinute: stretch.startMinute,
            endDate: stretch.endDate, endMinute: stretch.endMinute,
            note: try text(message.note, "\(field).note", 0...200))
    }
}

extension ProviderDay {
    init(
        _ message: Slotd_V1_ProviderDay, _ field: String, in organization: Organization
    ) throws(Rejection) {
        guard message.hasDay else { throw .invalid("\(field).day", "is missing") }
        self.init(
            location: try identifier(
                message.locationID, "\(field).location_id", .location, in: organization),
            day: try dayHours(message.day, "\(field).day"))
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
                $0.serviceID = off.service?.description ?? ""
                $0.start = Slotd_V1_LocalDateTime(off.startDate, off.startMinute)
                $0.end = Slotd_V1_LocalDateTime(off.endDate, off.endMinute)
                $0.note = off.note
            }
        }
        days = record.details.days.map { day in
            Slotd_V1_ProviderDay.with {
                $0.locationID = day.location.description
                $0.day = Slotd_V1_DayHours(day.day)
            }
        }
        dailyCap = record.details.dailyCap
    }
}
