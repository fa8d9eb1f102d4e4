internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerPatients(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.PatientService
        create(Methods.createPatient, \.patient, reply: \.patient, in: &table)
        get(Methods.getPatient, reply: \.patient, in: &table)
        query(Methods.listPatients, in: &table) { request, organization, _ throws(Rejection) in
            try listPatients(request, organization)
        }
        update(Methods.updatePatient, \.patient, reply: \.patient, in: &table)
        mutation(Methods.mergePatients, in: &table) { request, organization, _ throws(Rejection) in
            try merge(request, in: organization)
        } reply: { result, organization in
            .with {
                $0.patient = Slotd_V1_Patient(result.survivor)
                $0.merged = Slotd_V1_Patient(result.merged)
                $0.bookings = result.bookings
                $0.procedures = result.procedures
                $0.waitlistEntries = result.waitlistEntries
                if result.overlaps, organization.profile.details.patientOverlap != .allow {
                    $0.warnings = [.patientOverlap]
                }
                $0.revision = organization.position
            }
        }
    }
}

/// The one call that means a merged patient by its own name, so as to say what became of it.
private func merge(
    _ request: Slotd_V1_MergePatientsRequest, in organization: Organization
) throws(Rejection) -> MergePatients {
    MergePatients(
        try ownIdentifier(request.patientID, "patient_id", .patient, in: organization),
        expectedVersion: try expected(request.expectedVersion),
        into: try identifier(request.intoPatientID, "into_patient_id", .patient, in: organization),
        expectedIntoVersion: try expected(
            request.expectedIntoVersion, "expected_into_version"),
        reason: try visibleText(request.reason, "reason", 1...500))
}

/// All patients in order of id, or those that a prefix finds in order of what it matches.
private func listPatients(
    _ request: Slotd_V1_ListPatientsRequest, _ organization: Organization
) throws(Rejection) -> Slotd_V1_ListPatientsResponse {
    let limit = try request.limit()
    let prefix = try text(request.prefix, "prefix", 0...200)
    guard !prefix.isEmpty else {
        return try page(request, in: \.patients, of: organization) { $0.mergedInto == nil }
    }
    var after: (word: String, id: Identifier<Patient>)?
    if let parts = try request.place(parts: 2) {
        guard let id = Identifier<Patient>(parts[1]) else {
            throw .unknownPage
        }
        after = (parts[0], id)
    }
    let page = organization.findPatients(prefix: prefix, after: after, limit: limit)
    return .with {
        $0.patients = page.rows.map { Slotd_V1_Patient($0) }
        $0.nextPageToken =
            page.next.map { request.token(for: [$0.word, $0.id.description]) } ?? ""
        $0.revision = organization.position
    }
}

extension Slotd_V1_Patient: RecordMessage { static let field = "patient" }
extension Patient.Details: MessageDetails {}
extension Slotd_V1_CreatePatientRequest: MutationRequest {}
extension Slotd_V1_CreatePatientResponse: RevisionedReply {}
extension Slotd_V1_GetPatientRequest: RecordRequest {}
extension Slotd_V1_GetPatientResponse: RevisionedReply {}
extension Slotd_V1_ListPatientsResponse: PageReply {}
extension Slotd_V1_UpdatePatientRequest: UpdateRequest {}
extension Slotd_V1_MergePatientsRequest: MutationRequest {}
extension Slotd_V1_UpdatePatientResponse: RevisionedReply {}
