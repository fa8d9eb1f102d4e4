internal import Intervals
internal import Scheduling
internal import WireFormat

// Waitlist entries, written and read.

extension MessageWriter {
    mutating func write(_ entry: WaitlistEntry) {
        id(1, entry.id)
        integer(2, entry.version)
        id(3, entry.patient)
        id(4, entry.location)
        for segment in entry.segments {
            message(5) { writer in
                writer.id(1, segment.service)
                writer.integer(2, segment.duration ?? 0)
                for provider in segment.providers { writer.id(3, provider) }
                for resource in segment.resources { writer.id(4, resource) }
            }
        }
        signed(6, entry.earliest.sinceEpoch)
        signed(7, entry.latest.sinceEpoch)
        signed(8, entry.priority)
        integer(9, entry.offerSeconds)
        text(10, entry.note)
        integer(11, entry.status.rawValue)
        if let hold = entry.hold { id(12, hold) }
        if let booking = entry.booking { id(13, booking) }
        packed(14, entry.declined.map(\.sinceEpoch))
        text(15, entry.createdBy)
        signed(16, entry.createdAt.milliseconds)
    }
}

extension StoredWaitlistEntry {
    func entry() throws(MalformedRecord) -> WaitlistEntry {
        guard !segments.isEmpty else { throw MalformedRecord("a wish without segments") }
        var entry = WaitlistEntry(
            id: id.identifier(), patient: patient.identifier(), location: location.identifier(),
            segments: segments.map { $0.request() }, earliest: Minute(sinceEpoch: earliest),
            latest: Minute(sinceEpoch: latest), createdAt: Instant(milliseconds: createdAt))
        entry.version = version
        entry.priority = priority
        entry.offerSeconds = offerSeconds
        entry.note = note
        entry.status = try WaitlistStatus(stored: status)
        entry.hold = hasHold ? hold.identifier() : nil
        entry.booking = hasBooking ? booking.identifier() : nil
        entry.declined = declined.map { Minute(sinceEpoch: $0) }
        entry.createdBy = createdBy
        return entry
    }
}

extension StoredWaitlistEntry.SegmentRequest {
    fileprivate func request() -> Scheduling.SegmentRequest {
        Scheduling.SegmentRequest(
            service: service.identifier(), duration: duration == 0 ? nil : duration,
            providers: providers.map { $0.identifier() },
            resources: resources.map { $0.identifier() })
    }
}
