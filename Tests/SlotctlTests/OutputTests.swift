internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

struct OutputTests {
    @Test("CSV quotes what needs quotes and disarms formulas")
    func csv() {
        #expect(
            CSVText.guardedLine(["a,b", "say \"hi\"", "two\nlines"])
                == "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"")
        #expect(CSVText.guardedLine(["=a,b", "5", ""]) == "\"'=a,b\",5,")
        #expect(CSVText.guardedLine([""]) == "\"\"")
    }

    @Test("TSV never breaks its own lines")
    func tsv() {
        #expect(TSVText.line(["a\tb", "c\r\nd", "e"]) == "a b\tc d\te")
        #expect(TSVText.line(["a\t\u{301}b\n\u{301}\u{2028}\r"]) == "a \u{301}b \u{301}  ")
    }

    @Test("a table is aligned by what is seen: wide characters count two, marks none")
    func width() {
        #expect(displayWidth("日本") == 4)
        #expect(displayWidth("e\u{301}") == 1)
        #expect(displayWidth("👩‍⚕️") == 2)
        #expect(clipped("日本語", to: 5) == "日本…")
        #expect(clipped("abc", to: 3) == "abc")
        #expect(clipped("abcd", to: 3) == "ab…")
        let table = TextTable(
            columns: [.init(title: "name"), .init(title: "n", isNumber: true), .init(title: "id")],
            rows: [[Cell("日本"), Cell("5"), Cell("x")], [Cell("Al"), Cell("12"), Cell("y")]])
        #expect(
            table.lines(width: nil, paint: .none) == [
                "name   n  id", "日本   5  x", "Al    12  y",
            ])
    }

    @Test("a table shrinks what may shrink, and becomes blocks when that is not enough")
    func narrow() {
        let table = TextTable(
            columns: [.init(title: "name", isFlexible: true), .init(title: "id")],
            rows: [[Cell("A very long name indeed"), Cell("booking_1")]])
        #expect(
            table.lines(width: 24, paint: .none) == [
                "name           id", "A very long …  booking_1",
            ])
        #expect(
            table.lines(width: 12, paint: .none) == [
                "name  A very long name indeed", "id    booking_1",
            ])
    }

    @Test("names cannot rewrite the screen")
    func harmless() {
        #expect(Cell("a\u{1B}[2Jb\nc\u{202E}d").text == "a\u{FFFD}[2Jb c\u{FFFD}d")
    }

    @Test("color is on for terminals alone, unless somebody says otherwise")
    func color() {
        func wants(_ flag: Bool?, _ terminal: Bool, _ environment: [String: String]) -> Bool {
            Terminal.wantsColor(flag, isTerminal: terminal, environment: environment)
        }
        #expect(wants(nil, true, [:]))
        #expect(!wants(nil, false, [:]))
        #expect(!wants(nil, true, ["NO_COLOR": "1"]))
        #expect(wants(nil, true, ["NO_COLOR": ""]))
        #expect(!wants(nil, true, ["TERM": "dumb"]))
        #expect(wants(nil, false, ["FORCE_COLOR": "1"]))
        #expect(!wants(nil, false, ["FORCE_COLOR": "1", "NO_COLOR": "1"]))
        #expect(wants(true, false, ["NO_COLOR": "1"]))
        #expect(!wants(false, true, [:]))
        #expect(Paint(isColored: true)("x", .bad) == "\u{1B}[31mx\u{1B}[0m")
    }

    @Test("JSON is indented without changing a value")
    func indentation() {
        let json = "{\"a\":[],\"b\":{},\"c\":[1,{\"d\":\"x,y:{\\\"}\"}],\"e\":\"\"}"
        #expect(
            JSONText.indented(json) == """
                {
                  "a": [],
                  "b": {},
                  "c": [
                    1,
                    {
                      "d": "x,y:{\\"}"
                    }
                  ],
                  "e": ""
                }
                """)
        #expect(JSONText.quoted("a\"\\\n\u{1}é") == "\"a\\\"\\\\\\n\\u0001é\"")
        #expect(JSONText.versioned("{}") == "{\"apiVersion\":\"slotd.v1\"}")
    }

    private let booking = Slotd_V1_Booking.with {
        $0.id = testID(.booking, "a")
        $0.version = 3
        $0.patientID = testID(.patient, "p")
        $0.stage = .checkIn
        $0.start = rfc3339Moment("2026-11-24T14:00Z")!.timestamp
        $0.end = rfc3339Moment("2026-11-24T14:30Z")!.timestamp
        $0.timeZone = "America/New_York"
        $0.utcOffsetMinutes = -300
        $0.note = "=x"
    }

    @Test("one record list in every format")
    func formats() throws {
        func lines(_ format: OutputFormat) throws -> [String] {
            let daemon = FakeDaemon()
            let names = Directory(names: [testID(.patient, "p"): "Ada"])
            try daemon.session(format).output.list([booking], as: .booking, names)
            return daemon.lines
        }
        let table = try lines(.table)
        #expect(table.count == 2)
        #expect(table[1].hasPrefix("Tue 24 Nov 2026 09:00–09:30  Check-in  Ada"))
        let tsv = try lines(.tsv)
        #expect(tsv.count == 1)
        #expect(
            tsv[0].hasPrefix(
                testID(.booking, "a")
                    + "\t2026-11-24T09:00:00-05:00\t2026-11-24T09:30:00-05:00\tcheck-in\t"))
        let csv = try lines(.csv)
        #expect(csv[0].hasPrefix("id,start,end,stage,patient_id,"))
        #expect(csv[1].contains(",'=x,"))
        let ndjson = try lines(.ndjson)
        #expect(ndjson.count == 1)
        #expect(ndjson[0].hasPrefix("{\"apiVersion\":\"slotd.v1\",\"id\":\"booking_"))
        #expect(ndjson[0].contains("\"start\":\"2026-11-24T14:00:00Z\""))
        #expect(ndjson[0].contains("\"version\":\"3\""))
        let json = try lines(.json)
        #expect(json[0].hasPrefix("{\n  \"apiVersion\": \"slotd.v1\",\n  \"bookings\": ["))
    }

    @Test("an empty list is an empty array in JSON, nothing in TSV, and a word for people")
    func empty() throws {
        for (format, count) in [(OutputFormat.json, 1), (.tsv, 0), (.ndjson, 0), (.csv, 1)] {
            let daemon = FakeDaemon()
            try daemon.session(format).output.list([], as: .booking)
            #expect(daemon.lines.count == count, "\(format)")
        }
        let daemon = FakeDaemon()
        try daemon.session(.table).output.list([], as: .booking)
        #expect(daemon.lines.isEmpty)
        #expect(daemon.notes == ["Nothing found."])
    }

    /// A peel by Kim and then a facial by Abel, with a procedure on the second.
    private var visit: Slotd_V1_Booking {
        var booking = booking
        let parts: [(Character, Character, Int64, Int64)] = [("p", "k", 0, 30), ("f", "b", 30, 45)]
        booking.segments = parts.enumerated().map { index, part in
            .with {
                $0.sequence = Int32(index + 1)
                $0.serviceID = testID(.service, part.0)
                $0.providerID = testID(.provider, part.1)
                $0.start = (Moment(booking.start) + part.2 * 60).timestamp
                $0.end = (Moment(booking.start) + (part.2 + part.3) * 60).timestamp
                $0.durationMinutes = Int32(part.3)
                $0.procedureID = index == 1 ? testID(.procedure, "q") : ""
            }
        }
        return booking
    }

    @Test("a visit of several services shows each of them, to people and to machines")
    func segments() throws {
        let names = Directory(names: [
            testID(.service, "p"): "Peel", testID(.service, "f"): "Facial",
            testID(.provider, "k"): "Kim", testID(.provider, "b"): "Abel",
        ])
        let people = FakeDaemon()
        let reply = Slotd_V1_GetBookingResponse.with { $0.booking = visit }
        try people.session(.table).output.single(visit, as: .booking, reply: reply, names)
        #expect(people.lines.contains("service     Peel + Facial"), "\(people.lines)")
        #expect(people.lines.contains("provider    Kim + Abel"))
        #expect(
            people.lines.contains {
                $0.hasSuffix(
                    "09:00–09:30 Peel, Kim; 09:30–10:15 Facial, Abel (\(testID(.procedure, "q")))")
            })
        let machine = FakeDaemon()
        try machine.session(.csv).output.list([visit], as: .booking)
        let heading = machine.lines[0].split(separator: ",")
        let row = machine.lines[1].split(separator: ",", omittingEmptySubsequences: false)
        let place = try #require(heading.firstIndex(of: "segments"))
        let specifications =
            "\(testID(.service, "p")):30@\(testID(.provider, "k")) "
            + "\(testID(.service, "f")):45@\(testID(.provider, "b"))"
        #expect(row[place] == specifications)
        for text in row[place].split(separator: " ") {
            #expect(try SegmentText(String(text)).providers.count == 1, "--segment takes it")
        }
        #expect(machine.lines[1].contains(",\(testID(.procedure, "q")),"))
    }

    @Test("a change of a booking is told by what is different, and nothing else")
    func differences() {
        var next = visit
        #expect(next.differences(from: visit) { $0 }.isEmpty)
        next.stage = .inProcedure
        next.segments[0].providerID = testID(.provider, "b")
        next.segments[1].procedureID = ""
        next.deposit = .with {
            $0.amount.minor = 5000
            $0.amount.currency = "USD"
        }
        next.paymentPending = true
        #expect(
            next.differences(from: visit) { $0.hasSuffix("b") ? "Abel\u{1B}" : $0 } == [
                "Check-in → In Procedure", "with Abel\u{FFFD}", "procedure detached",
                "deposit 5000 USD, payment pending",
            ])
        var moved = visit
        moved.start = (Moment(visit.start) + 3600).timestamp
        #expect(
            moved.differences(from: visit) { $0 } == ["moved to Tue 24 Nov 2026 10:00–09:30"])
    }

    @Test("a procedure shows what it was attached to before, whichever way that ended")
    func attachments() async throws {
        let daemon = FakeDaemon()
        daemon.on(Methods.ProcedureService.getProcedure) { _ in
            .with {
                $0.procedure.id = testID(.procedure, "q")
                $0.attachments = [Slotd_V1_AttachmentState.superseded, .detached, .active].map {
                    state in
                    .with {
                        $0.bookingID = testID(.booking, state == .detached ? "d" : "s")
                        $0.state = state
                        $0.segment = 2
                        $0.detachedAt = rfc3339Moment("2026-11-24T14:00Z")!.timestamp
                        $0.detachedBy = "ada"
                        $0.detachReason = "wrong card"
                    }
                }
            }
        }
        daemon.on(Methods.CatalogService.listLocations) { _ in .init() }
        daemon.on(Methods.CatalogService.listProcedureTypes) { _ in .init() }
        try await ProcedureShow.parse([testID(.procedure, "q")]).run(try daemon.session(.table))
        #expect(
            daemon.lines.suffix(2) == [
                "was attached to \(testID(.booking, "s")), segment 2 until "
                    + "2026-11-24T14:00:00Z, then reattached by ada: wrong card",
                "was attached to \(testID(.booking, "d")), segment 2 until "
                    + "2026-11-24T14:00:00Z, then detached by ada: wrong card",
            ])
    }

    @Test("outside UTF-8 the signs of typography become single ones of ASCII, and columns stay")
    func asciiTerminal() {
        var terminal = Terminal()
        #expect(terminal.shown("“a” – b…") == "“a” – b…")
        terminal.isUTF8 = false
        #expect(terminal.shown("“a” – b…") == "\"a\" - b~")
        #expect(terminal.shown("Zoë") == "Zoë")
    }
}
