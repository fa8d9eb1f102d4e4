internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// How procedures are signed and given up, and how they change their booking.

extension Services {
    func registerProcedureEnds(in table: inout ServiceTable) {
        registerGivingUp(in: &table)
        typealias Methods = SlotdAPI.Methods.ProcedureService
        mutation(Methods.signProcedure, in: &table) { request, organization, _ throws(Rejection) in
            SignProcedure(
                procedure: try identifier(
                    request.procedureID, "procedure_id", .procedure, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                permittedBy: try text(request.permittedBy, "permitted_by", 0...64))
        } reply: { procedure, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(procedure, in: organization)
                $0.revision = organization.position
            }
        }
        mutation(Methods.reattachBooking, in: &table) {
            request, organization, _ throws(Rejection) in
            ReattachBooking(
                procedure: try identifier(
                    request.procedureID, "procedure_id", .procedure, in: organization),
                from: try identifier(
                    request.fromBookingID, "from_booking_id", .booking, in: organization),
                to: try identifier(
                    request.toBookingID, "to_booking_id", .booking, in: organization),
                segment: try number(request.segment, "segment", 0...Int32.max),
                reason: try visibleText(request.reason, "reason", 1...500),
                advancesStage: request.advanceStage,
                expectedVersion: try expected(request.expectedVersion),
                expectedFromVersion: try expected(
                    request.expectedFromVersion, "expected_from_version"),
                expectedToVersion: try expected(
                    request.expectedToVersion, "expected_to_version"))
        } reply: { pair, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(pair.procedure, in: organization)
                if let booking = pair.booking {
                    $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                }
                $0.warnings = pair.warnings.map { Slotd_V1_Reason($0) }
                $0.revision = organization.position
            }
        }
    }

    private func registerGivingUp(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.ProcedureService
        mutation(Methods.cancelProcedure, in: &table) {
            request, organization, _ throws(Rejection) in
            CancelProcedure(
                procedure: try identifier(
                    request.procedureID, "procedure_id", .procedure, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                reason: try visibleText(request.reason, "reason", 1...500))
        } reply: { pair, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(pair.procedure, in: organization)
                if let booking = pair.booking {
                    $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                }
                $0.revision = organization.position
            }
        }
        mutation(Methods.markProcedureInError, in: &table) {
            request, organization, _ throws(Rejection) in
            MarkProcedureInError(
                procedure: try identifier(
                    request.procedureID, "procedure_id", .procedure, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                reason: try visibleText(request.reason, "reason", 1...500))
        } reply: { pair, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(pair.procedure, in: organization)
                if let booking = pair.booking {
                    $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                }
                $0.revision = organization.position
            }
        }
    }
}
