internal import Intervals
internal import Scheduling
internal import SwiftProtobuf

@testable internal import Storage

// Records and events as the generated messages: the slower, plainer twin of `MessageWriter`, which
// must write the very same bytes.

extension StoredId {
    init(_ value: UInt128) {
        self.init()
        high = UInt64(truncatingIfNeeded: value >> 64)
        low = UInt64(truncatingIfNeeded: value)
    }

    init<Record>(_ id: Identifier<Record>) {
        self.init(id.value)
    }
}

extension StoredWeeklyInterval {
    init(_ interval: WeeklyInterval) {
        self.init()
        weekday = UInt32(interval.weekday)
        startMinute = interval.startMinute
        endMinute = interval.endMinute
    }
}

extension StoredEntry {
    init(_ event: Event) {
        self.init()
        writes = event.writes.map(StoredWrite.init)
        if let receipt = event.receipt {
            self.receipt.fingerprint = receipt.fingerprint
            self.receipt.reply = storedBytes(receipt.reply)
        }
        reason = event.reason
        for (index, version) in event.before.enumerated() { writes[index].beforeVersion = version }
    }
}

extension StoredWrite {
    init(_ write: RecordWrite) {
        self.init()
        switch write {
        case .put(let record):
            put = StoredRecord(record)
        case .remove(let key):
            remove.kind = UInt32(key.kind.rawValue)
            remove.id = StoredId(key.id)
        }
    }
}

extension StoredRecord {
    init(_ record: Record) {
        self.init()
        switch record {
        case .organization(let profile): organization = StoredOrganization(profile)
        case .location(let record): location = StoredLocation(record)
        case .provider(let record): provider = StoredProvider(record)
        case .service(let record): service = StoredService(record)
        case .procedureType(let record): procedureType = StoredProcedureType(record)
        case .patient(let record): patient = StoredPatient(record)
        case .booking(let record): booking = StoredBooking(record)
        case .hold(let record): hold = StoredHold(record)
        case .procedure(let record): procedure = StoredProcedure(record)
        case .attachment(let record): attachment = StoredAttachment(record)
        case .resource(let record): resource = StoredResource(record)
        case .charge(let record): charge = StoredCharge(record)
        case .waitlistEntry(let record): waitlistEntry = StoredWaitlistEntry(record)
        }
    }
}

extension StoredBooking {
    init(_ booking: Booking) {
        self.init()
        id = StoredId(booking.id)
        version = booking.version
        externalRef = booking.externalRef
        patient = StoredId(booking.patient)
        location = StoredId(booking.location)
        stage = UInt32(booking.stage.rawValue)
        segments = booking.segments.map(StoredSegment.init)
        timeZone = booking.timeZone
        utcOffset = booking.utcOffset
        isWalkIn = booking.isWalkIn
        note = booking.note
        overrides = booking.overrides.map { UInt32($0.rawValue) }
        createdBy = booking.createdBy
        createdAt = booking.createdAt.milliseconds
        if let cancellation = booking.cancellation {
            self.cancellation = StoredBooking.Cancellation(cancellation)
        }
        stageHistory = booking.stageHistory.map(StoredBooking.StageChange.init)
        overrideNote = booking.overrideNote
        overrideRole = booking.overrideRole
        if let group = booking.group { self.group = StoredId(group) }
        if let deposit = booking.deposit {
            self.deposit.amount = StoredMoney(deposit.amount)
            self.deposit.isPaid = deposit.isPaid
            self.deposit.refunded = deposit.refunded
        }
        if let releasedAt = booking.releasedAt { self.releasedAt = releasedAt.sinceEpoch }
    }
}

extension StoredBooking.StageChange {
    init(_ change: Scheduling.StageChange) {
        self.init()
        stage = UInt32(change.stage.rawValue)
        at = change.at.milliseconds
        actor = change.actor
        reason = change.reason
        isUndo = change.isUndo
    }
}

extension StoredBooking.Cancellation {
    init(_ cancellation: Scheduling.Cancellation) {
        self.init()
        actor = cancellation.actor
        at = cancellation.at.milliseconds
        reason = cancellation.reason
        if let fee = cancellation.fee { self.fee = StoredMoney(fee) }
        if let refund = cancellation.refund { self.refund = StoredMoney(refund) }
    }
}

extension StoredSegment {
    init(_ segment: BookingSegment) {
        self.init()
        service = StoredId(segment.service)
        provider = StoredId(segment.provider)
        anyProvider = segment.anyProvider
        start = segment.interval.start.sinceEpoch
        end = segment.interval.end.sinceEpoch
        bufferBefore = segment.bufferBefore
        bufferAfter = segment.bufferAfter
        processing = segment.processing
        finishing = segment.finishing
        providerPhases = storedPhases(segment.providerPhases)
        uses = segment.uses.map(Use.init)
        capacity = segment.capacity == 1 ? 0 : segment.capacity
        capacityRule = stored(segment.capacityRule, usual: .sameStart)
    }
}

extension StoredSegment.Use {
    init(_ use: ResourceUse) {
        self.init()
        pool = use.pool
        if let resource = use.resource { self.resource = StoredId(resource) }
        if let provider = use.provider { self.provider = StoredId(provider) }
        quantity = use.quantity
        phases = storedPhases(use.phases)
    }
}

