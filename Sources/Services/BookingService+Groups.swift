internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Bookings that are made, and moved, together: all of them or none.

extension Services {
    func registerBookingGroups(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.BookingService
        mutation(Methods.createBookingGroup, in: &table) {
            request, organization, _ throws(Rejection) in
            try group(request, in: organization)
        } reply: { planned, organization in
            .with {
                $0.bookings = planned.map {
                    Slotd_V1_Booking($0.booking, in: organization, now: now)
                }
                $0.groupID = planned.first?.booking.group?.description ?? ""
                $0.revision = organization.position
            }
        }
        mutation(Methods.rescheduleBookingGroup, in: &table) {
            request, organization, _ throws(Rejection) in
            guard let id = Identifier<BookingGroup>(request.groupID) else {
                throw .invalid(
                    "group_id", request.groupID.isEmpty ? "is missing" : "is no group id")
            }
            var command = RescheduleBookingGroup(
                id, start: try minute(request.start, isSet: request.hasStart, "start"))
            command.overrides = try OverrideWish(request.allow, note: request.overrideNote)
            command.expectedVersions = try versions(request.expectedVersions, in: organization)
            return command
        } reply: { bookings, organization in
            .with {
                $0.bookings = bookings.map {
                    Slotd_V1_Booking($0, in: organization, now: now)
                }
                $0.revision = organization.position
            }
        }
    }
}

private func versions(
    _ wishes: [String: Int64], in organization: Organization
) throws(Rejection) -> [Identifier<Booking>: Int64] {
    guard wishes.count <= Limits.groupMembers else {
        throw .invalid("expected_versions", "has more than \(Limits.groupMembers) elements")
    }
    var versions: [Identifier<Booking>: Int64] = [:]
    for (name, version) in wishes.sorted(by: { $0.key < $1.key }) {
        let id: Identifier<Booking> = try identifier(
            name, "expected_versions", .booking, in: organization)
        versions[id] = try expected(version, "expected_versions")
    }
    return versions
}

private func group(
    _ request: Slotd_V1_CreateBookingGroupRequest, in organization: Organization
) throws(Rejection) -> CreateBookingGroup {
    let messages = try list(request.members, "members", atMost: Limits.groupMembers)
    if messages.isEmpty { throw .invalid("members", "is missing") }
    var members: [CreateBookingGroup.Member] = []
    for (index, message) in messages.enumerated() {
        let path = "members[\(index)]"
        guard message.hasBooking else { throw .invalid("\(path).booking", "is missing") }
        members.append(
            CreateBookingGroup.Member(
                patient: try identifier(
                    message.patientID, "\(path).patient_id", .patient, in: organization),
                try NewBooking(message.booking, "\(path).booking", in: organization)))
    }
    return CreateBookingGroup(members)
}
