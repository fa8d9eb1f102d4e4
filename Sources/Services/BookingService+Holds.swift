internal import Engine
internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// How a slot is kept for a while, kept longer, and given back.

extension Services {
    func registerHolds(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.BookingService
        let engine = engine
        mutation(Methods.hold, in: &table) { request, organization, _ throws(Rejection) in
            var command = PlaceHold(
                try heldVisit(request, in: organization),
                start: try minute(request.start, isSet: request.hasStart, "start"),
                patient: try optionalIdentifier(
                    request.patientID, "patient_id", .patient, in: organization),
                owner: try text(request.owner, "owner", 0...128),
                seconds: try number(request.ttlSeconds, "ttl_seconds", 0...Int32.max))
            command.overrides = try OverrideWish(request.allow, note: request.overrideNote)
            command.foundAt = try SlotToken.decode(
                request.slotToken, "slot_token", in: organization)
            return command
        } reply: { hold, organization in
            .with {
                $0.hold = Slotd_V1_SlotHold(hold)
                $0.serverNow = Google_Protobuf_Timestamp(engine.now)
                $0.revision = organization.position
            }
        }
        mutation(Methods.renewHold, in: &table) { request, _, _ throws(Rejection) in
            RenewHold(
                try holdID(request.holdID),
                seconds: try number(request.ttlSeconds, "ttl_seconds", 0...Int32.max))
        } reply: { hold, organization in
            .with {
                $0.hold = Slotd_V1_SlotHold(hold)
                $0.serverNow = Google_Protobuf_Timestamp(engine.now)
                $0.revision = organization.position
            }
        }
        mutation(Methods.releaseHold, in: &table) { request, _, _ throws(Rejection) in
            ReleaseHold(try holdID(request.holdID))
        } reply: { released, organization in
            .with {
                $0.released = released
                $0.revision = organization.position
            }
        }
    }
}

private func heldVisit(
    _ request: Slotd_V1_HoldRequest, in organization: Organization
) throws(Rejection) -> SlotRequest {
    let location: Identifier<Location> = try identifier(
        request.locationID, "location_id", .location, in: organization)
    var visit: SlotRequest
    if request.segments.isEmpty {
        let provider: Identifier<Provider>? = try optionalIdentifier(
            request.providerID, "provider_id", .provider, in: organization)
        visit = SlotRequest(
            location: location,
            service: try identifier(request.serviceID, "service_id", .service, in: organization),
            duration: try durationWish(request.durationMinutes, "duration_minutes"),
            providers: provider.map { [$0] } ?? [])
    } else {
        try refuseBesideSegments([
            ("service_id", !request.serviceID.isEmpty),
            ("duration_minutes", request.durationMinutes != 0),
            ("provider_id", !request.providerID.isEmpty),
        ])
        visit = SlotRequest(
            listing: try segmentRequests(request.segments, "segments", in: organization),
            at: location)
    }
    visit.isSelfService = request.selfService
    visit.hold = try optionalHoldID(request.holdID, "hold_id")
    visit.ignoring = try ignoredBooking(
        request.ignoreBookingID, "ignore_booking_id", in: organization)
    return visit
}
