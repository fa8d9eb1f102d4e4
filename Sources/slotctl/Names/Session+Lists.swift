internal import SlotdAPI
internal import SwiftProtobuf

/// Whole lists of the catalog, page after page. A catalog has at most a few thousand records.
extension Session {
    func locations(
        includingArchived: Bool = false
    ) async throws(CommandFailure) -> [Slotd_V1_Location] {
        try await api.all(
            Methods.CatalogService.listLocations, .with { $0.showArchived = includingArchived })
    }

    func providers(
        includingDisabled: Bool = false, location: String = "", service: String = ""
    ) async throws(CommandFailure) -> [Slotd_V1_Provider] {
        try await api.all(
            Methods.CatalogService.listProviders,
            .with {
                $0.showDisabled = includingDisabled
                $0.locationID = location
                $0.serviceID = service
            })
    }

    func services(
        includingArchived: Bool = false
    ) async throws(CommandFailure) -> [Slotd_V1_Service] {
        try await api.all(
            Methods.CatalogService.listServices, .with { $0.showArchived = includingArchived })
    }

    func resources(
        includingArchived: Bool = false
    ) async throws(CommandFailure) -> [Slotd_V1_Resource] {
        try await api.all(
            Methods.CatalogService.listResources, .with { $0.showArchived = includingArchived })
    }

    func procedureTypes(
        includingArchived: Bool = false
    ) async throws(CommandFailure) -> [Slotd_V1_ProcedureType] {
        try await api.all(
            Methods.CatalogService.listProcedureTypes, .with { $0.showArchived = includingArchived }
        )
    }

    func patients(
        prefix: String, limit: Int = .max
    ) async throws(CommandFailure) -> (records: [Slotd_V1_Patient], isTruncated: Bool) {
        try await api.pages(
            Methods.PatientService.listPatients, .with { $0.prefix = prefix }, limit: limit)
    }

    func organizations() async throws(CommandFailure) -> [Slotd_V1_Organization] {
        try await api.all(Methods.AdminService.listOrganizations, .init())
    }
}
