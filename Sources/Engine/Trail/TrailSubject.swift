internal import Intervals
public import Scheduling

/// What entries of the trail are found by.
public enum TrailSubject: Hashable, Sendable {
    /// The entries that wrote a record, and for a booking or a procedure those that wrote one of
    /// its attachments.
    case record(UInt128)
    /// The entries that left a booking at a location, starting on a day of UTC, counted from 1970:
    /// whoever asks what stood on a board once finds every booking by them that ever did.
    case day(Identifier<Location>, Int32)

    /// The days of UTC in which an interval's minutes lie.
    public static func days(from start: Int32, until end: Int32) -> ClosedRange<Int32> {
        let first = day(ofMinute: start)
        return first...max(first, day(ofMinute: end - 1))
    }

    private static func day(ofMinute minute: Int32) -> Int32 {
        // Rounds down, also before 1970.
        minute >= 0 ? minute / 1440 : -((-minute + 1439) / 1440)
    }

    fileprivate static func day(_ booking: Booking) -> TrailSubject {
        .day(booking.location, day(ofMinute: booking.start.sinceEpoch))
    }
}

extension Event {
    /// What it is to be found by, each once.
    public var subjects: Set<TrailSubject> {
        var subjects: Set<TrailSubject> = []
        for write in writes { write.forEachSubject { subjects.insert($0) } }
        return subjects
    }

    /// Visits the same, in no order. Allocates nothing for an event that makes one write, as most
    /// do.
    public func forEachSubject<Failure>(
        _ body: (TrailSubject) throws(Failure) -> Void
    ) throws(Failure) {
        if writes.count == 1 { return try writes[0].forEachSubject(body) }
        for subject in subjects { try body(subject) }
    }
}

extension RecordWrite {
    /// What a write is to be found by, each once: an attachment, its booking and its procedure
    /// never share an id.
    fileprivate func forEachSubject<Failure>(
        _ body: (TrailSubject) throws(Failure) -> Void
    ) throws(Failure) {
        try body(.record(key.id))
        switch self {
        case .put(.booking(let row)): try body(.day(row))
        case .put(.attachment(let row)):
            try body(.record(row.booking.value))
            try body(.record(row.procedure.value))
        default: break
        }
    }
}
