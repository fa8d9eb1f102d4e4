internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerProcedureQueries(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.ProcedureService
        query(Methods.getProcedure, in: &table) { request, organization, _ throws(Rejection) in
            let procedure = try procedure(request.id, field: "id", in: organization)
            return .with {
                $0.procedure = Slotd_V1_Procedure(procedure, in: organization)
                $0.attachments = organization.attachmentHistory(of: procedure.id)
                    .map { Slotd_V1_Attachment($0) }
                $0.revision = organization.position
            }
        }
        query(Methods.listProcedures, in: &table) { request, organization, _ throws(Rejection) in
            try listProcedures(request, organization)
        }
        query(Methods.listAttachableBookings, in: &table) {
            request, organization, now throws(Rejection) in
            try listAttachable(request, organization, now)
        }
    }
}

/// A procedure by id or `ref:` and its external_ref.
private func procedure(
    _ name: String, field: String, in organization: Organization
) throws(Rejection) -> Procedure {
    let id: Identifier<Procedure> = try identifier(name, field, .procedure, in: organization)
    guard let procedure = organization.procedures[id] else {
        throw .unknown("procedure", name, field: field)
    }
    return procedure
}

private func listProcedures(
    _ request: Slotd_V1_ListProceduresRequest, _ organization: Organization
) throws(Rejection) -> Slotd_V1_ListProceduresResponse {
    let patient: Patient? = try optionalRecord(
        request.patientID, field: "patient_id", in: organization)
    let attached =
        request.bookingID.isEmpty
        ? nil : try booking(request.bookingID, field: "booking_id", in: organization)
    var statuses: Set<ProcedureStatus> = []
    for (index, status) in request.statuses.enumerated() {
        statuses.insert(
            try requiredEnumeration(
                status.rawValue, "statuses[\(index)]", as: ProcedureStatus.self))
    }
    let page = organization.listProcedures(
        patient: patient?.id, booking: attached, statuses: statuses,
        after: try request.after(),
        limit: try request.limit())
    return .with {
        $0.procedures = page.rows.map {
            Slotd_V1_Procedure($0, in: organization, showsPayloads: false)
        }
        $0.nextPageToken = request.token(after: page.next)
        $0.revision = organization.position
    }
}

private func listAttachable(
    _ request: Slotd_V1_ListAttachableBookingsRequest, _ organization: Organization,
    _ now: Instant
) throws(Rejection) -> Slotd_V1_ListAttachableBookingsResponse {
    let target =
        request.procedureID.isEmpty
        ? nil : try procedure(request.procedureID, field: "procedure_id", in: organization)
    let patient: Identifier<Patient>
    if request.patientID.isEmpty, let target {
        patient = target.patient
    } else {
        patient = try identifier(request.patientID, "patient_id", .patient, in: organization)
        if let target, target.patient != patient {
            throw Rejection(.patientMismatch, "the procedure belongs to another patient")
        }
    }
    var wish = AttachableRequest(of: patient, for: target)
    let location: Location? = try optionalRecord(
        request.locationID, field: "location_id", in: organization)
    wish.location = location?.id
    wish.from = request.hasFrom ? try minute(request.from, isSet: true, "from") : nil
    wish.to = request.hasTo ? try minute(request.to, isSet: true, "to") : nil
    if let from = wish.from, let to = wish.to, to < from {
        throw .invalid("to", "lies before from")
    }
    wish.showsUnattachable = request.showUnattachable
    let list = try organization.attachableBookings(
        wish, limit: try rowCount(request.pageSize), now: now)
    return .with {
        $0.bookings = list.rows.map { Slotd_V1_AttachableBooking($0, in: organization, now: now) }
        $0.truncated = list.isTruncated
        $0.revision = organization.position
    }
}

extension Slotd_V1_AttachableBooking {
    fileprivate init(_ row: AttachableRow, in organization: Organization, now: Instant) {
        self.init()
        let part = row.booking.segments[Int(row.segment) - 1]
        booking = Slotd_V1_Booking(row.booking, in: organization, now: now)
        segment = row.segment
        serviceName = organization.services[part.service]?.details.name ?? ""
        providerName = organization.providers[part.provider]?.details.name ?? ""
        locationName = organization.locations[row.booking.location]?.details.name ?? ""
        attachable = row.refusal == nil
        if let refusal = row.refusal {
            whyNot = Slotd_V1_Reason(refusal.reason)
            if refusal.reason == .alreadyAttached { procedureID = refusal.blocking.first ?? "" }
        } else if row.isOddService {
            whyNot = .wrongServiceForType
        }
    }
}
