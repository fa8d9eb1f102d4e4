internal import ArgumentParser
internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

/// What the trail looks like at a terminal, and what a script gets of it.
struct AuditTests {
    private static let booking = testID(.booking, "b")
    private static let patient = testID(.patient, "a")

    private static func event(
        _ revision: Int64, _ rpc: String, _ changes: [Slotd_V1_RecordChange], reason: String = ""
    ) -> Slotd_V1_TrailEvent {
        .with {
            $0.revision = revision
            $0.at = rfc3339Moment("2026-11-24T14:30:00Z")!.timestamp
            $0.actor = "kim"
            $0.rpc = rpc
            $0.changes = changes
            $0.reason = reason
        }
    }

    private static func change(
        _ kind: String, _ id: String, _ before: Int64, _ after: Int64,
        _ fields: [Slotd_V1_FieldChange] = []
    ) -> Slotd_V1_RecordChange {
        .with {
            $0.kind = kind
            $0.recordID = id
            $0.beforeVersion = before
            $0.afterVersion = after
            $0.fields = fields
        }
    }

    private static func field(
        _ name: String, _ before: String, _ after: String
    ) -> Slotd_V1_FieldChange {
        .with {
            $0.field = name
            $0.before = before
            $0.after = after
        }
    }

    private static let moved = event(
        9, "BoardService/MoveBooking",
        [change("booking", booking, 1, 2, [field("stage", "\"STAGE_NEW\"", "\"STAGE_CHECK_IN\"")])],
        reason: "early")

    @Test("the list asks for what the options say, and goes on page after page")
    func list() async throws {
        let daemon = FakeDaemon()
        let asked = Mutex<[Slotd_V1_ListEventsRequest]>([])
        daemon.on(Methods.AdminService.listEvents) { (request: Slotd_V1_ListEventsRequest) in
            asked.withLock { $0.append(request) }
            return .with {
                if request.pageToken.isEmpty {
                    // A page may be empty and yet not be the last one.
                    $0.nextPageToken = "2"
                } else {
                    $0.events = [Self.moved]
                }
            }
        }
        let command = try AuditList.parse([
            "--by", "kim", "--rpc", "BoardService/MoveBooking", "--from", "2026-11-24T00:00Z",
            "--with-request-id", "r-1",
        ])
        try await command.run(try daemon.session())
        let requests = asked.withLock { $0 }
        #expect(requests.map(\.pageToken) == ["", "2"])
        #expect(requests[0].actor == "kim" && requests[0].rpc == "BoardService/MoveBooking")
        #expect(requests[0].withRequestID == "r-1" && requests[0].newestFirst)
        #expect(Moment(requests[0].from).rfc3339() == "2026-11-24T00:00:00Z")
        // Who is asked about is another one than who asks.
        #expect(daemon.metadata.allSatisfy { $0.first("x-slotd-actor") == "ada" })
        let line = try #require(daemon.lines.last)
        #expect(line.hasPrefix("9\t2026-11-24T14:30:00Z\tkim\tBoardService/MoveBooking\t"))
        #expect(line.contains("booking …0000b 1→2"))
        #expect(line.contains("stage: \"STAGE_NEW\" → \"STAGE_CHECK_IN\""))
    }

