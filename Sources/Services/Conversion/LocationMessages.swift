internal import Intervals
internal import Scheduling
internal import SlotdAPI

// Locations, rooms and devices: from message to details, and back.

extension Location.Details {
    init(_ message: Slotd_V1_Location, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try visibleText(message.externalRef, "location.external_ref", 0...200)
        name = try nameText(message.name, "location.name")
        timeZone = try text(message.timeZone, "location.time_zone", 1...64)
        hours = try weekly(message.hours, "location.hours")
        var dates: Set<LocalDate> = []
        for (index, message) in try list(message.days, "location.days", atMost: 512).enumerated() {
            let day = try dayHours(message, "location.days[\(index)]")
            guard dates.insert(day.date).inserted else {
                throw .invalid("location.days[\(index)].date", "\(day.date) is given twice")
            }
            days.append(day)
        }
        closures = try closedTimes(message.closures, "location.closures")
        dailyCap = try number(message.dailyCap, "location.daily_cap", 0...100_000)
        if message.hasDefaults {
            defaults = try ServiceDefaults(message.defaults, "location.defaults")
        }
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
        days = record.details.days.map { Slotd_V1_DayHours($0) }
        closures = record.details.closures.map { Slotd_V1_Closure($0) }
        dailyCap = record.details.dailyCap
        if record.details.defaults != ServiceDefaults() {
            defaults = Slotd_V1_ServiceDefaults(record.details.defaults)
        }
        archived = record.details.isArchived
    }
}

extension Resource.Details {
    init(_ message: Slotd_V1_Resource, in organization: Organization) throws(Rejection) {
        self.init(
            location: try identifier(
                message.locationID, "resource.location_id", .location, in: organization))
        externalRef = try visibleText(message.externalRef, "resource.external_ref", 0...200)
        name = try nameText(message.name, "resource.name")
        kind = try requiredEnumeration(
            message.kind.rawValue, "resource.kind", as: ResourceKind.self)
        guard kind != .provider else {
            throw .invalid("resource.kind", "providers are no resources")
        }
        if !message.pool.isEmpty {
            pool = try nameText(message.pool, "resource.pool", atMost: 100)
        }
        units = try number(message.units, "resource.units", 0...1000)
        if units == 0 { units = 1 }
        hours = try weekly(message.hours, "resource.hours")
        outages = try closedTimes(message.outages, "resource.outages")
        isArchived = message.archived
    }
}

extension Slotd_V1_Resource {
    init(_ record: Resource) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        kind = Slotd_V1_ResourceKind(record.details.kind)
        locationID = record.details.location.description
        pool = record.details.pool
        units = record.details.units
        hours = record.details.hours.map { Slotd_V1_WeeklyInterval($0) }
        outages = record.details.outages.map { Slotd_V1_Closure($0) }
        archived = record.details.isArchived
    }
}
