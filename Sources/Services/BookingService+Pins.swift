internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Which rooms a visit gets, said on the day.

extension Services {
    func registerPins(in table: inout ServiceTable) {
        mutation(SlotdAPI.Methods.BookingService.pinResources, in: &table) {
            request, organization, _ throws(Rejection) in
            PinResources(
                try identifier(request.bookingID, "booking_id", .booking, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                segment: try number(request.segment, "segment", 0...Int32(Limits.segments)),
                resources: try identifiers(
                    request.resourceIds, "resource_ids", .resource, atMost: 16, in: organization))
        } reply: { booking, organization in
            .with {
                $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                $0.revision = organization.position
            }
        }
    }
}
