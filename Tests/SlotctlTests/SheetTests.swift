internal import Foundation
internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

/// Rows of files as records, and records as rows.
struct SheetTests {
    private func zones() throws -> SheetZones {
        SheetZones(byLocation: ["spa": try Zone(name: "America/New_York")])
    }

    /// Reads a text as a file of a kind.
    private func read<Sheet: RecordSheet>(
        _: Sheet.Type, _ text: String, fallback: String? = nil
    ) throws -> SheetRecords {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("slotctl-\(UUID().uuidString).csv").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var zones = try zones()
        if let fallback { zones.fallback = try Zone(name: fallback) }
        return try Sheet.read(DataFile(path: path), zones)
    }

    private func bookings(_ rows: String...) throws -> SheetRecords {
        try read(
            BookingSheet.self,
            "external_ref,patient_ref,location_ref,provider_ref,service_ref,start,minutes,stage\n"
                + rows.map { "\($0)\n" }.joined())
    }

    private func only(_ records: SheetRecords) throws -> Slotd_V1_ImportBooking {
        #expect(records.refusals.isEmpty)
        return try #require(records.items.first.flatMap { BookingSheet.unwrap($0.record) })
    }

    // MARK: Times

    @Test("local times are the location's; RFC 3339 says its own offset, and loses nothing")
    func times() throws {
        for (text, moment) in [
            ("2026-07-01 09:00", "2026-07-01T13:00:00Z"),
            ("2026-07-01T09:00", "2026-07-01T13:00:00Z"),
            ("2026-01-05 09:00", "2026-01-05T14:00:00Z"),
            ("2026-01-05T09:00:00+01:00", "2026-01-05T08:00:00Z"),
            ("2026-11-01T01:30:00-05:00", "2026-11-01T06:30:00Z"),
        ] {
            let booking = try only(try bookings("b,p,spa,dr,s,\(text),30,"))
            #expect(booking.start == rfc3339Moment(moment)?.timestamp, "\(text)")
            #expect(booking.end.seconds - booking.start.seconds == 1800)
        }
        let exact = CellTime(column: "x", zone: nil)
        for text in ["2026-01-05T09:00:00.000000001Z", "2026-01-05T09:00:59.5-03:00"] {
            let timestamp = try exact.instant(text)
            let zone = try Zone(name: text.hasSuffix("Z") ? "UTC" : "America/Sao_Paulo")
            #expect(CellTime.text(timestamp, in: zone) == text)
        }
    }

    @Test(
        "a time that means nothing, or two things, is told with its line and column",
        arguments: [
            ("9 o'clock", "is no time"), ("tomorrow 09:00", "is no time"),
            ("2026-02-30 09:00", "is no time"), ("2026-07-01 9:00", "is no time"),
            ("2026-07-01T09:00:00.1234567890Z", "is no time"),
            ("2026-03-08 02:30", "does not exist in America/New_York"),
            ("2026-11-01 01:30", "happens twice in America/New_York: write 2026-11-01T01:30"),
            ("2026-07-01T09:00:30Z", "is not a whole minute"), ("", "is empty"),
        ])
    func badTimes(text: String, message: String) throws {
        let records = try bookings("a,p,spa,dr,s,2026-07-01 10:00,30,", "b,p,spa,dr,s,\(text),30,")
        #expect(records.items.count == 1)
        #expect(records.refusals.map(\.column) == ["start"])
        let line = try #require(records.refusals.first?.line)
        #expect(line.hasPrefix("line 3, column start: ") && line.contains(message), "\(line)")
    }

