internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// How bookings end other than by their visit, how they come back, and the money that this is about.

extension Services {
    func registerBookingEnds(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.BookingService
        mutation(Methods.cancelBooking, in: &table) { request, organization, _ throws(Rejection) in
            try cancellation(request, in: organization)
        } reply: { booking, organization in
            .with {
                $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                $0.revision = organization.position
            }
        }
        mutation(Methods.archiveBooking, in: &table) { request, organization, _ throws(Rejection) in
            ArchiveBooking(
                try identifier(request.bookingID, "booking_id", .booking, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                reason: try visibleText(request.reason, "reason", 1...500))
        } reply: { booking, organization in
            .with {
                $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                $0.revision = organization.position
            }
        }
        mutation(Methods.restoreBooking, in: &table) { request, organization, _ throws(Rejection) in
            RestoreBooking(
                try identifier(request.bookingID, "booking_id", .booking, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                reason: try visibleText(request.reason, "reason", 0...500))
        } reply: { booking, organization in
            .with {
                $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                $0.revision = organization.position
            }
        }
        mutation(Methods.deleteBooking, in: &table) { request, organization, _ throws(Rejection) in
            DeleteBooking(
                try identifier(request.bookingID, "booking_id", .booking, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                reason: try visibleText(request.reason, "reason", 1...500))
        } reply: { result, organization in
            .with {
                $0.booking = Slotd_V1_Booking(result.booking, in: organization, now: now)
                $0.deleted = result.isDeleted
                $0.revision = organization.position
            }
        }
        mutation(Methods.setDeposit, in: &table) { request, organization, _ throws(Rejection) in
            SetDeposit(
                try identifier(request.bookingID, "booking_id", .booking, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                amount: try Money(request.amount, isSet: request.hasAmount, "amount"),
                isPaid: request.paid)
        } reply: { booking, organization in
            .with {
                $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                $0.revision = organization.position
            }
        }
    }
}

private func cancellation(
    _ request: Slotd_V1_CancelBookingRequest, in organization: Organization
) throws(Rejection) -> CancelBooking {
    var command = CancelBooking(
        try identifier(request.bookingID, "booking_id", .booking, in: organization),
        expectedVersion: try expected(request.expectedVersion),
        reason: try visibleText(request.reason, "reason", 0...500))
    if request.hasFeeMinor {
        command.fee = try number(request.feeMinor, "fee_minor", 0...Limits.amountMinor)
    }
    command.refund = try number(request.refundMinor, "refund_minor", 0...Limits.amountMinor)
    if !request.currency.isEmpty {
        command.currency = try checkedCurrency(request.currency, "currency")
    }
    switch request.cascade {
    case .unspecified: break
    case .cancelProcedure: command.cascades = true
    case .UNRECOGNIZED(let number):
        throw .invalid("cascade", "\(number) is not one of its values")
    }
    return command
}
