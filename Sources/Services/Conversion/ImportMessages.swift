internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// What an import carries, read and checked; and what it answers.

extension Slotd_V1_ImportResponse {
    /// What became of a record, in the organization as it is then.
    init<Row>(
        _ outcome: (Identifier<Row>, ImportOutcome), _ sequence: Int64,
        _ organization: Organization
    ) {
        self.init()
        self.sequence = sequence
        id = outcome.0.description
        self.outcome =
            switch outcome.1 {
            case .created: .created
            case .updated: .updated
            case .unchanged: .unchanged
            }
        revision = organization.position
    }

    /// A record that was not taken.
    init(_ rejection: Rejection) {
        self.init()
        outcome = .refused
        reason = Slotd_V1_Reason(rejection.reason)
        message = rejection.message
        blockingIds = rejection.blocking
        field = rejection.field ?? ""
    }
}

/// A record that an import names by its external_ref, or by its id where it has none; whether there
/// is one of that id, the command finds out.
private func reference<Row>(
    _ text: String, _ field: String, _ kind: RecordKind, in organization: Organization
) throws(Rejection) -> Identifier<Row> {
    guard !text.isEmpty else { throw .invalid(field, "is missing") }
    let id: Identifier<Row>? =
        organization.identifier(kind, externalRef: text) ?? Identifier(text)
    guard let id else { throw .unknown(Row.idPrefix, "ref:\(text)", field: field) }
    return organization.survivor(of: id)
}

extension ImportBooking {
    init(
        _ message: Slotd_V1_ImportBooking, in organization: Organization
    ) throws(Rejection) {
        let further = try list(
            message.furtherSegments, "booking.further_segments", atMost: Limits.segments - 1)
        let visit = try importedInterval(
            message.hasStart ? message.start : nil, message.hasEnd ? message.end : nil, "booking")
        let history = try importedHistory(message.stageHistory)
        let first = try ImportSegment(
            provider: message.providerRef, service: message.serviceRef, visit, "booking",
            in: organization)
        self.init(
            externalRef: try visibleText(message.externalRef, "booking.external_ref", 1...200),
            patient: try reference(
                message.patientRef, "booking.patient_ref", .patient, in: organization),
            location: try reference(
                message.locationRef, "booking.location_ref", .location, in: organization),
            provider: first.provider, service: first.service, interval: first.interval,
            stageHistory: [], note: try text(message.note, "booking.note", 0...2000))
        stageHistory = history
        for (index, segment) in further.enumerated() {
            let path = "booking.further_segments[\(index)]"
            let interval = try importedInterval(
                segment.hasStart ? segment.start : nil, segment.hasEnd ? segment.end : nil, path)
            if let last = segments.last, interval.start < last.interval.end {
                throw .invalid("\(path).start", "lies before the end of the segment before it")
            }
            segments.append(
                try ImportSegment(
                    provider: segment.providerRef, service: segment.serviceRef, interval, path,
                    in: organization))
        }
        let longest = Int(Limits.importedMinutes)
        let last = segments[segments.count - 1].interval.end
        guard Int(last.sinceEpoch) - Int(first.interval.start.sinceEpoch) <= longest else {
            throw .invalid("booking.end", "lies more than \(longest) minutes after start")
        }
        if message.hasBookedAt {
            bookedAt = try instant(message.bookedAt, "booking.booked_at")
        }
        if message.hasReleasedAt {
            releasedAt = try minute(message.releasedAt, isSet: true, "booking.released_at")
        }
    }
}

private func importedHistory(
    _ changes: [Slotd_V1_StageChange]
) throws(Rejection) -> [ImportStage] {
    var history: [ImportStage] = []
    var latest = Instant(milliseconds: .min)
    let changes = try list(changes, "booking.stage_history", atMost: Limits.stageHistory)
    for (index, change) in changes.enumerated() {
        let path = "booking.stage_history[\(index)]"
        let stage = try requiredEnumeration(change.stage.rawValue, "\(path).stage", as: Stage.self)
        let at = change.hasAt ? try instant(change.at, "\(path).at") : nil
        if let at, at < latest {
            throw .invalid("\(path).at", "lies before the stage before it")
        }
        latest = at ?? latest
        let actor = try text(change.actor, "\(path).actor", 0...256)
        history.append(ImportStage(stage: stage, at: at, actor: actor))
    }
    return history
}

private func importedInterval(
    _ start: Google_Protobuf_Timestamp?, _ end: Google_Protobuf_Timestamp?, _ path: String
) throws(Rejection) -> Interval {
    let first = try minute(start ?? .init(), isSet: start != nil, "\(path).start")
    let last = try minute(end ?? .init(), isSet: end != nil, "\(path).end")
    guard let interval = Interval(first, last) else {
        throw .invalid("\(path).end", "does not lie after start")
    }
    return interval
}

extension ImportSegment {
    fileprivate init(
        provider: String, service: String, _ interval: Interval, _ path: String,
        in organization: Organization
    ) throws(Rejection) {
        self.init(
            provider: try reference(
                provider, "\(path).provider_ref", .provider, in: organization),
            service: try reference(service, "\(path).service_ref", .service, in: organization),
            interval: interval)
    }
}

extension ImportProcedure {
    init(
        _ message: Slotd_V1_ImportProcedure, in organization: Organization
    ) throws(Rejection) {
        let status =
            try enumeration(
                message.status.rawValue, "procedure.status", as: ProcedureStatus.self)
            ?? .completed
        guard message.hasStartedAt else { throw .invalid("procedure.started_at", "is missing") }
        let started = try instant(message.startedAt, "procedure.started_at")
        var completed: Instant?
        if status == .completed || status == .signed {
            completed =
                message.hasCompletedAt
                ? try instant(message.completedAt, "procedure.completed_at") : started
        }
        var type: Identifier<ProcedureType>?
        if !message.procedureTypeRef.isEmpty {
            type = try reference(
                message.procedureTypeRef, "procedure.procedure_type_ref", .procedureType,
                in: organization)
        }
        self.init(
            externalRef: try visibleText(message.externalRef, "procedure.external_ref", 1...200),
            patient: try reference(
                message.patientRef, "procedure.patient_ref", .patient, in: organization),
            booking: try reference(
                message.bookingRef, "procedure.booking_ref", .booking, in: organization),
            type: type,
            status: status, startedAt: started, completedAt: completed)
        isConsultOnly = message.consultOnly
        if message.segment != 0 {
            segment = try number(
                message.segment, "procedure.segment", 1...Int32(Limits.segments))
        }
        if message.hasSignature {
            let path = "procedure.signature"
            signature = Signature(
                actor: try text(message.signature.actor, "\(path).actor", 0...256),
                at: try instant(message.signature.at, "\(path).at"),
                permittedBy: try text(
                    message.signature.permittedBy, "\(path).permitted_by", 0...256))
        }
    }
}