    @Test("a local time at a place that is not known is told so; one with an offset needs no place")
    func unknownPlace() throws {
        let records = try bookings(
            "a,p,moon,dr,s,2026-07-01 10:00,30,", "b,p,moon,dr,s,2026-07-01T10:00:00Z,30,")
        #expect(records.items.map(\.reference) == ["b"])
        #expect(
            records.refusals[0].line.contains("there is no location “moon” to tell it by"))
    }

    // MARK: Rows

    @Test("what is wrong with a row is told by line and column, and the others are read")
    func badRows() throws {
        let rows: [(row: String, column: String?)] = [
            (",p,spa,dr,s,2026-07-01 10:00,30,", "external_ref"),
            ("a,,spa,dr,s,2026-07-01 10:00,30,", "patient_ref"),
            ("a,p,spa,dr,s,2026-07-01 10:00,,", "end"),
            ("a,p,spa,dr,s,2026-07-01 10:00,-5,", "minutes"),
            ("a,p,spa,dr,s,2026-07-01 10:00,30,napping", "stage"),
            ("a,p,spa,dr,s", nil), ("a,p,spa,dr,s,\"2026,30,", nil),
        ]
        for (row, column) in rows {
            let records = try bookings("ok,p,spa,dr,s,2026-07-01 09:00,30,", row)
            #expect(records.items.map(\.reference) == ["ok"], "\(row)")
            #expect(records.refusals.map(\.column) == [column], "\(row)")
            #expect(records.refusals.map(\.source) == [SourceLine(line: 3)])
        }
    }

    @Test("a row's line is where it begins, however many lines its cells have")
    func lines() throws {
        let text =
            "\u{FEFF}external_ref,name,birth_date\r\n"
            + "\"a\",\"two\r\nlines\",\r\n\r\nb,B,1.1.2001\r\n"
        let records = try read(PatientSheet.self, text)
        #expect(records.items.map(\.source) == [SourceLine(line: 2)])
        #expect(records.refusals.map(\.source) == [SourceLine(line: 5)])
        #expect(records.refusals.map(\.column) == ["birth_date"])
    }

    @Test("a heading without what is needed, or with what is not known, is no file of this kind")
    func headings() throws {
        for text in ["", "external_ref\n", "external_ref,name,nmae\n", "name,name,external_ref\n"] {
            #expect(throws: CommandFailure.self) { try read(PatientSheet.self, text) }
        }
        #expect(try read(PatientSheet.self, "NAME,External_Ref\nA,a\n").items.count == 1)
    }

    @Test("a stage alone tells a history: booked, and then in that stage; slotd tells since when")
    func stages() throws {
        func history(_ stage: String) throws -> [String] {
            try only(try bookings("b,p,spa,dr,s,2026-07-01T10:00:00Z,30,\(stage)"))
                .stageHistory.map { $0.stage.word + ($0.hasAt ? " dated" : "") }
        }
        #expect(try history("") == [])
        #expect(try history("new") == ["new"])
        #expect(try history("CHECK_IN") == ["new", "check-in"])
        #expect(try history("no-show") == ["new", "no-show"])
    }

    @Test("a stage that is not the last of the history is refused, and so is an end that is not")
    func contradictions() throws {
        let heading =
            "external_ref,patient_ref,location_ref,provider_ref,service_ref,start,end,minutes,"
            + "stage,history\n"
        for (row, column) in [
            ("b,p,spa,dr,s,2026-07-01 10:00,2026-07-01 11:00,30,,", "minutes"),
            ("b,p,spa,dr,s,2026-07-01 10:00,2026-07-01 10:00,,,", "end"),
            (
                "b,p,spa,dr,s,2026-07-01 10:00,,30,new,"
                    + "\"new,2026-06-01 09:00\ncheckout,2026-07-01 11:00\"",
                "stage"
            ),
            ("b,p,spa,dr,s,2026-07-01 10:00,,30,,nap", "history"),
            ("b,p,spa,dr,s,2026-07-01 10:00,,30,,\"nap,2026-06-01 09:00\"", "history"),
        ] {
            let records = try read(BookingSheet.self, heading + row + "\n")
            #expect(records.refusals.map(\.column) == [column], "\(row)")
        }
    }

    @Test("procedures name no place: their local times are told by --time-zone, or not at all")
    func procedureTimes() throws {
        let text =
            "external_ref,patient_ref,booking_ref,procedure_type_ref,started_at,status\n"
            + "x,p,b,t,2026-07-01 10:00,in-progress\n"
        #expect(try read(ProcedureSheet.self, text).refusals.map(\.column) == ["started_at"])
        let records = try read(ProcedureSheet.self, text, fallback: "Europe/Berlin")
        let procedure = try #require(
            records.items.first.flatMap { ProcedureSheet.unwrap($0.record) })
        #expect(procedure.startedAt == rfc3339Moment("2026-07-01T08:00:00Z")?.timestamp)
        #expect(procedure.status == .inProgress)
    }

    @Test("a field that slotd complains of is found among the columns")
    func fields() {
        for (path, column) in [
            ("booking.start", "start"), ("patient_ref", "patient_ref"),
            ("booking.stage_history[2].at", "history"), ("released_at", "released_at"),
            ("booking.further_segments[0].provider_ref", "provider_ref"),
        ] { #expect(BookingSheet.columnName(ofPath: path) == column) }
        #expect(ProcedureSheet.columnName(ofPath: "procedure.signature.at") == "signed_at")
        #expect(PatientSheet.columnName(ofPath: "patient.birth_date.day") == "birth_date")
        #expect(PatientSheet.columnName(ofPath: "record") == nil)
        #expect(PatientSheet.columnName(ofPath: "") == nil)
    }

    // MARK: Round trip

    @Test("whatever the texts, a record's row is read as the record", arguments: 1...30)
    func roundTrip(seed: UInt64) throws {
        var texts = NastyTexts(seed: seed)
        let zones = try zones()
        var text = BookingSheet.heading
        var booked: [Slotd_V1_ImportBooking] = []
        for _ in 0..<10 {
            booked.append(texts.booking(), to: &text) { BookingSheet.line($0, zones) }
        }
        let records = try read(BookingSheet.self, text)
        #expect(records.refusals.isEmpty, "seed \(seed)")
        #expect(records.items.compactMap { BookingSheet.unwrap($0.record) } == booked)

        text = PatientSheet.heading
        var patients: [Slotd_V1_Patient] = []
        for _ in 0..<10 {
            patients.append(texts.patient(), to: &text) { PatientSheet.line($0, zones) }
        }
        #expect(
            try read(PatientSheet.self, text).items.compactMap { PatientSheet.unwrap($0.record) }
                == patients)

        text = ProcedureSheet.heading
        var procedures: [Slotd_V1_ImportProcedure] = []
        for _ in 0..<10 {
            procedures.append(texts.procedure(), to: &text) { ProcedureSheet.line($0, zones) }
        }
        #expect(
            try read(ProcedureSheet.self, text).items.compactMap {
                ProcedureSheet.unwrap($0.record)
            } == procedures)
    }
}

