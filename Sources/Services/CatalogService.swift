internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerCatalog(in table: inout ServiceTable) {
        registerLocations(in: &table)
        registerProviders(in: &table)
        registerServices(in: &table)
        registerProcedureTypes(in: &table)
    }

    private func registerLocations(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.CatalogService
        mutation(Methods.createLocation, in: &table) { request, organization, _ throws(Rejection) in
            try checkNew(request.location.id, request.location.version, "location")
            return CreateRecord<Location>(
                try Location.Details(request.location, in: organization))
        } reply: { record, organization in
            .with {
                $0.location = Slotd_V1_Location(record)
                $0.revision = organization.position
            }
        }
        query(Methods.getLocation, in: &table) { request, organization, _ throws(Rejection) in
            let record: Location = try record(request.id, in: organization)
            return .with {
                $0.location = Slotd_V1_Location(record)
                $0.revision = organization.position
            }
        }
        query(Methods.listLocations, in: &table) { request, organization, _ throws(Rejection) in
            let page = organization.list(
                Location.self, after: try PageToken.identifier(request.pageToken),
                limit: try pageSize(request.pageSize)
            ) { request.showArchived || !$0.details.isArchived }
            return .with {
                $0.locations = page.rows.map { Slotd_V1_Location($0) }
                $0.nextPageToken = page.next.map { PageToken.encode([$0.description]) } ?? ""
                $0.revision = organization.position
            }
        }
        mutation(Methods.updateLocation, in: &table) { request, organization, _ throws(Rejection) in
            UpdateRecord<Location>(
                try identifier(request.location.id, "location.id", .location, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                details: try Location.Details(request.location, in: organization))
        } reply: { record, organization in
            .with {
                $0.location = Slotd_V1_Location(record)
                $0.revision = organization.position
            }
        }
    }

    private func registerProviders(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.CatalogService
        mutation(Methods.createProvider, in: &table) { request, organization, _ throws(Rejection) in
            try checkNew(request.provider.id, request.provider.version, "provider")
            return CreateRecord<Provider>(
                try Provider.Details(request.provider, in: organization))
        } reply: { record, organization in
            .with {
                $0.provider = Slotd_V1_Provider(record)
                $0.revision = organization.position
            }
        }
        query(Methods.getProvider, in: &table) { request, organization, _ throws(Rejection) in
            let record: Provider = try record(request.id, in: organization)
            return .with {
                $0.provider = Slotd_V1_Provider(record)
                $0.revision = organization.position
            }
        }
        query(Methods.listProviders, in: &table) { request, organization, _ throws(Rejection) in
            let location: Location? = try optionalRecord(
                request.locationID, field: "location_id", in: organization)
            let service: Service? = try optionalRecord(
                request.serviceID, field: "service_id", in: organization)
            let page = organization.list(
                Provider.self, after: try PageToken.identifier(request.pageToken),
                limit: try pageSize(request.pageSize)
            ) { provider in
                (request.showDisabled || !provider.details.isDisabled)
                    && (location.map { place in
                        provider.details.schedules.contains { $0.location == place.id }
                    } ?? true)
                    && (service?.details.providers.contains(provider.id) ?? true)
            }
            return .with {
                $0.providers = page.rows.map { Slotd_V1_Provider($0) }
                $0.nextPageToken = page.next.map { PageToken.encode([$0.description]) } ?? ""
                $0.revision = organization.position
            }
        }
        mutation(Methods.updateProvider, in: &table) { request, organization, _ throws(Rejection) in
            UpdateRecord<Provider>(
                try identifier(request.provider.id, "provider.id", .provider, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                details: try Provider.Details(request.provider, in: organization))
        } reply: { record, organization in
            .with {
                $0.provider = Slotd_V1_Provider(record)
                $0.revision = organization.position
            }
        }
    }

    private func registerServices(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.CatalogService
        mutation(Methods.createService, in: &table) { request, organization, _ throws(Rejection) in
            try checkNew(request.service.id, request.service.version, "service")
            return CreateRecord<Service>(try Service.Details(request.service, in: organization))
        } reply: { record, organization in
            .with {
                $0.service = Slotd_V1_Service(record)
                $0.revision = organization.position
            }
        }
        query(Methods.getService, in: &table) { request, organization, _ throws(Rejection) in
            let record: Service = try record(request.id, in: organization)
            return .with {
                $0.service = Slotd_V1_Service(record)
                $0.revision = organization.position
            }
        }
        query(Methods.listServices, in: &table) { request, organization, _ throws(Rejection) in
            let provider: Provider? = try optionalRecord(
                request.providerID, field: "provider_id", in: organization)
            let page = organization.list(
                Service.self, after: try PageToken.identifier(request.pageToken),
                limit: try pageSize(request.pageSize)
            ) { service in
                (request.showArchived || !service.details.isArchived)
                    && (provider.map { service.details.providers.contains($0.id) } ?? true)
            }
            return .with {
                $0.services = page.rows.map { Slotd_V1_Service($0) }
                $0.nextPageToken = page.next.map { PageToken.encode([$0.description]) } ?? ""
                $0.revision = organization.position
            }
        }
        mutation(Methods.updateService, in: &table) { request, organization, _ throws(Rejection) in
            UpdateRecord<Service>(
                try identifier(request.service.id, "service.id", .service, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                details: try Service.Details(request.service, in: organization))
        } reply: { record, organization in
            .with {
                $0.service = Slotd_V1_Service(record)
                $0.revision = organization.position
            }
        }
    }

    private func registerProcedureTypes(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.CatalogService
        mutation(Methods.createProcedureType, in: &table) {
            request, organization, _ throws(Rejection) in
            try checkNew(
                request.procedureType.id, request.procedureType.version, "procedure_type")
            return CreateRecord<ProcedureType>(
                try ProcedureType.Details(request.procedureType, in: organization))
        } reply: { record, organization in
            .with {
                $0.procedureType = Slotd_V1_ProcedureType(record)
                $0.revision = organization.position
            }
        }
        query(Methods.getProcedureType, in: &table) { request, organization, _ throws(Rejection) in
            let record: ProcedureType = try record(request.id, in: organization)
            return .with {
                $0.procedureType = Slotd_V1_ProcedureType(record)
                $0.revision = organization.position
            }
        }
        query(Methods.listProcedureTypes, in: &table) {
            request, organization, _ throws(Rejection) in
            let page = organization.list(
                ProcedureType.self, after: try PageToken.identifier(request.pageToken),
                limit: try pageSize(request.pageSize)
            ) { request.showArchived || !$0.details.isArchived }
            return .with {
                $0.procedureTypes = page.rows.map { Slotd_V1_ProcedureType($0) }
                $0.nextPageToken = page.next.map { PageToken.encode([$0.description]) } ?? ""
                $0.revision = organization.position
            }
        }
        mutation(Methods.updateProcedureType, in: &table) {
            request, organization, _ throws(Rejection) in
            UpdateRecord<ProcedureType>(
                try identifier(
                    request.procedureType.id, "procedure_type.id", .procedureType,
                    in: organization),
                expectedVersion: try expected(request.expectedVersion),
                details: try ProcedureType.Details(request.procedureType, in: organization))
        } reply: { record, organization in
            .with {
                $0.procedureType = Slotd_V1_ProcedureType(record)
                $0.revision = organization.position
            }
        }
    }
}

/// A record of the catalog, or a patient, by id or `ref:` and its external_ref.
func record<Row: DetailedRecord>(
    _ name: String, field: String = "id", in organization: Organization
) throws(Rejection) -> Row {
    let id: Identifier<Row> = try identifier(name, field, Row.kind, in: organization)
    guard let row = organization[keyPath: Row.table][id] else {
        throw .unknown(Row.idPrefix, name, field: field)
    }
    return row
}

/// As `record`, or nil when the field is empty.
func optionalRecord<Row: DetailedRecord>(
    _ name: String, field: String, in organization: Organization
) throws(Rejection) -> Row? {
    name.isEmpty ? nil : try record(name, field: field, in: organization)
}

/// A new record brings neither id nor version.
func checkNew(_ id: String, _ version: Int64, _ field: String) throws(Rejection) {
    guard id.isEmpty else { throw .invalid("\(field).id", "is set by the server") }
    guard version == 0 else { throw .invalid("\(field).version", "is set by the server") }
}

/// An expected version: 0 expects any.
func expected(_ version: Int64, _ field: String = "expected_version") throws(Rejection) -> Int64 {
    try number(version, field, 0...Int64.max)
}
