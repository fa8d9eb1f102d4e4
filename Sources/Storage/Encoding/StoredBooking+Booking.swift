internal import Intervals
internal import Scheduling

// Bookings, and the holds that may become bookings.

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
    }

    func booking() throws(MalformedRecord) -> Booking {
        guard !segments.isEmpty else { throw MalformedRecord("a booking without segments") }
        return Booking(
            id: id.identifier(), version: version, externalRef: externalRef,
            patient: patient.identifier(), location: location.identifier(),
            stage: try Stage(stored: stage),
            segments: try segments.mapped { stored throws(MalformedRecord) in
                try stored.segment()
            },
            timeZone: timeZone, utcOffset: utcOffset, isWalkIn: isWalkIn, note: note,
            overrides: try overrides.mapped { number throws(MalformedRecord) in
                try Reason(stored: number)
            },
            createdBy: createdBy, createdAt: Instant(milliseconds: createdAt),
            cancellation: hasCancellation ? cancellation.cancellation() : nil,
            stageHistory: try stageHistory.mapped { stored throws(MalformedRecord) in
                try stored.change()
            })
    }
}

extension StoredBooking.StageChange {
    init(_ change: Scheduling.StageChange) {
        self.init()
        stage = UInt32(change.stage.rawValue)
        at = change.at.milliseconds
        actor = change.actor
    }

    func change() throws(MalformedRecord) -> Scheduling.StageChange {
        Scheduling.StageChange(
            stage: try Stage(stored: stage), at: Instant(milliseconds: at), actor: actor)
    }
}

extension StoredBooking.Cancellation {
    init(_ cancellation: Scheduling.Cancellation) {
        self.init()
        actor = cancellation.actor
        at = cancellation.at.milliseconds
        reason = cancellation.reason
    }

    func cancellation() -> Scheduling.Cancellation {
        Scheduling.Cancellation(
            actor: actor, at: Instant(milliseconds: at), reason: reason)
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
    }

    func segment() throws(MalformedRecord) -> BookingSegment {
        BookingSegment(
            service: service.identifier(), provider: provider.identifier(),
            anyProvider: anyProvider, interval: try Interval(storedStart: start, end: end),
            bufferBefore: bufferBefore, bufferAfter: bufferAfter)
    }
}

extension StoredHold {
    init(_ hold: Hold) {
        self.init()
        id = StoredId(hold.id)
        owner = hold.owner
        if let patient = hold.patient { self.patient = StoredId(patient) }
        location = StoredId(hold.location)
        segment = StoredSegment(hold.segment)
        createdAt = hold.createdAt.milliseconds
        expiresAt = hold.expiresAt.milliseconds
    }

    func hold() throws(MalformedRecord) -> Hold {
        Hold(
            id: id.identifier(), owner: owner, patient: hasPatient ? patient.identifier() : nil,
            location: location.identifier(), segment: try segment.segment(),
            createdAt: Instant(milliseconds: createdAt),
            expiresAt: Instant(milliseconds: expiresAt))
    }
}
