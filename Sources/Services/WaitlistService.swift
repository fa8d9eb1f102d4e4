internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerWaitlist(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.BookingService
        mutation(Methods.joinWaitlist, in: &table) { request, organization, _ throws(Rejection) in
            guard request.hasEntry else { throw .invalid("entry", "is missing") }
            return NestedCommand(
                JoinWaitlist(try wish(request.entry, in: organization)), path: "entry")
        } reply: { id, organization in
            .with {
                if let entry = organization.waitlist[id] {
                    $0.entry = Slotd_V1_WaitlistEntry(entry, in: organization)
                }
                $0.revision = organization.position
            }
        }
        mutation(Methods.leaveWaitlist, in: &table) { request, _, _ throws(Rejection) in
            guard let id = Identifier<WaitlistEntry>(request.entryID) else {
                throw .invalid(
                    "entry_id", request.entryID.isEmpty ? "is missing" : "is no waitlist id")
            }
            return LeaveWaitlist(id, expectedVersion: try expected(request.expectedVersion))
        } reply: { id, organization in
            .with {
                if let entry = organization.waitlist[id] {
                    $0.entry = Slotd_V1_WaitlistEntry(entry, in: organization)
                }
                $0.revision = organization.position
            }
        }
        query(Methods.listWaitlist, in: &table) { request, organization, _ throws(Rejection) in
            try listWaitlist(request, organization)
        }
    }
}

extension Slotd_V1_JoinWaitlistRequest: MutationRequest {}
extension Slotd_V1_LeaveWaitlistRequest: MutationRequest {}

/// What the client gives of an entry; the core sets the rest.
private func wish(
    _ message: Slotd_V1_WaitlistEntry, in organization: Organization
) throws(Rejection) -> WaitlistEntry {
    try checkNew(message.id, message.version, "entry")
    guard message.status == .unspecified, !message.hasOffer, message.bookingID.isEmpty else {
        throw .invalid("entry.status", "is set by the server")
    }
    let earliest = try minute(message.earliest, isSet: message.hasEarliest, "entry.earliest")
    let latest = try minute(message.latest, isSet: message.hasLatest, "entry.latest")
    guard earliest < latest else { throw .invalid("entry.latest", "does not lie after earliest") }
    guard earliest.minutes(until: latest) <= Int(Limits.windowDays) * 1440 else {
        throw .invalid(
            "entry.latest", "lies more than \(Limits.windowDays) days after earliest")
    }
    guard !message.segments.isEmpty else { throw .invalid("entry.segments", "is empty") }
    var segments: [SegmentRequest] = []
    let messages = try list(message.segments, "entry.segments", atMost: Limits.segments)
    for (index, segment) in messages.enumerated() {
        segments.append(
            try waitlistSegment(segment, "entry.segments[\(index)]", in: organization))
    }
    var entry = WaitlistEntry(
        id: Identifier(value: 0),
        patient: try identifier(
            message.patientID, "entry.patient_id", .patient, in: organization),
        location: try identifier(
            message.locationID, "entry.location_id", .location, in: organization),
        segments: segments, earliest: earliest, latest: latest,
        createdAt: Instant(milliseconds: 0))
    entry.priority = try number(message.priority, "entry.priority", -1000...1000)
    if message.offerSeconds != 0 {
        entry.offerSeconds = try number(
            message.offerSeconds, "entry.offer_seconds", Limits.offerSeconds)
    }
    entry.note = try text(message.note, "entry.note", 0...2000)
    return entry
}

private func waitlistSegment(
    _ message: Slotd_V1_SegmentRequest, _ path: String, in organization: Organization
) throws(Rejection) -> SegmentRequest {
    var segment = SegmentRequest(
        service: try identifier(
            message.serviceID, "\(path).service_id", .service, in: organization),
        duration: try durationWish(message.durationMinutes, "\(path).duration_minutes"))
    for (index, name) in try list(
        message.providerIds, "\(path).provider_ids", atMost: 1024
    ).enumerated() {
        segment.providers.append(
            try identifier(name, "\(path).provider_ids[\(index)]", .provider, in: organization))
    }
    for (index, name) in try list(
        message.resourceIds, "\(path).resource_ids", atMost: 16
    ).enumerated() {
        segment.resources.append(
            try identifier(name, "\(path).resource_ids[\(index)]", .resource, in: organization))
    }
    return segment
}

extension Slotd_V1_WaitlistEntry {
    init(_ record: WaitlistEntry, in organization: Organization) {
        self.init()
        id = record.id.description
        version = record.version
        patientID = record.patient.description
        locationID = record.location.description
        segments = record.segments.map { segment in
            .with {
                $0.serviceID = segment.service.description
                $0.durationMinutes = segment.duration ?? 0
                $0.providerIds = segment.providers.map(\.description)
                $0.resourceIds = segment.resources.map(\.description)
            }
        }
        earliest = Google_Protobuf_Timestamp(record.earliest)
        latest = Google_Protobuf_Timestamp(record.latest)
        priority = record.priority
        offerSeconds = record.offerSeconds
        note = record.note
        status = Slotd_V1_WaitlistStatus(rawValue: Int(record.status.rawValue)) ?? .unspecified
        if let id = record.hold, let hold = organization.holds[id] {
            offer = .with {
                $0.holdID = id.description
                $0.start = Google_Protobuf_Timestamp(hold.start)
                $0.end = Google_Protobuf_Timestamp(hold.end)
                $0.providerID = hold.segments[0].provider.description
                $0.expiresAt = Google_Protobuf_Timestamp(hold.expiresAt)
            }
        }
        bookingID = record.booking?.description ?? ""
        declined = record.declined.map { Google_Protobuf_Timestamp($0) }
        createdBy = record.createdBy
        createdAt = Google_Protobuf_Timestamp(record.createdAt)
    }
}

private func listWaitlist(
    _ request: Slotd_V1_ListWaitlistRequest, _ organization: Organization
) throws(Rejection) -> Slotd_V1_ListWaitlistResponse {
    let location: Location? = try optionalRecord(
        request.locationID, field: "location_id", in: organization)
    let patient: Patient? = try optionalRecord(
        request.patientID, field: "patient_id", in: organization)
    var statuses: Set<WaitlistStatus> = []
    for (index, status) in request.statuses.enumerated() {
        statuses.insert(
            try requiredEnumeration(
                status.rawValue, "statuses[\(index)]", as: WaitlistStatus.self))
    }
    if statuses.isEmpty { statuses = [.waiting, .offered] }
    let limit = try request.limit()
    var rows: [WaitlistEntry] = []
    var isCut = false
    organization.waitlist.forEach(after: try request.after()) { entry in
        guard statuses.contains(entry.status),
            location.map({ $0.id == entry.location }) ?? true,
            patient.map({ $0.id == entry.patient }) ?? true
        else { return true }
        isCut = rows.count == limit
        if !isCut { rows.append(entry) }
        return !isCut
    }
    return .with {
        $0.entries = rows.map { Slotd_V1_WaitlistEntry($0, in: organization) }
        if isCut, let last = rows.last {
            $0.nextPageToken = request.token(after: last.id)
        }
        $0.revision = organization.position
    }
}