    @Test("a table tells records in a word or two, and fields only in a record's own history")
    func tables() async throws {
        let created = Self.event(
            8, "PatientService/UpdatePatient",
            [
                Self.change(
                    "patient", Self.patient, 3, 4,
                    [
                        .with {
                            $0.field = "phone"
                            $0.redacted = true
                        }
                    ]),
                Self.change("attachment", testID(.booking, "c"), 2, 0),
                .with {
                    $0.kind = "hold"
                    $0.recordID = testID(.hold, "h")
                    $0.removed = true
                },
                Self.change("charge", testID(.booking, "d"), 0, 1),
            ])
        func lines(_ arguments: [String]) async throws -> String {
            let daemon = FakeDaemon()
            daemon.on(Methods.AdminService.listEvents) { _ in
                .with { $0.events = [created] }
            }
            let command = try AuditList.parse(arguments)
            try await command.run(try daemon.session(.table, columns: 200))
            return daemon.lines.joined(separator: "\n")
        }
        #expect(
            created.changesText
                == "patient …0000a 3→4, attachment …0000c changed, hold …0000h removed, "
                + "charge …0000d made")
        #expect(created.fieldsText == "phone changed (not told)")
        let all = try await lines([])
        #expect(all.contains("patient …0000a 3→4") && !all.contains("phone"), "\(all)")
        let one = try await lines(["--record", Self.patient])
        #expect(one.contains("phone changed"), "\(one)")
    }

    @Test("verify says sound, or its findings with the exit status for them, in every format")
    func verify() async throws {
        func run(_ format: OutputFormat, sound: Bool) async throws -> [String] {
            let daemon = FakeDaemon()
            daemon.on(Methods.AdminService.verify) { (request: Slotd_V1_VerifyRequest) in
                #expect(request.anchors == ["slotd-anchor 1 org 9 ab"])
                return .with {
                    $0.sound = sound
                    $0.events = 1
                    $0.bookings = 2
                    if !sound { $0.findings = ["revision 7 was changed"] }
                }
            }
            let command = try AuditVerify.parse(["--anchor", "slotd-anchor 1 org 9 ab"])
            let session = try daemon.session(format)
            if sound {
                try await command.run(session)
            } else {
                await #expect {
                    try await command.run(session)
                } throws: { error in
                    (error as? CommandFailure)?.exitStatus == .findings
                }
            }
            #expect(
                format != .table || daemon.notes == ["1 event and 2 bookings checked."],
                "\(daemon.notes)")
            return daemon.lines
        }
        #expect(try await run(.table, sound: true) == ["sound"])
        #expect(try await run(.table, sound: false) == ["revision 7 was changed"])
        #expect(try await run(.tsv, sound: false) == ["revision 7 was changed"])
        #expect(try await run(.csv, sound: false) == ["finding", "revision 7 was changed"])
        #expect(try await run(.ndjson, sound: true).joined().contains("\"sound\":true"))
    }

    @Test("an anchor is printed of a sound trail that has links, and of no other")
    func anchor() async throws {
        func run(_ reply: Slotd_V1_VerifyResponse) async throws -> [String] {
            let daemon = FakeDaemon()
            daemon.on(Methods.AdminService.verify) { _ in reply }
            try await AuditAnchor.parse([]).run(try daemon.session())
            return daemon.lines
        }
        let line = "slotd-anchor 1 org 9 ab"
        let sound = Slotd_V1_VerifyResponse.with {
            $0.sound = true
            $0.anchor = line
        }
        #expect(try await run(sound) == [line])
        await #expect(throws: CommandFailure.self) { _ = try await run(.init()) }
        await #expect(throws: CommandFailure.self) {
            _ = try await run(.with { $0.sound = true })
        }
    }

    @Test("a booking's history is told in its own zone, the earliest first, and after it is gone")
    func history() async throws {
        let daemon = FakeDaemon()
        daemon.on(Methods.BookingService.getBooking) { _ in
            throw Status(.notFound, "there is no such booking")
        }
        daemon.on(Methods.AdminService.listEvents) { (request: Slotd_V1_ListEventsRequest) in
            #expect(request.recordID == Self.booking && !request.newestFirst)
            return .with { $0.events = [Self.moved] }
        }
        let session = try daemon.session(.tsv)
        try await BookingHistory.parse([Self.booking]).run(session)
        #expect(daemon.lines.contains { $0.contains("BoardService/MoveBooking") })
        #expect(daemon.lines.contains { $0.contains("early") })
        let forPeople = try daemon.session(.table)
        try await BookingHistory.parse([Self.booking]).run(forPeople)
        #expect(
            daemon.lines.suffix(3) == [
                "Tue 24 Nov 2026 14:30  BoardService/MoveBooking by kim: early  revision 9",
                "    booking …0000b 1→2", "      stage: STAGE_NEW → STAGE_CHECK_IN",
            ], "\(daemon.lines)")
        // What is not there and is no whole id was never there.
        await #expect(throws: CommandFailure.self) {
            try await BookingHistory.parse(["ref:gone"]).run(session)
        }
    }
}
