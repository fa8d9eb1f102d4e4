internal import GRPCWire
internal import Scheduling
internal import SlotdAPI

// What each kind of the catalog is called; RecordCalls.swift does the rest.

private typealias Methods = SlotdAPI.Methods.CatalogService

extension Services {
    func registerCatalog(in table: inout ServiceTable) {
        registerLocations(in: &table)
        registerProviders(in: &table)
        registerServices(in: &table)
        registerProcedureTypes(in: &table)
        registerResources(in: &table)
    }

    private func registerLocations(in table: inout ServiceTable) {
        create(Methods.createLocation, \.location, reply: \.location, in: &table)
        get(Methods.getLocation, reply: \.location, in: &table)
        list(Methods.listLocations, reply: \.locations, in: &table) { request, _ in
            { request.showArchived || !$0.details.isArchived }
        }
        update(Methods.updateLocation, orStrand: \.location, reply: \.location, in: &table)
    }

    private func registerProviders(in table: inout ServiceTable) {
        create(Methods.createProvider, \.provider, reply: \.provider, in: &table)
        get(Methods.getProvider, reply: \.provider, in: &table)
        list(Methods.listProviders, reply: \.providers, in: &table) {
            request, organization throws(Rejection) in
            let location: Location? = try optionalRecord(
                request.locationID, field: "location_id", in: organization)
            let service: Service? = try optionalRecord(
                request.serviceID, field: "service_id", in: organization)
            return { provider in
                (request.showDisabled || !provider.details.isDisabled)
                    && (location.map { place in
                        provider.details.schedules.contains { $0.location == place.id }
                            || provider.details.days.contains {
                                $0.location == place.id && !$0.day.hours.isEmpty
                            }
                    } ?? true)
                    && (service?.details.providers.contains(provider.id) ?? true)
            }
        }
        update(Methods.updateProvider, orStrand: \.provider, reply: \.provider, in: &table)
    }

    private func registerServices(in table: inout ServiceTable) {
        create(Methods.createService, \.service, reply: \.service, in: &table)
        get(Methods.getService, reply: \.service, in: &table)
        list(Methods.listServices, reply: \.services, in: &table) {
            request, organization throws(Rejection) in
            let provider: Provider? = try optionalRecord(
                request.providerID, field: "provider_id", in: organization)
            return { service in
                (request.showArchived || !service.details.isArchived)
                    && (provider.map { service.details.providers.contains($0.id) } ?? true)
            }
        }
        update(Methods.updateService, orStrand: \.service, reply: \.service, in: &table)
    }

    private func registerProcedureTypes(in table: inout ServiceTable) {
        create(Methods.createProcedureType, \.procedureType, reply: \.procedureType, in: &table)
        get(Methods.getProcedureType, reply: \.procedureType, in: &table)
        list(Methods.listProcedureTypes, reply: \.procedureTypes, in: &table) { request, _ in
            { request.showArchived || !$0.details.isArchived }
        }
        update(Methods.updateProcedureType, \.procedureType, reply: \.procedureType, in: &table)
    }

    private func registerResources(in table: inout ServiceTable) {
        create(Methods.createResource, \.resource, reply: \.resource, in: &table)
        get(Methods.getResource, reply: \.resource, in: &table)
        list(Methods.listResources, reply: \.resources, in: &table) { request, _ in
            { request.showArchived || !$0.details.isArchived }
        }
        update(Methods.updateResource, orStrand: \.resource, reply: \.resource, in: &table)
    }
}

// Locations.
extension Slotd_V1_Location: RecordMessage { static let field = "location" }
extension Location.Details: MessageDetails {}
extension Slotd_V1_CreateLocationRequest: MutationRequest {}
extension Slotd_V1_CreateLocationResponse: RevisionedReply {}
extension Slotd_V1_GetLocationRequest: RecordRequest {}
extension Slotd_V1_GetLocationResponse: RevisionedReply {}
extension Slotd_V1_ListLocationsResponse: PageReply {}
extension Slotd_V1_UpdateLocationRequest: ScheduleRequest {}
extension Slotd_V1_UpdateLocationResponse: ScheduleReply {}

// Providers.
extension Slotd_V1_Provider: RecordMessage { static let field = "provider" }
extension Provider.Details: MessageDetails {}
extension Slotd_V1_CreateProviderRequest: MutationRequest {}
extension Slotd_V1_CreateProviderResponse: RevisionedReply {}
extension Slotd_V1_GetProviderRequest: RecordRequest {}
extension Slotd_V1_GetProviderResponse: RevisionedReply {}
extension Slotd_V1_ListProvidersResponse: PageReply {}
extension Slotd_V1_UpdateProviderRequest: ScheduleRequest {}
extension Slotd_V1_UpdateProviderResponse: ScheduleReply {}

// Services.
extension Slotd_V1_Service: RecordMessage { static let field = "service" }
extension Service.Details: MessageDetails {}
extension Slotd_V1_CreateServiceRequest: MutationRequest {}
extension Slotd_V1_CreateServiceResponse: RevisionedReply {}
extension Slotd_V1_GetServiceRequest: RecordRequest {}
extension Slotd_V1_GetServiceResponse: RevisionedReply {}
extension Slotd_V1_ListServicesResponse: PageReply {}
extension Slotd_V1_UpdateServiceRequest: ScheduleRequest {}
extension Slotd_V1_UpdateServiceResponse: ScheduleReply {}

// Procedure types.
extension Slotd_V1_ProcedureType: RecordMessage { static let field = "procedure_type" }
extension ProcedureType.Details: MessageDetails {}
extension Slotd_V1_CreateProcedureTypeRequest: MutationRequest {}
extension Slotd_V1_CreateProcedureTypeResponse: RevisionedReply {}
extension Slotd_V1_GetProcedureTypeRequest: RecordRequest {}
extension Slotd_V1_GetProcedureTypeResponse: RevisionedReply {}
extension Slotd_V1_ListProcedureTypesResponse: PageReply {}
extension Slotd_V1_UpdateProcedureTypeRequest: UpdateRequest {}
extension Slotd_V1_UpdateProcedureTypeResponse: RevisionedReply {}

// Rooms and devices.
extension Slotd_V1_Resource: RecordMessage { static let field = "resource" }
extension Resource.Details: MessageDetails {}
extension Slotd_V1_CreateResourceRequest: MutationRequest {}
extension Slotd_V1_CreateResourceResponse: RevisionedReply {}
extension Slotd_V1_GetResourceRequest: RecordRequest {}
extension Slotd_V1_GetResourceResponse: RevisionedReply {}
extension Slotd_V1_ListResourcesResponse: PageReply {}
extension Slotd_V1_UpdateResourceRequest: ScheduleRequest {}
extension Slotd_V1_UpdateResourceResponse: ScheduleReply {}
