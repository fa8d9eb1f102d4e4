internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerPatients(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.PatientService
        mutation(Methods.createPatient, in: &table) { request, organization, _ throws(Rejection) in
            try checkNew(request.patient.id, request.patient.version, "patient")
            return CreateRecord<Patient>(try Patient.Details(request.patient, in: organization))
        } reply: { record, organization in
            .with {
                $0.patient = Slotd_V1_Patient(record)
                $0.revision = organization.position
            }
        }
        query(Methods.getPatient, in: &table) { request, organization, _ throws(Rejection) in
            let record: Patient = try record(request.id, in: organization)
            return .with {
                $0.patient = Slotd_V1_Patient(record)
                $0.revision = organization.position
            }
        }
        query(Methods.listPatients, in: &table) { request, organization, _ throws(Rejection) in
            try listPatients(request, organization)
        }
        mutation(Methods.updatePatient, in: &table) { request, organization, _ throws(Rejection) in
            UpdateRecord<Patient>(
                try identifier(request.patient.id, "patient.id", .patient, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                details: try Patient.Details(request.patient, in: organization))
        } reply: { record, organization in
            .with {
                $0.patient = Slotd_V1_Patient(record)
                $0.revision = organization.position
            }
        }
    }
}

private func listPatients(
    _ request: Slotd_V1_ListPatientsRequest, _ organization: Organization
) throws(Rejection) -> Slotd_V1_ListPatientsResponse {
    let limit = try pageSize(request.pageSize)
    let prefix = try text(request.prefix, "prefix", 0...200)
    var response = Slotd_V1_ListPatientsResponse()
    response.revision = organization.position
    guard !prefix.isEmpty else {
        let page = organization.list(
            Patient.self, after: try PageToken.identifier(request.pageToken), limit: limit
        ) { _ in true }
        response.patients = page.rows.map { Slotd_V1_Patient($0) }
        response.nextPageToken = page.next.map { PageToken.encode([$0.description]) } ?? ""
        return response
    }
    var after: (word: String, id: Identifier<Patient>)?
    if let parts = try PageToken.decode(request.pageToken, parts: 2) {
        guard let id = Identifier<Patient>(parts[1]) else {
            throw .invalid("page_token", "is not one that this list gave")
        }
        after = (parts[0], id)
    }
    let page = organization.findPatients(prefix: prefix, after: after, limit: limit)
    response.patients = page.rows.map { Slotd_V1_Patient($0) }
    response.nextPageToken =
        page.next.map { PageToken.encode([$0.word, $0.id.description]) } ?? ""
    return response
}
