internal import Engine
internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerBookings(in table: inout ServiceTable) {
        registerHolds(in: &table)
        registerBookingQueries(in: &table)
        registerBookingGroups(in: &table)
        registerBookingEnds(in: &table)
        registerPins(in: &table)
        typealias Methods = SlotdAPI.Methods.BookingService
        mutation(
            Methods.createBooking, in: &table, reading: { Slotd_V1_CreateBookingRequest(plain: $0) }
        ) { request, organization, _ throws(Rejection) in
            guard request.hasBooking else { throw .invalid("booking", "is missing") }
            return NestedCommand(
                CreateBooking(
                    patient: try identifier(
                        request.patientID, "patient_id", .patient, in: organization),
                    try NewBooking(request.booking, "booking", in: organization)),
                path: "booking")
        } bytes: { planned, organization in
            planned.reply(in: organization, now: now)
        }
        mutation(Methods.rescheduleBooking, in: &table) {
            request, organization, _ throws(Rejection) in
            var command = RescheduleBooking(
                try identifier(request.bookingID, "booking_id", .booking, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                start: try newStart(request, in: organization),
                provider: try optionalIdentifier(
                    request.providerID, "provider_id", .provider, in: organization))
            command.hold = try optionalHoldID(request.holdID, "hold_id")
            command.overridesStarted = request.overrideProcedureActive
            command.overrides = try OverrideWish(request.allow, note: request.overrideNote)
            return command
        } reply: { booking, organization in
            .with {
                $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                $0.warnings = organization.warnings(of: booking).map { Slotd_V1_Reason($0) }
                $0.revision = organization.position
            }
        }
    }

    private func registerBookingQueries(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.BookingService
        query(Methods.getBooking, in: &table) { request, organization, now throws(Rejection) in
            let booking = try booking(request.id, field: "id", in: organization)
            return .with {
                $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                $0.revision = organization.position
            }
        }
        query(Methods.listBookings, in: &table) { request, organization, now throws(Rejection) in
            try listBookings(request, organization, now)
        }
    }
}

/// Where a booking is moved to: as said, else where the hold is.
private func newStart(
    _ request: Slotd_V1_RescheduleBookingRequest, in organization: Organization
) throws(Rejection) -> Minute {
    if !request.hasStart, !request.holdID.isEmpty {
        guard let hold = organization.holds[try holdID(request.holdID)] else {
            throw .unknown("hold", request.holdID, field: "hold_id")
        }
        return hold.start
    }
    return try minute(request.start, isSet: request.hasStart, "start")
}

/// A booking by id or `ref:` and its external_ref.
func booking(
    _ name: String, field: String, in organization: Organization
) throws(Rejection) -> Booking {
    let id: Identifier<Booking> = try identifier(name, field, .booking, in: organization)
    guard let booking = organization.bookings[id] else {
        throw .unknown("booking", name, field: field)
    }
    return booking
}

private func listBookings(
    _ request: Slotd_V1_ListBookingsRequest, _ organization: Organization, _ now: Instant
) throws(Rejection) -> Slotd_V1_ListBookingsResponse {
    var filter = BookingFilter()
    let patient: Patient? = try optionalRecord(
        request.patientID, field: "patient_id", in: organization)
    let location: Location? = try optionalRecord(
        request.locationID, field: "location_id", in: organization)
    let provider: Provider? = try optionalRecord(
        request.providerID, field: "provider_id", in: organization)
    filter.patient = patient?.id
    filter.location = location?.id
    filter.provider = provider?.id
    filter.text = try text(request.text, "text", 0...200)
    if request.hasFrom { filter.from = try minute(request.from, isSet: true, "from") }
    if request.hasTo { filter.to = try minute(request.to, isSet: true, "to") }
    if let from = filter.from, let to = filter.to, to < from {
        throw .invalid("to", "lies before from")
    }
    for (index, stage) in request.stages.enumerated() {
        filter.stages.insert(
            try requiredEnumeration(stage.rawValue, "stages[\(index)]", as: Stage.self))
    }
    let page = organization.listBookings(
        filter, after: try request.afterBooking(), limit: try request.limit())
    return .with {
        $0.bookings = page.rows.map { Slotd_V1_Booking($0, in: organization, now: now) }
        $0.nextPageToken = request.token(after: page.next)
        $0.revision = organization.position
    }
}

/// A command whose fields stand in a message inside the request: its refusals name the whole path.
struct NestedCommand<Inner: Command>: Command {
    var inner: Inner
    var path: String
    var reason: String { inner.reason }

    init(_ inner: Inner, path: String) {
        self.inner = inner
        self.path = path
    }

    func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Inner.Outcome> {
        do throws(Rejection) {
            return try inner.decide(on: organization, &context)
        } catch {
            // The patient stands beside the message, not in it.
            throw error.field == "patient_id" ? error : error.nested(in: path)
        }
    }
}
