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
        message(field) { writer in
            writer.text(1, record.id.description)
            writer.text(2, record.externalRef)
            writer.integer(3, record.version)
            writer.text(4, record.patient.description)
            writer.text(5, record.location.description)
            writer.integer(6, record.stage.rawValue)
            writer.timestamp(7, record.start)
            writer.timestamp(8, record.end)
            writer.text(9, record.timeZone)
            writer.signed(10, record.utcOffset)
            for (index, segment) in record.segments.enumerated() {
                let key = SegmentKey(booking: record.id, segment: Int32(index + 1))
                let procedure = organization.activeAttachments(of: key).first?.procedure
                writer.segment(11, segment, sequence: key.segment, procedure: procedure)
            }
            writer.flag(12, record.isWalkIn)
            writer.text(13, record.note)
            writer.packed(14, record.overrides.map(\.rawValue))
            writer.text(15, record.createdBy)
            writer.timestamp(16, record.createdAt)
            if let cancellation = record.cancellation { writer.write(cancellation) }
            for change in record.stageHistory { writer.write(change) }
            writer.text(30, record.overrideNote)
            writer.text(31, record.overrideRole)
            if let group = record.group { writer.text(32, group.description) }
            let isOver = record.end <= now.minute
            writer.flag(33, !isInHours && !isOver && organization.isOutOfHours(record))
            if let deposit = record.deposit {
                writer.message(50) { writer in
                    writer.money(1, deposit.amount)
                    writer.flag(2, deposit.isPaid)
                    writer.integer(3, deposit.refunded)
                }
            }
            writer.flag(51, record.isPaymentPending)
            if let minute = record.releasedAt { writer.timestamp(52, minute) }
        }
    }

    private mutating func segment(
        _ field: UInt32, _ segment: BookingSegment, sequence: Int32,
        procedure: Identifier<Procedure>?
    ) {
        message(field) { writer in
            writer.integer(1, sequence)
            writer.text(2, segment.service.description)
            writer.integer(3, Int32(clamping: segment.interval.durationMinutes))
            writer.text(4, segment.provider.description)
            writer.flag(5, segment.anyProvider)
            writer.timestamp(6, segment.interval.start)
            writer.timestamp(7, segment.interval.end)
            writer.integer(8, segment.bufferBefore)
            writer.integer(9, segment.bufferAfter)
            if let procedure { writer.text(10, procedure.description) }
            writer.integer(30, segment.processing)
            writer.integer(31, segment.finishing)
            for use in segment.uses {
                writer.message(32) { writer in
                    if let resource = use.resource { writer.text(1, resource.description) }
                    writer.text(2, use.pool)
                    if let provider = use.provider { writer.text(3, provider.description) }
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
        return writer.bytes
    }
}
