public import Intervals
public import Scheduling

/// A whole clinic as plain values: what an organization's catalog shall hold, before any of it has
/// an id.
///
/// Records refer to each other by their place in these arrays. Whoever creates them, over the wire
/// or in process, does so in the order of the properties, collects the ids in a
/// `ClinicIdentifiers`, and asks for the details of what refers to them: `providerDetails`,
/// `serviceDetails`, `procedureTypeDetails`. Every record has an `externalRef` that is unique
/// within its kind.
public struct Clinic: Sendable {
    /// Its places.
    public var locations: [Location.Details]
    /// Who works there.
    public var providers: [ClinicProvider]
    /// What can be booked.
    public var services: [ClinicService]
    /// What is done.
    public var procedureTypes: [ClinicProcedureType]
    /// Who comes.
    public var patients: [Patient.Details]

    /// A clinic of these.
    public init(
        locations: [Location.Details], providers: [ClinicProvider], services: [ClinicService],
        procedureTypes: [ClinicProcedureType], patients: [Patient.Details]
    ) {
        self.locations = locations
        self.providers = providers
        self.services = services
        self.procedureTypes = procedureTypes
        self.patients = patients
    }
}

/// A provider of a clinic.
public struct ClinicProvider: Sendable {
    /// Without the weekly hours.
    public var details: Provider.Details
    /// The weekly hours, by location.
    public var hours: [WorkHours]

    /// A provider with hours at one or several locations.
    public init(details: Provider.Details, hours: [WorkHours]) {
        self.details = details
        self.hours = hours
    }
}

/// Weekly hours at one of a clinic's locations.
public struct WorkHours: Sendable {
    /// Index into the clinic's locations.
    public var location: Int
    /// On that location's clock.
    public var hours: [WeeklyInterval]

    /// Hours at a location.
    public init(location: Int, hours: [WeeklyInterval]) {
        self.location = location
        self.hours = hours
    }
}

/// A service of a clinic.
public struct ClinicService: Sendable {
    /// Without the providers.
    public var details: Service.Details
    /// Indexes into the clinic's providers.
    public var providers: [Int]

    /// A service that these providers offer.
    public init(details: Service.Details, providers: [Int]) {
        self.details = details
        self.providers = providers
    }
}

/// A procedure type of a clinic.
public struct ClinicProcedureType: Sendable {
    /// Without the services.
    public var details: ProcedureType.Details
    /// Indexes into the clinic's services that lead to it.
    public var services: [Int]

    /// A type that these services lead to.
    public init(details: ProcedureType.Details, services: [Int]) {
        self.details = details
        self.services = services
    }
}

/// The ids that a clinic's records were given, each at its record's index.
public struct ClinicIdentifiers: Sendable {
    /// Of the clinic's `locations`.
    public var locations: [Identifier<Location>] = []
    /// Of the clinic's `providers`.
    public var providers: [Identifier<Provider>] = []
    /// Of the clinic's `services`.
    public var services: [Identifier<Service>] = []
    /// Of the clinic's `procedureTypes`.
    public var procedureTypes: [Identifier<ProcedureType>] = []
    /// Of the clinic's `patients`.
    public var patients: [Identifier<Patient>] = []

    /// None yet.
    public init() {}
}

extension Clinic {
    /// What a client gives of a provider, once the locations have ids.
    public func providerDetails(_ index: Int, _ ids: ClinicIdentifiers) -> Provider.Details {
        var details = providers[index].details
        details.schedules = providers[index].hours.map {
            ProviderSchedule(location: ids.locations[$0.location], hours: $0.hours)
        }
        return details
    }

    /// What a client gives of a service, once the providers have ids.
    public func serviceDetails(_ index: Int, _ ids: ClinicIdentifiers) -> Service.Details {
        var details = services[index].details
        details.providers = services[index].providers.map { ids.providers[$0] }
        return details
    }

    /// What a client gives of a procedure type, once the services have ids.
    public func procedureTypeDetails(
        _ index: Int, _ ids: ClinicIdentifiers
    ) -> ProcedureType.Details {
        var details = procedureTypes[index].details
        details.services = procedureTypes[index].services.map { ids.services[$0] }
        return details
    }
}
