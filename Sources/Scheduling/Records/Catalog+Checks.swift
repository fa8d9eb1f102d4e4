internal import Intervals

// What the generic catalog commands need to know of each kind.

extension Location {
    public static let kind = RecordKind.location
    public static let table: KeyPath<Organization, Table<Location>> & Sendable = \.locations
    public var asRecord: Record { .location(self) }
}

extension Location.Details {
    public func checkReferences(in organization: Organization) throws(Rejection) {
        do {
            _ = try organization.zones.zone(timeZone)
        } catch {
            throw .invalid("location.time_zone", "\(timeZone) is no IANA time zone known here")
        }
    }
}

extension Provider {
    public static let kind = RecordKind.provider
    public static let table: KeyPath<Organization, Table<Provider>> & Sendable = \.providers
    public var asRecord: Record { .provider(self) }
}

extension Provider.Details {
    public func checkReferences(in organization: Organization) throws(Rejection) {
        for (index, schedule) in schedules.enumerated()
        where organization.locations[schedule.location] == nil {
            throw .unknown(
                "location", schedule.location.description,
                field: "provider.schedules[\(index)].location_id")
        }
        for (index, off) in timeOff.enumerated() {
            guard let location = off.location else { continue }
            if organization.locations[location] == nil {
                throw .unknown(
                    "location", location.description,
                    field: "provider.time_off[\(index)].location_id")
            }
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
}

extension Service {
    public static let kind = RecordKind.service
    public static let table: KeyPath<Organization, Table<Service>> & Sendable = \.services
    public var asRecord: Record { .service(self) }
}

extension Service.Details {
    public func checkReferences(in organization: Organization) throws(Rejection) {
        for (index, provider) in providers.enumerated()
        where organization.providers[provider] == nil {
            throw .unknown(
                "provider", provider.description, field: "service.provider_ids[\(index)]")
        }
    }
}

extension ProcedureType {
    public static let kind = RecordKind.procedureType
    public static let table: KeyPath<Organization, Table<ProcedureType>> & Sendable =
        \.procedureTypes
    public var asRecord: Record { .procedureType(self) }
}

extension ProcedureType.Details {
    public func checkReferences(in organization: Organization) throws(Rejection) {
        for (index, service) in services.enumerated()
        where organization.services[service] == nil {
            throw .unknown(
                "service", service.description, field: "procedure_type.service_ids[\(index)]")
        }
    }
}

extension Patient {
    public static let kind = RecordKind.patient
    public static let table: KeyPath<Organization, Table<Patient>> & Sendable = \.patients
    public var asRecord: Record { .patient(self) }
}

extension Patient.Details {
    public func checkReferences(in organization: Organization) throws(Rejection) {}
}
