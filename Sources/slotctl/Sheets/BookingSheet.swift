internal import SlotdAPI
internal import SwiftProtobuf

/// Bookings in a file. One that exists is left alone, or refused where it is another one.
enum BookingSheet: RecordSheet {
    enum Column: String, SheetColumn {
        case reference = "external_ref"
        case patient = "patient_ref"
        case location = "location_ref"
        case provider = "provider_ref"
        case service = "service_ref"
        case start
        case end
        case minutes
        case stage
        case note
        case bookedAt = "booked_at"
        case releasedAt = "released_at"
        case further = "further_segments"
        case history

        var isRequired: Bool {
            switch self {
            case .reference, .patient, .location, .provider, .service, .start: true
            default: false
            }
        }

        var meaning: String {
            switch self {
            case .reference: "your own name of the booking"
            case .patient, .location, .provider, .service:
                "its external_ref, or its id where it has none"
            case .start: "2026-11-24T09:00:00-05:00, or “2026-11-24 09:00” at the location"
            case .end: "likewise; or leave it empty and give minutes"
            case .minutes: "how long it takes, in place of end"
            case .stage: "new, confirmed, check-in, …; empty: new, or the last of history"
            case .note: "at most 2000 bytes"
            case .bookedAt: "when it was booked: judged as of then, too"
            case .releasedAt: "the minute from which the rest of the time is free again"
            case .further: "a line for each further service: provider,service,start,end"
            case .history: "a line for each stage it was in: stage,since,who"
            }
        }
    }

    static let kind = ImportKind.booking

    static func record(
        _ row: CSVRow<Column>, _ zones: SheetZones
    ) throws(CellProblem) -> Slotd_V1_ImportBooking {
        let zone = zones.byLocation[row[.location]]
        func time(_ column: Column) -> CellTime {
            CellTime(
                column: column.rawValue, zone: zone,
                withoutZone: "there is no location “\(row[.location])” to tell it by")
        }
        var booking = Slotd_V1_ImportBooking()
        booking.externalRef = try row.filled(.reference)
        booking.patientRef = try row.filled(.patient)
        booking.locationRef = try row.filled(.location)
        booking.providerRef = try row.filled(.provider)
        booking.serviceRef = try row.filled(.service)
        booking.start = try time(.start).minute(try row.filled(.start))
        booking.end = try end(row, from: booking.start, time(.end))
        booking.note = row[.note]
        if !row[.bookedAt].isEmpty {
            booking.bookedAt = try time(.bookedAt).instant(row[.bookedAt])
        }
        if !row[.releasedAt].isEmpty {
            booking.releasedAt = try time(.releasedAt).minute(row[.releasedAt])
        }
        booking.furtherSegments = try further(row[.further], time(.further))
        booking.stageHistory = try history(row[.history], time(.history))
        try setStage(row[.stage], &booking)
        return booking
    }

    private static func end(
        _ row: CSVRow<Column>, from start: Google_Protobuf_Timestamp, _ time: CellTime
    ) throws(CellProblem) -> Google_Protobuf_Timestamp {
        let (end, minutes) = (row[.end], row[.minutes])
        guard !end.isEmpty || !minutes.isEmpty else {
            throw CellProblem(Column.end.rawValue, "is empty, and so is minutes")
        }
        var ends: [Google_Protobuf_Timestamp] = []
        if !end.isEmpty { ends.append(try time.minute(end)) }
        if !minutes.isEmpty {
            guard let count = digits(minutes), count > 0 else {
                throw CellProblem(Column.minutes.rawValue, "“\(minutes)” is no number of minutes")
            }
            ends.append((Moment(start) + Int64(count) * 60).timestamp)
        }
        guard ends.allSatisfy({ $0 == ends[0] }) else {
            throw CellProblem(Column.minutes.rawValue, "says another end than end does")
        }
        guard ends[0].seconds > start.seconds else {
            throw CellProblem(Column.end.rawValue, "does not lie after start")
        }
        return ends[0]
    }

