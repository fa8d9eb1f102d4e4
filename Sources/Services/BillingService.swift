internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerBilling(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.BillingService
        query(Methods.listCharges, in: &table) { request, organization, _ throws(Rejection) in
            let page = organization.listCharges(
                try ChargeFilter(request.filter, in: organization),
                after: try request.after(),
                limit: try request.limit())
            return .with {
                $0.charges = page.rows.map { Slotd_V1_Charge($0, in: organization) }
                $0.nextPageToken = request.token(after: page.next)
                $0.revision = organization.position
            }
        }
        mutation(Methods.markBilled, in: &table) { request, _, _ throws(Rejection) in
            MarkBilled(
                try chargeID(request.chargeID),
                expectedVersion: try expected(request.expectedVersion),
                externalRef: try nameText(request.externalRef, "external_ref"))
        } reply: { charge, organization in
            .with {
                $0.charge = Slotd_V1_Charge(charge, in: organization)
                $0.revision = organization.position
            }
        }
        mutation(Methods.voidCharge, in: &table) { request, _, _ throws(Rejection) in
            VoidCharge(
                try chargeID(request.chargeID),
                expectedVersion: try expected(request.expectedVersion),
                reason: try visibleText(request.reason, "reason", 1...500))
        } reply: { charge, organization in
            .with {
                $0.charge = Slotd_V1_Charge(charge, in: organization)
                $0.revision = organization.position
            }
        }
        registerExport(in: &table)
    }
}

private func chargeID(_ value: String) throws(Rejection) -> Identifier<Charge> {
    guard let id = Identifier<Charge>(value) else {
        throw .invalid("charge_id", value.isEmpty ? "is missing" : "is no charge id")
    }
    return id
}

extension ChargeFilter {
    init(_ message: Slotd_V1_ChargeFilter, in organization: Organization) throws(Rejection) {
        self.init()
        procedure = try optionalKnownIdentifier(
            message.procedureID, "filter.procedure_id", .procedure, in: organization
        ) { organization.procedures[$0] != nil }
        booking = try optionalKnownIdentifier(
            message.bookingID, "filter.booking_id", .booking, in: organization
        ) { organization.bookings[$0] != nil }
        patient = try optionalKnownIdentifier(
            message.patientID, "filter.patient_id", .patient, in: organization
        ) { organization.patients[$0] != nil }
        for (index, status) in message.statuses.enumerated() {
            statuses.insert(
                try requiredEnumeration(
                    status.rawValue, "filter.statuses[\(index)]", as: ChargeStatus.self))
        }
        if message.hasFrom { from = try instant(message.from, "filter.from") }
        if message.hasTo { to = try instant(message.to, "filter.to") }
        if let from, let to, to < from { throw .invalid("filter.to", "lies before from") }
    }
}
