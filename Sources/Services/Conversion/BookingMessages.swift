internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Bookings, holds, procedures and attachments, as messages.

extension Slotd_V1_Booking {
    /// - Parameter now: a visit that is over is never out of hours.
    init(_ record: Booking, in organization: Organization, now: Instant) {
        self.init()
        id = record.id.description
        externalRef = record.externalRef
        version = record.version
        patientID = record.patient.description
        locationID = record.location.description
        stage = Slotd_V1_Stage(record.stage)
        start = Google_Protobuf_Timestamp(record.start)
        end = Google_Protobuf_Timestamp(record.end)
        timeZone = record.timeZone
        utcOffsetMinutes = record.utcOffset
        segments = record.segments.enumerated().map { index, segment in
            let key = SegmentKey(booking: record.id, segment: Int32(index + 1))
            return Slotd_V1_BookingSegment(
                segment, sequence: key.segment,
                procedure: organization.activeAttachments(of: key).first?.procedure)
        }
        walkIn = record.isWalkIn
        note = record.note
        overrides = record.overrides.map { Slotd_V1_Reason($0) }
        overrideNote = record.overrideNote
        overrideRole = record.overrideRole
        groupID = record.group?.description ?? ""
        createdBy = record.createdBy
        createdAt = Google_Protobuf_Timestamp(record.createdAt)
        if let cancelled = record.cancellation {
            cancellation = .with {
                $0.actor = cancelled.actor
                $0.at = Google_Protobuf_Timestamp(cancelled.at)
                $0.reason = cancelled.reason
                if let fee = cancelled.fee { $0.fee = Slotd_V1_Money(fee) }
                if let refund = cancelled.refund { $0.refund = Slotd_V1_Money(refund) }
            }
        }
        stageHistory = record.stageHistory.map { change in
            Slotd_V1_StageChange.with {
                $0.stage = Slotd_V1_Stage(change.stage)
                $0.at = Google_Protobuf_Timestamp(change.at)
                $0.actor = change.actor
                $0.reason = change.reason
                $0.undo = change.isUndo
            }
        }
        if let deposit = record.deposit { self.deposit = Slotd_V1_Deposit(deposit) }
        paymentPending = record.isPaymentPending
        outOfHours = record.end > now.minute && organization.isOutOfHours(record)
        if let minute = record.releasedAt { releasedAt = Google_Protobuf_Timestamp(minute) }
    }
}

extension Slotd_V1_BookingSegment {
    fileprivate init(
        _ segment: BookingSegment, sequence: Int32, procedure: Identifier<Procedure>?
    ) {
        self.init()
        self.sequence = sequence
        serviceID = segment.service.description
        durationMinutes = Int32(clamping: segment.interval.durationMinutes)
        providerID = segment.provider.description
        anyProvider = segment.anyProvider
        start = Google_Protobuf_Timestamp(segment.interval.start)
        end = Google_Protobuf_Timestamp(segment.interval.end)
        bufferBeforeMinutes = segment.bufferBefore
        bufferAfterMinutes = segment.bufferAfter
        procedureID = procedure?.description ?? ""
        processingMinutes = segment.processing
        finishingMinutes = segment.finishing
        uses = segment.uses.map { use in
            Slotd_V1_ResourceUse.with {
                $0.resourceID = use.resource?.description ?? ""
                $0.pool = use.pool
                $0.providerID = use.provider?.description ?? ""
                $0.quantity = use.quantity
            }
        }
    }
}

extension Slotd_V1_SlotHold {
    init(_ record: Hold) {
        self.init()
        id = record.id.description
        owner = record.owner
        patientID = record.patient?.description ?? ""
        locationID = record.location.description
        serviceID = record.segments[0].service.description
        providerID = record.segments[0].provider.description
        anyProvider = record.segments[0].anyProvider
        start = Google_Protobuf_Timestamp(record.start)
        end = Google_Protobuf_Timestamp(record.end)
        expiresAt = Google_Protobuf_Timestamp(record.expiresAt)
        createdAt = Google_Protobuf_Timestamp(record.createdAt)
        segments = record.segments.enumerated().map { index, segment in
            Slotd_V1_BookingSegment(segment, sequence: Int32(index + 1), procedure: nil)
        }
        latestExpiry = Google_Protobuf_Timestamp(record.latestExpiry)
        movingBookingID = record.moving?.description ?? ""
        overrides = record.overrides.map { Slotd_V1_Reason($0) }
        overrideNote = record.overrideNote
        overrideRole = record.overrideRole
        if record.hasExpired { expiredAt = Google_Protobuf_Timestamp(record.expiresAt) }
    }
}

