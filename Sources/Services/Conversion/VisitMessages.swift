internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// What visits and windows are asked for, read from messages.

/// Refuses fields that a list of segments stands in place of.
func refuseBesideSegments(
    _ fields: [(name: String, isSet: Bool)], _ path: String = ""
) throws(Rejection) {
    for field in fields where field.isSet {
        let parent = path.isEmpty ? "" : "\(path)."
        throw .invalid("\(parent)\(field.name)", "cannot stand beside segments")
    }
}

/// The segments of a visit; at most as many as one may have.
func segmentRequests(
    _ messages: [Slotd_V1_SegmentRequest], _ path: String, in organization: Organization
) throws(Rejection) -> [SegmentRequest] {
    var segments: [SegmentRequest] = []
    for (index, message) in try list(messages, path, atMost: Limits.segments).enumerated() {
        let path = "\(path)[\(index)]"
        segments.append(
            SegmentRequest(
                service: try identifier(
                    message.serviceID, "\(path).service_id", .service, in: organization),
                duration: try durationWish(message.durationMinutes, "\(path).duration_minutes"),
                providers: try identifiers(
                    message.providerIds, "\(path).provider_ids", .provider, atMost: 1024,
                    in: organization),
                resources: try identifiers(
                    message.resourceIds, "\(path).resource_ids", .resource, atMost: 16,
                    in: organization)))
    }
    return segments
}

extension SlotRequest {
    /// A visit of a list of segments.
    init(listing segments: [SegmentRequest], at location: Identifier<Location>) {
        self.init(location: location, segments: segments)
        listsSegments = true
    }

    /// Reads a visit. Where `location` is given, the message must not name one.
    init(
        _ message: Slotd_V1_VisitQuery, isSet: Bool, _ path: String, in organization: Organization,
        role: CallerRole, location: Identifier<Location>? = nil
    ) throws(Rejection) {
        guard isSet else { throw .invalid(path, "is missing") }
        if location != nil, !message.locationID.isEmpty {
            throw .invalid("\(path).location_id", "must be empty: location_ids says where")
        }
        guard !message.segments.isEmpty else { throw .invalid("\(path).segments", "is missing") }
        let place: Identifier<Location>
        if let location {
            place = location
        } else {
            place = try identifier(
                message.locationID, "\(path).location_id", .location, in: organization)
        }
        self.init(
            listing: try segmentRequests(
                message.segments, "\(path).segments", in: organization),
            at: place)
        patient = try optionalIdentifier(
            message.patientID, "\(path).patient_id", .patient, in: organization)
        isSelfService = message.selfService || role == .patient
        ignoring = try ignoredBooking(
            message.ignoreBookingID, "\(path).ignore_booking_id", in: organization)
        hold = try optionalHoldID(message.holdID, "\(path).hold_id")
    }
}

/// A hold's id; a hold that is not known any more stands in nobody's way.
func optionalHoldID(_ text: String, _ field: String) throws(Rejection) -> Identifier<Hold>? {
    text.isEmpty ? nil : try holdID(text, field)
}

/// A hold's id, which is needed.
func holdID(_ text: String, _ field: String = "hold_id") throws(Rejection) -> Identifier<Hold> {
    guard let id = Identifier<Hold>(text) else {
        throw .invalid(field, text.isEmpty ? "is missing" : "is no hold id")
    }
    return id
}

extension OverrideWish {
    /// Reads the rules that may be broken, and why; `prefix` leads to the message that has them.
    init(
        _ reasons: [Slotd_V1_Reason], note: String, _ prefix: String = ""
    ) throws(Rejection) {
        self.init()
        for (index, reason) in try list(reasons, "\(prefix)allow", atMost: 64).enumerated() {
            rules.append(
                try requiredEnumeration(
                    reason.rawValue, "\(prefix)allow[\(index)]", as: Reason.self))
        }
        self.note = try visibleText(note, "\(prefix)override_note", 0...500)
    }
}

/// A window of starts or of time: `to` is not before `from`, nor too long after it.
func checkWindow(
    from: Minute, to: Minute, days: Int32, _ prefix: String = ""
) throws(Rejection) {
    guard from <= to else { throw .invalid("\(prefix)to", "lies before from") }
    guard from.minutes(until: to) <= Int(days) * 1440 else {
        throw .invalid("\(prefix)to", "lies more than \(days) days after from")
    }
}
