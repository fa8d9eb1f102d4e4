internal import Intervals
internal import Scheduling

// Reads bookings, and the holds that may become bookings.

extension StoredBooking {
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
    func change() throws(MalformedRecord) -> Scheduling.StageChange {
        Scheduling.StageChange(
            stage: try Stage(stored: stage), at: Instant(milliseconds: at), actor: actor)
    }
}

extension StoredBooking.Cancellation {
    func cancellation() -> Scheduling.Cancellation {
        Scheduling.Cancellation(
            actor: actor, at: Instant(milliseconds: at), reason: reason)
    }
}

extension StoredSegment {
    func segment() throws(MalformedRecord) -> BookingSegment {
        BookingSegment(
            service: service.identifier(), provider: provider.identifier(),
            anyProvider: anyProvider, interval: try Interval(storedStart: start, end: end),
            bufferBefore: bufferBefore, bufferAfter: bufferAfter)
    }
}

extension StoredHold {
    func hold() throws(MalformedRecord) -> Hold {
        Hold(
            id: id.identifier(), owner: owner, patient: hasPatient ? patient.identifier() : nil,
            location: location.identifier(), segment: try segment.segment(),
            createdAt: Instant(milliseconds: createdAt),
            expiresAt: Instant(milliseconds: expiresAt))
    }
}