extension NewBooking {
    /// Reads the slot that a message asks for; `path` is where the message stands in the request.
    init(
        _ message: Slotd_V1_NewBooking, _ path: String, in organization: borrowing Organization
    ) throws(Rejection) {
        self.init()
        location = try optionalIdentifier(
            message.locationID, "\(path).location_id", .location, in: organization)
        service = try optionalIdentifier(
            message.serviceID, "\(path).service_id", .service, in: organization)
        duration = try durationWish(message.durationMinutes, "\(path).duration_minutes")
        provider = try optionalIdentifier(
            message.providerID, "\(path).provider_id", .provider, in: organization)
        if message.hasStart {
            start = try minute(message.start, isSet: true, "\(path).start")
        }
        if !message.segments.isEmpty {
            try refuseBesideSegments(
                [
                    ("service_id", !message.serviceID.isEmpty),
                    ("duration_minutes", message.durationMinutes != 0),
                    ("provider_id", !message.providerID.isEmpty),
                ], path)
            segments = try segmentRequests(message.segments, "\(path).segments", in: organization)
        }
        if !message.holdID.isEmpty {
            guard let id = Identifier<Hold>(message.holdID) else {
                throw .invalid("\(path).hold_id", "is no hold id")
            }
            hold = id
        } else {
            if location == nil { throw .invalid("\(path).location_id", "is missing") }
            if service == nil, segments.isEmpty {
                throw .invalid("\(path).service_id", "is missing")
            }
            if start == nil { throw .invalid("\(path).start", "is missing") }
        }
        switch message.onExpired {
        case .unspecified, .try: break
        case .fail: failsOnExpired = true
        case .UNRECOGNIZED(let number):
            throw .invalid("\(path).on_expired", "\(number) is not one of its values")
        }
        overrides = try OverrideWish(message.allow, note: message.overrideNote, "\(path).")
        isSelfService = message.selfService
        isWalkIn = message.walkIn
        isConfirmed = message.confirmed
        note = try text(message.note, "\(path).note", 0...2000)
        externalRef = try visibleText(message.externalRef, "\(path).external_ref", 0...200)
        foundAt = try SlotToken.decode(
            message.slotToken, "\(path).slot_token", in: organization)
        if message.hasDeposit { deposit = try Deposit(message.deposit, "\(path).deposit") }
    }
}

/// A duration in minutes; nil where the service's default is meant.
func durationWish(
    _ value: Int32, _ field: @autoclosure () -> String
) throws(Rejection) -> Int32? {
    value == 0 ? nil : try number(value, field(), 1...525_600)
}

extension Slotd_V1_Procedure {
    init(_ record: Procedure, in organization: Organization, showsPayloads: Bool = true) {
        self.init()
        id = record.id.description
        externalRef = record.externalRef
        version = record.version
        patientID = record.patient.description
        procedureTypeID = record.type?.description ?? ""
        view = Slotd_V1_ProcedureView(record.view)
        status = Slotd_V1_ProcedureStatus(record.status)
        currentStep = organization.currentStep(of: record)
        stepCount = organization.stepCount(of: record)
        stepsDone = organization.stepsDone(of: record)
        entry = Slotd_V1_ProcedureEntry(record.entry)
        consultOnly = record.isConsultOnly
        mdRequired = record.mdRequired
        if let active = organization.activeAttachment(of: record.id) {
            attachment = Slotd_V1_Attachment(active)
        }
        startedAt = Google_Protobuf_Timestamp(record.startedAt)
        if let at = record.submittedAt { submittedAt = Google_Protobuf_Timestamp(at) }
        if let at = record.completedAt { completedAt = Google_Protobuf_Timestamp(at) }
        if let signed = record.signature {
            signature = .with {
                $0.actor = signed.actor
                $0.at = Google_Protobuf_Timestamp(signed.at)
                $0.permittedBy = signed.permittedBy
            }
        }
        if let ended = record.ending {
            ending = .with {
                $0.actor = ended.actor
                $0.at = Google_Protobuf_Timestamp(ended.at)
                $0.reason = ended.reason
            }
        }
        if let at = record.bookingRescheduledAt {
            bookingRescheduledAt = Google_Protobuf_Timestamp(at)
        }
        steps = record.steps.map { step in
            Slotd_V1_ProcedureStep.with {
                $0.step = step.step
                if showsPayloads { $0.payloadBytes = step.payload }
                $0.done = step.isDone
            }
        }
    }
}

extension Slotd_V1_Attachment {
    init(_ record: Attachment) {
        self.init()
        id = record.id.description
        procedureID = record.procedure.description
        bookingID = record.booking.description
        segment = record.segment
        state =
            record.detachment.map { $0.isSuperseded ? .superseded : .detached } ?? .active
        attachedBy = record.attachedBy
        attachedAt = Google_Protobuf_Timestamp(record.attachedAt)
        if let detachment = record.detachment {
            detachedBy = detachment.actor
            detachedAt = Google_Protobuf_Timestamp(detachment.at)
            detachReason = detachment.reason
        }
        if let stage = record.movedStageFrom { movedStageFrom = Slotd_V1_Stage(stage) }
    }
}

extension ProcedureStep {
    init(
        step: Int32, payload: some Collection<UInt8>, done: Bool, _ field: String
    ) throws(Rejection) {
        self.init(step: step, payload: try stepPayload(payload, field), isDone: done)
    }
}

/// A step's payload within its bound.
func stepPayload(
    _ payload: some Collection<UInt8>, _ field: String
) throws(Rejection) -> [UInt8] {
    guard payload.count <= Limits.stepPayload else {
        throw .invalid(field, "has \(payload.count) bytes, more than \(Limits.stepPayload)")
    }
    return Array(payload)
}
