internal import Foundation
internal import GRPCWire
internal import Gzip
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

struct ImportTests {
    private var folder: String {
        Bundle.module.bundleURL.appendingPathComponent("Fixtures/fhir").path
    }

    private func mapping() throws -> FHIRMapping {
        FHIRMapping(
            try FHIRData.read(folder: folder), zone: try Zone(name: "America/New_York"))
    }

    private func bookings(_ mapping: FHIRMapping) -> [Slotd_V1_ImportBooking] {
        mapping.items.compactMap { item in
            if case .booking(let booking) = item.record { booking } else { nil }
        }
    }

    @Test("resources become records, what is named before what names it")
    func order() throws {
        let mapping = try mapping()
        #expect(mapping.refusals.isEmpty)
        let kinds = mapping.items.map(\.kind)
        #expect(kinds == kinds.sorted { $0.rawValue < $1.rawValue })
        let counts = ImportKind.allCases.map { kind in kinds.count { $0 == kind } }
        #expect(counts == [3, 3, 0, 3, 3, 2, 4, 3])
        #expect(mapping.strangeOffsetCount == 0)
    }

    @Test("encounters go in order of start, then id, with both ends cut to the minute")
    func encounters() throws {
        let bookings = bookings(try mapping())
        #expect(
            bookings.map { $0.externalRef.prefix(8) } == [
                "8ce495b5", "286b1518", "7bd5fb38", "72487535",
            ])
        #expect(Moment(bookings[0].start).rfc3339() == "1928-11-05T10:50:00Z")
        #expect(Moment(bookings[0].end).rfc3339() == "1928-11-05T11:05:00Z")
        #expect(bookings[0].serviceRef == "http://snomed.info/sct|185347001")
        #expect(bookings[0].providerRef == "9999974394")
        #expect(bookings[0].stageHistory.map(\.stage) == [.new, .checkIn, .checkout])
        #expect(bookings[1].start == bookings[2].start)
        #expect(bookings[1].providerRef == bookings[2].providerRef)
    }

    @Test("a location without a name is called by its description")
    func nameless() throws {
        let names = try mapping().items.compactMap { item in
            if case .location(let location) = item.record { location.name } else { nil }
        }
        #expect(names.contains("Patient's Home"))
    }

    @Test("a service has the duration of its first visit and the providers of all")
    func services() throws {
        let service = try #require(
            try mapping().items.lazy.compactMap { item -> Slotd_V1_Service? in
                if case .service(let service) = item.record { service } else { nil }
            }.first { $0.externalRef.hasSuffix("|439708006") })
        #expect(service.name == "Home visit (procedure)")
        #expect(service.durationsMinutes == [15])
        #expect(service.providerIds == ["ref:9999919191"])
    }

    private func visit(
        _ start: String?, _ end: String?, status: String = "finished"
    ) throws -> FHIRMapping {
        var data = try FHIRData.read(folder: folder)
        data.encounters = [data.encounters[0]]
        data.procedures = []
        let original = data.encounters[0]
        var encounter = original.resource
        encounter.period = FHIRPeriod(start: start, end: end)
        encounter.status = status
        data.encounters = [FHIREntry(source: original.source, resource: encounter)]
        return FHIRMapping(data, zone: try Zone(name: "America/New_York"))
    }

    @Test("a visit within one minute gets that minute; one that ends before it starts is refused")
    func shortVisits() throws {
        let short = try visit("2020-01-01T09:00:10-05:00", "2020-01-01T09:00:50-05:00")
        #expect(short.lengthenedCount == 1)
        let booking = try #require(bookings(short).first)
        #expect(booking.end.seconds - booking.start.seconds == 60)
        for (start, end, status) in [
            ("2020-01-01T09:00:00-05:00", "2020-01-01T08:59:59-05:00", "finished"),
            ("2020-01-01", "2020-01-01T08:59:59-05:00", "finished"),
            ("2020-01-01T09:00:00-05:00", nil, "finished"),
            ("2020-01-01T09:00:00-05:00", "2020-01-01T09:30:00-05:00", "entered-in-error"),
        ] {
            let mapping = try visit(start, end, status: status)
            #expect(mapping.refusals.map(\.kind) == [.booking])
            #expect(mapping.refusals[0].line.hasPrefix("Encounter.ndjson:1: Encounter."))
        }
        let elsewhere = try visit("2020-01-01T09:00:00+01:00", "2020-01-01T09:30:00+01:00")
        #expect(elsewhere.strangeOffsetCount == 1)
    }

    @Test("statuses become stages that the board's machine allows")
    func statuses() throws {
        let expected: [(String, Slotd_V1_Stage)] = [
            ("planned", .new), ("arrived", .checkIn), ("in-progress", .inProcedure),
            ("finished", .checkout), ("cancelled", .cancelled),
        ]
        for (status, stage) in expected {
            let mapping = try visit(
                "2020-01-01T09:00:00-05:00", "2020-01-01T09:30:00-05:00", status: status)
            #expect(bookings(mapping).first?.stageHistory.last?.stage == stage, "\(status)")
        }
    }

    @Test("lines are numbered from 1, whatever the pieces they come in and however they end")
    func lines() throws {
        let text = Array("{\"a\":1}\n\r\n{\"b\":2}\r\n\nlast".utf8)
        for size in 1...text.count {
            var splitter = LineSplitter(file: "X.ndjson")
            var seen: [String] = []
            func take(_ source: SourceLine, _ bytes: [UInt8]) {
                seen.append("\(source) \(String(decoding: bytes, as: UTF8.self))")
            }
            for start in stride(from: 0, to: text.count, by: size) {
                try splitter.push(Array(text[start..<min(start + size, text.count)]), take)
            }
            try splitter.finish(take)
            #expect(
                seen == ["X.ndjson:1 {\"a\":1}", "X.ndjson:3 {\"b\":2}", "X.ndjson:5 last"])
        }
    }

    @Test("a file that is cut short, or is no gzip, is told by name")
    func damaged() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("slotctl-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var deflater = Deflater()
        let whole = deflater.compress(Array("{\"id\":\"a\"}\n{\"id\":\"b\"}\n".utf8))
        for bytes in [Array(whole.dropLast(3)), Array("{}".utf8)] {
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/Encounter.ndjson.gz"))
            #expect { try FHIRData.read(folder: folder) } throws: { error in
                (error as? CommandFailure)?.message.contains("Encounter.ndjson.gz") == true
            }
        }
        try FileManager.default.removeItem(atPath: folder + "/Encounter.ndjson.gz")
        try Data("{\"id\":\"a\"}\n{oops\n".utf8).write(
            to: URL(fileURLWithPath: folder + "/Encounter.ndjson"))
        #expect { try FHIRData.read(folder: folder) } throws: { error in
            (error as? CommandFailure)?.message.contains("Encounter.ndjson:2") == true
        }
    }

    /// A stream that answers as the daemon does: in order, refusing the given bookings.
    private func stream(
        refusing refused: Set<String>, unanswered: @escaping @Sendable (Int) -> Void
    ) -> MessageStream {
        let waiting = Mutex<[Slotd_V1_ImportRequest]>([])
        return MessageStream(
            send: { bytes throws(Status) in
                let request = try! Slotd_V1_ImportRequest(serializedBytes: bytes)
                let count = waiting.withLock {
                    $0.append(request)
                    return $0.count
                }
                unanswered(count)
            },
            halfClose: {},
            next: { () throws(Status) -> [UInt8]? in
                let request = waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                guard let request else { return nil }
                let answer = Slotd_V1_ImportResponse.with {
                    $0.sequence = request.sequence
                    $0.outcome = .created
                    switch request.record {
                    case .booking(let booking) where refused.contains(booking.externalRef):
                        $0.outcome = .refused
                        $0.reason = .slotTaken
                        $0.message = "the provider has another booking"
                        $0.blockingIds = ["booking_x"]
                    case .procedure(let procedure) where refused.contains(procedure.bookingRef):
                        $0.outcome = .refused
                        $0.reason = .unknownRecord
                    default: break
                    }
                }
                return try! answer.serializedBytes()
            })
    }

    @Test("refusals are told with line, reason and what blocks; a procedure's with its encounter's")
    func refusals() async throws {
        let daemon = FakeDaemon()
        let mapping = try mapping()
        let refused = "7bd5fb38-357b-5ba2-997c-9e0966ef39a9"
        let most = Mutex(0)
        let stream = stream(refusing: [refused]) { count in
            most.withLock { $0 = max($0, count) }
        }
        let said = Mutex("")
        let progress = Progress("Importing", total: mapping.items.count, terminal: Terminal()) {
            text in said.withLock { $0 += text }
        }
        let session = try daemon.session(opening: stream)
        var run = ImportRun(
            session: session, items: ImportItems(mapping.items), progress: progress)
        let tally = try await run.run()
        #expect(tally[.booking] == .init(created: 3, refused: 1))
        #expect(tally[.procedure] == .init(created: 2, refused: 1))
        #expect(!tally.isUnchanged)
        #expect(most.withLock { $0 } <= ImportRun.window)
        let text = said.withLock { $0 }
        #expect(
            text.contains(
                "Encounter.ndjson:3: the provider has another booking (SLOT_TAKEN: booking_x)\n"))
        #expect(
            text.contains(
                "Procedure.ndjson:1: its encounter \(refused) (Encounter.ndjson:3) was refused: "
                    + "SLOT_TAKEN (UNKNOWN_RECORD)\n"))
        #expect(text.contains("Importing 50 % ("))
    }

    @Test("never more than the window waits for an answer")
    func window() async throws {
        let item = try #require(try mapping().items.first)
        let items = [ImportItem](repeating: item, count: 1000)
        let most = Mutex(0)
        let stream = stream(refusing: []) { count in most.withLock { $0 = max($0, count) } }
        let progress = Progress("", total: 0, terminal: Terminal()) { _ in }
        let session = try FakeDaemon().session(opening: stream)
        var run = ImportRun(session: session, items: ImportItems(items), progress: progress)
        #expect(try await run.run()[.location].created == 1000)
        #expect(most.withLock { $0 } == ImportRun.window)
    }

    @Test("a stream that ends early is a failure that says how far it came")
    func brokenStream() async throws {
        let items = try mapping().items
        let stream = MessageStream(
            send: { _ in }, halfClose: {},
            next: { () throws(Status) -> [UInt8]? in throw Status(.unavailable, "gone") })
        let progress = Progress("", total: 0, terminal: Terminal()) { _ in }
        var run = ImportRun(
            session: try FakeDaemon().session(opening: stream), items: ImportItems(items),
            progress: progress)
        await #expect { try await run.run() } throws: { error in
            guard let failure = error as? CommandFailure else { return false }
            return failure.exitStatus == .unavailable
                && failure.message.hasPrefix("gone (after 0 of ")
        }
    }

    @Test("progress is a bar on a terminal, and at most ten lines elsewhere")
    func progress() {
        let said = Mutex("")
        func run(_ terminal: Terminal) -> String {
            said.withLock { $0 = "" }
            let progress = Progress("Importing", total: 1000, terminal: terminal) { text in
                said.withLock { $0 += text }
            }
            for done in 1...1000 { progress.show(done) }
            progress.finish()
            return said.withLock { $0 }
        }
        let lines = run(Terminal()).split(separator: "\n")
        #expect(lines.count == 10)
        #expect(lines.first == "Importing 10 % (100 of 1000)")
        #expect(lines.last == "Importing 100 % (1000 of 1000)")
        let bar = run(Terminal(isErrorTerminal: true))
        #expect(bar.contains("50 %  500 of 1000"))
        #expect(bar.hasSuffix("\r\u{1B}[K"))
    }
}