    private static func further(
        _ text: String, _ time: CellTime
    ) throws(CellProblem) -> [Slotd_V1_ImportSegment] {
        var segments: [Slotd_V1_ImportSegment] = []
        for fields in try CellLines.records(text, column: time.column, fields: 4...4) {
            var segment = Slotd_V1_ImportSegment()
            segment.providerRef = fields[0]
            segment.serviceRef = fields[1]
            segment.start = try time.minute(fields[2])
            segment.end = try time.minute(fields[3])
            segments.append(segment)
        }
        return segments
    }

    private static func history(
        _ text: String, _ time: CellTime
    ) throws(CellProblem) -> [Slotd_V1_StageChange] {
        var changes: [Slotd_V1_StageChange] = []
        for fields in try CellLines.records(text, column: time.column, fields: 2...3) {
            guard let stage = Slotd_V1_Stage(word: fields[0]) else {
                throw CellProblem(time.column, "“\(fields[0])” is no stage")
            }
            var change = Slotd_V1_StageChange()
            change.stage = stage
            if !fields[1].isEmpty { change.at = try time.instant(fields[1]) }
            change.actor = fields[2]
            changes.append(change)
        }
        return changes
    }

    /// With a history the stage can only be its last. Without one, it was booked, and then came to
    /// the stage: slotd tells since when.
    private static func setStage(
        _ text: String, _ booking: inout Slotd_V1_ImportBooking
    ) throws(CellProblem) {
        guard !text.isEmpty else { return }
        let column = Column.stage.rawValue
        guard let stage = Slotd_V1_Stage(word: text) else {
            let known = Slotd_V1_Stage.known.map(\.word).joined(separator: ", ")
            throw CellProblem(column, "“\(text)” is no stage; they are \(known)")
        }
        if let last = booking.stageHistory.last {
            guard last.stage == stage else {
                throw CellProblem(column, "is not the last one of history, \(last.stage.word)")
            }
            return
        }
        booking.stageHistory = [
            .with {
                $0.stage = .new
                if booking.hasBookedAt { $0.at = booking.bookedAt }
            }
        ]
        if stage != .new { booking.stageHistory.append(.with { $0.stage = stage }) }
    }

    static func cells(
        _ booking: Slotd_V1_ImportBooking, _ zones: SheetZones
    ) -> [Column: String] {
        let zone = zones.byLocation[booking.locationRef]
        func text(_ time: Google_Protobuf_Timestamp) -> String { CellTime.text(time, in: zone) }
        return [
            .reference: booking.externalRef, .patient: booking.patientRef,
            .location: booking.locationRef, .provider: booking.providerRef,
            .service: booking.serviceRef, .start: text(booking.start), .end: text(booking.end),
            .stage: booking.stageHistory.last?.stage.word ?? "", .note: booking.note,
            .bookedAt: booking.hasBookedAt ? text(booking.bookedAt) : "",
            .releasedAt: booking.hasReleasedAt ? text(booking.releasedAt) : "",
            .further: CellLines.text(
                booking.furtherSegments.map { segment in
                    [
                        segment.providerRef, segment.serviceRef, text(segment.start),
                        text(segment.end),
                    ]
                }),
            .history: CellLines.text(
                booking.stageHistory.map { [$0.stage.word, text($0.at), $0.actor] }),
        ]
    }

    static func wrap(_ record: Slotd_V1_ImportBooking) -> Slotd_V1_ImportRequest.OneOf_Record {
        .booking(record)
    }

    static func unwrap(
        _ record: Slotd_V1_ImportRequest.OneOf_Record
    ) -> Slotd_V1_ImportBooking? {
        if case .booking(let booking) = record { booking } else { nil }
    }

    static func column(of field: String) -> Column? { field == "stage_history" ? .history : nil }
}
