internal import Intervals

// What the generic catalog commands need to know of each kind.

extension RecordDetails {
    /// Any change is allowed.
    public func checkChange(of old: Self) throws(Rejection) {}
}

extension Location {
    /// Locations in the journal.
    public static let kind = RecordKind.location
    /// Locations in memory.
    public static let table: KeyPath<Organization, Table<Location>> & Sendable = \.locations
    /// One of all kinds.
    public var asRecord: Record { .location(self) }
}

extension Location.Details {
    /// The zone is one that this machine knows.
    public func checkReferences(in organization: Organization) throws(Rejection) {
        do {
            _ = try organization.zones.zone(timeZone)
        } catch {
            throw .invalid("location.time_zone", "\(timeZone) is no IANA time zone known here")
        }
    }
}

extension Provider {
    /// Providers in the journal.
    public static let kind = RecordKind.provider
    /// Providers in memory.
    public static let table: KeyPath<Organization, Table<Provider>> & Sendable = \.providers
    /// One of all kinds.
    public var asRecord: Record { .provider(self) }
}

extension Provider.Details {
    /// The locations of hours, dates and time off exist, and so do the services of time off.
    public func checkReferences(in organization: Organization) throws(Rejection) {
        for (index, schedule) in schedules.enumerated()
        where organization.locations[schedule.location] == nil {
            throw .unknown(
                "location", schedule.location.description,
                field: "provider.schedules[\(index)].location_id")
        }
        for (index, off) in timeOff.enumerated() {
            if let location = off.location, organization.locations[location] == nil {
                throw .unknown(
                    "location", location.description,
                    field: "provider.time_off[\(index)].location_id")
            }
            if let service = off.service, organization.services[service] == nil {
                throw .unknown(
                    "service", service.description,
                    field: "provider.time_off[\(index)].service_id")
            }
        }
        for (index, day) in days.enumerated() where organization.locations[day.location] == nil {
            throw .unknown(
                "location", day.location.description, field: "provider.days[\(index)].location_id")
        }
    }
}

extension Resource {
    /// Resources in the journal.
    public static let kind = RecordKind.resource
    /// Resources in memory.
    public static let table: KeyPath<Organization, Table<Resource>> & Sendable = \.resources
    /// One of all kinds.
    public var asRecord: Record { .resource(self) }
}

extension Resource.Details {
    /// The location exists.
    public func checkReferences(in organization: Organization) throws(Rejection) {
        if organization.locations[location] == nil {
            throw .unknown("location", location.description, field: "resource.location_id")
        }
    }

    /// What is booked with a resource is at its location.
    public func checkChange(of old: Resource.Details) throws(Rejection) {
        if location != old.location {
            throw .invalid("resource.location_id", "cannot be changed")
        }
    }
}

extension Service {
    /// Services in the journal.
    public static let kind = RecordKind.service
    /// Services in memory.
    public static let table: KeyPath<Organization, Table<Service>> & Sendable = \.services
    /// One of all kinds.
    public var asRecord: Record { .service(self) }
}

extension Service.Details {
    /// Providers, locations, rooms and devices exist; a variant is of one of its own providers, and
    /// no resource or pool is required twice.
    public func checkReferences(in organization: Organization) throws(Rejection) {
        for (index, provider) in providers.enumerated()
        where organization.providers[provider] == nil {
            throw .unknown(
                "provider", provider.description, field: "service.provider_ids[\(index)]")
        }
        let own = Set(providers)
        for (index, variant) in variants.enumerated() {
            let field = "service.variants[\(index)]"
            if let location = variant.location, organization.locations[location] == nil {
                throw .unknown("location", location.description, field: "\(field).location_id")
            }
            guard let provider = variant.provider else { continue }
            if organization.providers[provider] == nil {
                throw .unknown("provider", provider.description, field: "\(field).provider_id")
            }
            guard own.contains(provider) else {
                throw .invalid("\(field).provider_id", "is not in service.provider_ids")
            }
        }
        for (index, requirement) in requirements.enumerated() {
            let field = "service.requirements[\(index)]"
            try requirement.checkReferences(field, in: organization)
            if requirements[..<index].contains(where: { $0.isSameThing(as: requirement) }) {
                throw .invalid(field, "is required already; ask for a larger quantity")
            }
        }
    }
}

extension Requirement {
    /// Both take places of one room, device or pool.
    fileprivate func isSameThing(as other: Requirement) -> Bool {
        switch (source, other.source) {
        case (.resource(let one), .resource(let another)): one == another
        case (.pool(let one), .pool(let another)): one == another
        default: false
        }
    }

    fileprivate func checkReferences(
        _ field: String, in organization: Organization
    ) throws(Rejection) {
        switch source {
        case .resource(let resource):
            if organization.resources[resource] == nil {
                throw .unknown("resource", resource.description, field: "\(field).resource_id")
            }
        case .providers(let providers):
            for (index, provider) in providers.enumerated()
            where organization.providers[provider] == nil {
                throw .unknown(
                    "provider", provider.description, field: "\(field).provider_ids[\(index)]")
            }
        case .pool:
            // A pool is a word; a location where nothing serves it has no slots of the service.
            break
        }
    }
}

extension ProcedureType {
    /// Procedure types in the journal.
    public static let kind = RecordKind.procedureType
    /// Procedure types in memory.
    public static let table: KeyPath<Organization, Table<ProcedureType>> & Sendable =
        \.procedureTypes
    /// One of all kinds.
    public var asRecord: Record { .procedureType(self) }
}

extension ProcedureType.Details {
    /// The services exist.
    public func checkReferences(in organization: Organization) throws(Rejection) {
        for (index, service) in services.enumerated()
        where organization.services[service] == nil {
            throw .unknown(
                "service", service.description, field: "procedure_type.service_ids[\(index)]")
        }
    }
}

extension Patient {
    /// Patients in the journal.
    public static let kind = RecordKind.patient
    /// Patients in memory.
    public static let table: KeyPath<Organization, Table<Patient>> & Sendable = \.patients
    /// One of all kinds.
    public var asRecord: Record { .patient(self) }
}

extension Patient.Details {
    /// A patient refers to nothing.
    public func checkReferences(in organization: Organization) throws(Rejection) {}
}
