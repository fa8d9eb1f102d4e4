internal import SlotdAPI
internal import SwiftProtobuf

/// Whole lists of the catalog, page after page. A catalog has at most a few thousand records.
extension Session {
    func locations(
        includingArchived: Bool = false
    ) async throws(CommandFailure) -> [Slotd_V1_Location] {
        try await api.pages { size, token throws(CommandFailure) in
            let page = try await api.call(
                Methods.CatalogService.listLocations,
                .with {
                    $0.pageSize = size
                    $0.pageToken = token
                    $0.showArchived = includingArchived
                })
            return (page.locations, page.nextPageToken)
        }.records
    }

    func providers(
        includingDisabled: Bool = false, location: String = "", service: String = ""
    ) async throws(CommandFailure) -> [Slotd_V1_Provider] {
        try await api.pages { size, token throws(CommandFailure) in
            let page = try await api.call(
                Methods.CatalogService.listProviders,
                .with {
                    $0.pageSize = size
                    $0.pageToken = token
                    $0.showDisabled = includingDisabled
                    $0.locationID = location
                    $0.serviceID = service
                })
            return (page.providers, page.nextPageToken)
        }.records
    }

    func services(
        includingArchived: Bool = false, provider: String = ""
    ) async throws(CommandFailure) -> [Slotd_V1_Service] {
        try await api.pages { size, token throws(CommandFailure) in
            let page = try await api.call(
                Methods.CatalogService.listServices,
                .with {
                    $0.pageSize = size
                    $0.pageToken = token
                    $0.showArchived = includingArchived
                    $0.providerID = provider
                })
            return (page.services, page.nextPageToken)
        }.records
    }

    func resources(
        includingArchived: Bool = false
    ) async throws(CommandFailure) -> [Slotd_V1_Resource] {
        try await api.pages { size, token throws(CommandFailure) in
            let page = try await api.call(
                Methods.CatalogService.listResources,
                .with {
                    $0.pageSize = size
                    $0.pageToken = token
                    $0.showArchived = includingArchived
                })
            return (page.resources, page.nextPageToken)
        }.records
    }

    func procedureTypes(
        includingArchived: Bool = false
    ) async throws(CommandFailure) -> [Slotd_V1_ProcedureType] {
        try await api.pages { size, token throws(CommandFailure) in
            let page = try await api.call(
                Methods.CatalogService.listProcedureTypes,
                .with {
                    $0.pageSize = size
                    $0.pageToken = token
                    $0.showArchived = includingArchived
                })
            return (page.procedureTypes, page.nextPageToken)
        }.records
    }

    func patients(
        prefix: String, limit: Int = .max
    ) async throws(CommandFailure) -> (records: [Slotd_V1_Patient], isTruncated: Bool) {
        try await api.pages(limit: limit) { size, token throws(CommandFailure) in
            try await patientPage(prefix: prefix, size, token)
        }
    }

    /// One page of patients.
    func patientPage(
        prefix: String, _ size: Int32, _ token: String
    ) async throws(CommandFailure) -> (records: [Slotd_V1_Patient], next: String) {
        let page = try await api.call(
            Methods.PatientService.listPatients,
            .with {
                $0.pageSize = size
                $0.pageToken = token
                $0.prefix = prefix
            })
        return (page.patients, page.nextPageToken)
    }

    func organizations() async throws(CommandFailure) -> [Slotd_V1_Organization] {
        try await api.pages { size, token throws(CommandFailure) in
            let page = try await api.call(
                Methods.AdminService.listOrganizations,
                .with {
                    $0.pageSize = size
                    $0.pageToken = token
                })
            return (page.organizations, page.nextPageToken)
        }.records
    }
}