extension StoredHold {
    init(_ hold: Hold) {
        self.init()
        id = StoredId(hold.id)
        owner = hold.owner
        if let patient = hold.patient { self.patient = StoredId(patient) }
        location = StoredId(hold.location)
        segments = hold.segments.map(StoredSegment.init)
        createdAt = hold.createdAt.milliseconds
        expiresAt = hold.expiresAt.milliseconds
        if let booking = hold.moving { moving = StoredId(booking) }
        overrides = hold.overrides.map { UInt32($0.rawValue) }
        overrideNote = hold.overrideNote
        overrideRole = hold.overrideRole
        expired = hold.hasExpired
    }
}

extension StoredProcedure {
    init(_ procedure: Procedure) {
        self.init()
        id = StoredId(procedure.id)
        version = procedure.version
        externalRef = procedure.externalRef
        patient = StoredId(procedure.patient)
        if let type = procedure.type { self.type = StoredId(type) }
        view = UInt32(procedure.view.rawValue)
        status = UInt32(procedure.status.rawValue)
        entry = UInt32(procedure.entry.rawValue)
        isConsultOnly = procedure.isConsultOnly
        mdRequired = procedure.mdRequired
        steps = procedure.steps.map(Step.init)
        startedAt = procedure.startedAt.milliseconds
        if let submittedAt = procedure.submittedAt { self.submittedAt = submittedAt.milliseconds }
        if let completedAt = procedure.completedAt { self.completedAt = completedAt.milliseconds }
        if let signature = procedure.signature {
            self.signature.actor = signature.actor
            self.signature.at = signature.at.milliseconds
            self.signature.permittedBy = signature.permittedBy
        }
        if let ending = procedure.ending {
            self.ending.actor = ending.actor
            self.ending.at = ending.at.milliseconds
            self.ending.reason = ending.reason
        }
        if let at = procedure.bookingRescheduledAt { bookingRescheduledAt = at.milliseconds }
    }
}

extension StoredProcedure.Step {
    init(_ step: ProcedureStep) {
        self.init()
        self.step = step.step
        payload = storedBytes(step.payload)
        isDone = step.isDone
    }
}

extension StoredAttachment {
    init(_ attachment: Attachment) {
        self.init()
        id = StoredId(attachment.id)
        procedure = StoredId(attachment.procedure)
        booking = StoredId(attachment.booking)
        segment = attachment.segment
        attachedBy = attachment.attachedBy
        attachedAt = attachment.attachedAt.milliseconds
        if let stage = attachment.movedStageFrom { movedStageFrom = UInt32(stage.rawValue) }
        if let detachment = attachment.detachment {
            self.detachment.actor = detachment.actor
            self.detachment.at = detachment.at.milliseconds
            self.detachment.reason = detachment.reason
            self.detachment.isSuperseded = detachment.isSuperseded
        }
    }
}

/// The number of a case, and 0 for the one that an absent field means.
func stored<Value: RawRepresentable<UInt8> & Equatable>(_ value: Value, usual: Value) -> UInt32 {
    value == usual ? 0 : UInt32(value.rawValue)
}

/// The bits of phases, and 0 for all of them.
func storedPhases(_ phases: PhaseSet) -> UInt32 {
    phases == .all ? 0 : UInt32(phases.rawValue)
}

extension StoredMoney {
    init(_ money: Money) {
        self.init()
        minor = money.minor
        currency = money.currency
    }
}

extension StoredCharge {
    init(_ charge: Charge) {
        self.init()
        id = StoredId(charge.id)
        version = charge.version
        procedure = StoredId(charge.procedure)
        booking = StoredId(charge.booking)
        segment = charge.segment
        service = StoredId(charge.service)
        code = charge.code
        quantity = charge.quantity
        amount = StoredMoney(charge.amount)
        status = UInt32(charge.status.rawValue)
        externalRef = charge.externalRef
        createdAt = charge.createdAt.milliseconds
        if let billedAt = charge.billedAt { self.billedAt = billedAt.milliseconds }
        voidReason = charge.voidReason
    }
}

extension Message {
    /// What the generated code makes of it.
    func encoded() throws -> [UInt8] { try serializedBytes() }
}

/// The same bytes in the generated code's type, without naming it here: that type is Foundation's.
private func storedBytes<Bytes: RangeReplaceableCollection<UInt8>>(_ bytes: [UInt8]) -> Bytes {
    Bytes(bytes)
}

extension StoredWaitlistEntry {
    init(_ entry: WaitlistEntry) {
        self.init()
        id = StoredId(entry.id)
        version = entry.version
        patient = StoredId(entry.patient)
        location = StoredId(entry.location)
        segments = entry.segments.map { segment in
            .with {
                $0.service = StoredId(segment.service)
                $0.duration = segment.duration ?? 0
                $0.providers = segment.providers.map { StoredId($0) }
                $0.resources = segment.resources.map { StoredId($0) }
            }
        }
        earliest = entry.earliest.sinceEpoch
        latest = entry.latest.sinceEpoch
        priority = entry.priority
        offerSeconds = entry.offerSeconds
        note = entry.note
        status = UInt32(entry.status.rawValue)
        if let hold = entry.hold { self.hold = StoredId(hold) }
        if let booking = entry.booking { self.booking = StoredId(booking) }
        declined = entry.declined.map(\.sinceEpoch)
        createdBy = entry.createdBy
        createdAt = entry.createdAt.milliseconds
    }
}
