internal import Intervals
internal import Scheduling
internal import WireFormat

// `slotd.v1.Booking` by hand: building the message and visiting it twice took a sixth of what a
// booking costs the event loop. The twin is `Slotd_V1_Booking.init`, which writes the same bytes; a
// field that is added there and not here fails a test.

extension MessageWriter {
    /// A booking as a field of a reply; see `Slotd_V1_Booking.init`.
    ///
    /// - Parameter isInHours: it is known to lie in hours, so that nobody need look.
    mutating func booking(
        _ field: UInt32, _ record: Booking, in organization: Organization, now: Instant,
        isInHours: Bool = false
    ) {
        // No closure: it would copy the organization to hold it.
        let start = begin(field)
        text(1, record.id)
        text(2, record.externalRef)
        integer(3, record.version)
        text(4, record.patient)
        text(5, record.location)
        integer(6, record.stage.rawValue)
        timestamp(7, record.start)
        timestamp(8, record.end)
        text(9, record.timeZone)
        signed(10, record.utcOffset)
        for (index, segment) in record.segments.enumerated() {
            let key = SegmentKey(booking: record.id, segment: Int32(index + 1))
            let procedure = organization.activeAttachments(of: key).first?.procedure
            self.segment(11, segment, sequence: key.segment, procedure: procedure)
        }
        flag(12, record.isWalkIn)
        text(13, record.note)
        packed(14, record.overrides.map(\.rawValue))
        text(15, record.createdBy)
        timestamp(16, record.createdAt)
        if let cancellation = record.cancellation { write(cancellation) }
        for change in record.stageHistory { write(change) }
        text(30, record.overrideNote)
        text(31, record.overrideRole)
        if let group = record.group { text(32, group) }
        let isOver = record.end <= now.minute
        flag(33, !isInHours && !isOver && organization.isOutOfHours(record))
        if let deposit = record.deposit {
            message(50) { writer in
                writer.money(1, deposit.amount)
                writer.flag(2, deposit.isPaid)
                writer.integer(3, deposit.refunded)
            }
        }
        flag(51, record.isPaymentPending)
        if let minute = record.releasedAt { timestamp(52, minute) }
        end(start)
    }

    private mutating func segment(
        _ field: UInt32, _ segment: BookingSegment, sequence: Int32,
        procedure: Identifier<Procedure>?
    ) {
        message(field) { writer in
            writer.integer(1, sequence)
            writer.text(2, segment.service)
            writer.integer(3, Int32(clamping: segment.interval.durationMinutes))
            writer.text(4, segment.provider)
            writer.flag(5, segment.anyProvider)
            writer.timestamp(6, segment.interval.start)
            writer.timestamp(7, segment.interval.end)
            writer.integer(8, segment.bufferBefore)
            writer.integer(9, segment.bufferAfter)
            if let procedure { writer.text(10, procedure) }
            writer.integer(30, segment.processing)
            writer.integer(31, segment.finishing)
            for use in segment.uses {
                writer.message(32) { writer in
                    if let resource = use.resource { writer.text(1, resource) }
                    writer.text(2, use.pool)
                    if let provider = use.provider { writer.text(3, provider) }
                    writer.integer(4, use.quantity)
                }
            }
        }
    }

    private mutating func write(_ cancellation: Cancellation) {
        message(17) { writer in
            writer.text(1, cancellation.actor)
            writer.timestamp(2, cancellation.at)
            writer.text(3, cancellation.reason)
            if let fee = cancellation.fee { writer.money(50, fee) }
            if let refund = cancellation.refund { writer.money(51, refund) }
        }
    }

    private mutating func write(_ change: StageChange) {
        message(18) { writer in
            writer.integer(1, change.stage.rawValue)
            writer.timestamp(2, change.at)
            writer.text(3, change.actor)
            writer.text(50, change.reason)
            writer.flag(51, change.isUndo)
        }
    }

    private mutating func text<Record>(_ field: UInt32, _ id: Identifier<Record>) {
        let start = begin(field)
        id.append(to: &bytes)
        end(start)
    }

    private mutating func money(_ field: UInt32, _ money: Money) {
        message(field) { writer in
            writer.integer(1, money.minor)
            writer.text(2, money.currency)
        }
    }

    private mutating func timestamp(_ field: UInt32, _ minute: Minute) {
        message(field) { $0.integer(1, minute.unixSeconds) }
    }

    private mutating func timestamp(_ field: UInt32, _ instant: Instant) {
        let (seconds, nanos) = instant.unixTime
        message(field) { writer in
            writer.integer(1, seconds)
            writer.integer(2, nanos)
        }
    }
}

extension PlannedBooking {
    /// A `CreateBookingResponse`, as `Slotd_V1_CreateBookingResponse` would encode it.
    func reply(in organization: Organization, now: Instant) -> [UInt8] {
        var writer = MessageWriter()
        writer.reserve(512)
        // A moment ago all rules held; a hold was judged when it was made.
        let isInHours = hold == nil && booking.overrides.isEmpty
        writer.booking(1, booking, in: organization, now: now, isInHours: isInHours)
        writer.flag(2, holdHadExpired)
        writer.integer(14, organization.position)
        writer.packed(30, warnings.map(\.rawValue))
        // The receipt keeps it for days: no more room than it takes.
        return writer.bytes.withUnsafeBytes { Array($0) }
    }
}