extension Array {
    /// Adds a record here and its line there.
    fileprivate mutating func append(
        _ record: Element, to text: inout String, _ line: (Element) -> String
    ) {
        append(record)
        text += line(record)
    }
}

/// Records with texts that files and spreadsheets stumble over.
private struct NastyTexts {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(state: seed) }

    private mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(random.next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    private mutating func text(isFilled: Bool = false) -> String {
        let parts = [
            "=", "'", ",", "\"", "\n", "\r\n", "\r", "\t", "@", "-", "a", "é", "日", "👩‍⚕️",
            "\u{301}", "\u{FEFF}", " ", "\u{0}", "0",
        ]
        let count = number(isFilled ? 1...5 : 0...5)
        return (0..<count).map { _ in parts[Int(number(0...Int64(parts.count - 1)))] }.joined()
    }

    private mutating func time(whole: Bool = true) -> Google_Protobuf_Timestamp {
        var time = Google_Protobuf_Timestamp(seconds: number(-10_000_000...60_000_000) * 60)
        if !whole {
            time.seconds += number(0...59)
            time.nanos = Int32(number(0...999)) * 1_000_000
        }
        return time
    }

    mutating func patient() -> Slotd_V1_Patient {
        var patient = Slotd_V1_Patient()
        patient.externalRef = text(isFilled: true)
        patient.name = text(isFilled: true)
        if number(0...1) == 1 {
            patient.birthDate = LocalDate(dayNumber: Int32(number(-30_000...20_000))).message
        }
        patient.phone = text()
        patient.email = text()
        return patient
    }

    mutating func booking() -> Slotd_V1_ImportBooking {
        var booking = Slotd_V1_ImportBooking()
        booking.externalRef = text(isFilled: true)
        booking.patientRef = text(isFilled: true)
        booking.locationRef = number(0...1) == 0 ? "spa" : text(isFilled: true)
        booking.providerRef = text(isFilled: true)
        booking.serviceRef = text(isFilled: true)
        booking.start = time()
        booking.end.seconds = booking.start.seconds + 60 * number(1...600)
        booking.note = text()
        if number(0...1) == 1 { booking.bookedAt = time(whole: false) }
        if number(0...1) == 1 { booking.releasedAt = time() }
        for _ in 0..<number(0...3) {
            var segment = Slotd_V1_ImportSegment()
            segment.providerRef = text()
            segment.serviceRef = text()
            segment.start = time()
            segment.end = time()
            booking.furtherSegments.append(segment)
        }
        for _ in 0..<number(0...4) {
            var change = Slotd_V1_StageChange()
            change.stage = Slotd_V1_Stage.known[Int(number(0...9))]
            change.at = time(whole: false)
            change.actor = text()
            booking.stageHistory.append(change)
        }
        return booking
    }

    mutating func procedure() -> Slotd_V1_ImportProcedure {
        var procedure = Slotd_V1_ImportProcedure()
        procedure.externalRef = text(isFilled: true)
        procedure.patientRef = text(isFilled: true)
        procedure.bookingRef = text(isFilled: true)
        procedure.procedureTypeRef = text(isFilled: true)
        procedure.status = [.draft, .inProgress, .completed, .signed][Int(number(0...3))]
        procedure.consultOnly = number(0...1) == 1
        procedure.startedAt = time(whole: false)
        if number(0...1) == 1 { procedure.completedAt = time(whole: false) }
        procedure.segment = Int32(number(0...16))
        if number(0...1) == 1 {
            procedure.signature.actor = text()
            procedure.signature.at = time(whole: false)
            procedure.signature.permittedBy = text()
        }
        return procedure
    }
}

/// Repeats for a seed (https://prng.di.unimi.it/splitmix64.c).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
