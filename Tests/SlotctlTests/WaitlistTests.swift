internal import ArgumentParser
internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

struct WaitlistTests {
    private static let ada = testID(.patient, "a")
    private static let kim = testID(.provider, "k")
    private static let peel = testID(.service, "p")
    private static let place = testID(.location, "d")

    private static func entry(
        _ last: Character, _ status: Slotd_V1_WaitlistStatus
    ) -> Slotd_V1_WaitlistEntry {
        .with {
            $0.id = testID(.waitlist, last)
            $0.version = 2
            $0.patientID = ada
            $0.locationID = place
            $0.segments = [
                .with {
                    $0.serviceID = peel
                    $0.durationMinutes = 30
                    $0.providerIds = [kim]
                }
            ]
            $0.earliest = rfc3339Moment("2026-11-24T14:00Z")!.timestamp
            $0.latest = rfc3339Moment("2026-11-28T05:00Z")!.timestamp
            $0.status = status
            $0.createdAt = rfc3339Moment("2026-11-24T13:00Z")!.timestamp
            guard status == .offered else { return }
            $0.offer = .with {
                $0.holdID = testID(.hold, "h")
                $0.start = rfc3339Moment("2026-11-25T15:00Z")!.timestamp
                $0.end = rfc3339Moment("2026-11-25T15:30Z")!.timestamp
                $0.providerID = kim
                $0.expiresAt = rfc3339Moment("2026-11-24T13:15:30Z")!.timestamp
            }
        }
    }

    private func daemon() -> FakeDaemon {
        let daemon = FakeDaemon()
        daemon.on(Methods.CatalogService.listLocations) { _ in
            .with {
                $0.locations = [
                    .with {
                        $0.id = Self.place
                        $0.name = "Downtown"
                        $0.timeZone = "America/New_York"
                    }
                ]
            }
        }
        daemon.on(Methods.CatalogService.listProviders) { _ in
            .with {
                $0.providers = [
                    .with {
                        $0.id = Self.kim
                        $0.name = "Dr. Kim"
                    }
                ]
            }
        }
        daemon.on(Methods.CatalogService.listServices) { _ in
            .with {
                $0.services = [
                    .with {
                        $0.id = Self.peel
                        $0.name = "Peel"
                    }
                ]
            }
        }
        daemon.on(Methods.CatalogService.listResources) { _ in .init() }
        daemon.on(Methods.PatientService.getPatient) { _ in
            .with {
                $0.patient.id = Self.ada
                $0.patient.name = "Ada Lovelace"
            }
        }
        daemon.on(Methods.BookingService.listWaitlist) { request in
            .with {
                $0.entries = [
                    Self.entry("1", .waiting), Self.entry("2", .offered), Self.entry("3", .left),
                ].filter {
                    (request.statuses.isEmpty ? [.waiting, .offered] : request.statuses)
                        .contains($0.status)
                }
            }
        }
        return daemon
    }

    @Test("joining sends the wish with its window by the location's clock, and shows the offer")
    func join() async throws {
        let daemon = daemon()
        let sent = Mutex<Slotd_V1_JoinWaitlistRequest?>(nil)
        daemon.on(Methods.BookingService.joinWaitlist) { request in
            sent.withLock { $0 = request }
            return .with { $0.entry = Self.entry("2", .offered) }
        }
        let arguments = [
            "--patient", Self.ada, "--segment", "Peel:30@Kim", "--from", "tomorrow 9:00", "--to",
            "fri", "--offer-time", "2h", "--priority", "5",
        ]
        try await WaitlistJoin.parse(arguments).run(try daemon.session(.table))
        let wish = try #require(sent.withLock { $0 }).entry
        #expect(wish.patientID == Self.ada && wish.locationID == Self.place)
        #expect(wish.segments.map(\.providerIds) == [[Self.kim]])
        #expect(Moment(wish.earliest).rfc3339() == "2026-11-25T14:00:00Z")
        #expect(Moment(wish.latest).rfc3339() == "2026-11-27T05:00:00Z")
        #expect(wish.offerSeconds == 7200 && wish.priority == 5)
        #expect(daemon.lines.contains { $0.hasSuffix("Peel 30 min with Dr. Kim") })
        #expect(
            daemon.lines.contains {
                $0.hasSuffix("Tue 24 Nov 2026 09:00 – Fri 27 Nov 2026 24:00")
            })
        #expect(
            daemon.notes == [
                "",
                "Offered: Wed 25 Nov 2026 10:00–10:30 with Dr. Kim, held until 08:15:30. "
                    + "To take it:",
                "  slotctl booking create --patient \(Self.ada) --hold \(testID(.hold, "h"))",
                "To let it go and wait on: slotctl hold release \(testID(.hold, "h"))",
            ])
    }

    @Test("a length of an offer or a priority out of range is refused before anything is sent")
    func badWishes() {
        for bad in [["--offer-time", "30s"], ["--offer-time", "25h"], ["--priority=-1001"]] {
            #expect(throws: (any Error).self) {
                try WaitlistJoin.parse(["--patient", "x", "--service", "y"] + bad)
            }
        }
    }

    @Test("the list says what is waited for and what is offered; machines get ids and --segment")
    func list() async throws {
        let people = daemon()
        try await WaitlistList.parse([]).run(try people.session(.table))
        let text = people.lines.joined(separator: "\n")
        #expect(text.contains("Ada") && text.contains("waiting") && text.contains("offered"))
        #expect(!text.contains("left"))
        let machine = daemon()
        try await WaitlistList.parse(["--status", "offered"]).run(try machine.session(.csv))
        #expect(machine.lines.count == 2)
        #expect(machine.lines[0].hasPrefix("id,status,patient_id,location_id,segments,earliest,"))
        #expect(machine.lines[1].contains("\(Self.peel):30@\(Self.kim)"))
        #expect(machine.lines[1].contains("\(testID(.hold, "h")),2026-11-25T15:00:00Z,"))
        #expect(machine.notes.isEmpty)
    }

    @Test("an entry is found by its id or the end of it, whatever became of it")
    func show() async throws {
        for name in [testID(.waitlist, "3"), "00003", "…00003"] {
            let daemon = daemon()
            try await WaitlistShow.parse([name]).run(try daemon.session(.ndjson))
            #expect(daemon.lines.count == 1)
            #expect(daemon.lines[0].contains("WAITLIST_STATUS_LEFT"))
        }
        for name in ["", "3", "99999", testID(.waitlist, "9")] {
            let session = try daemon().session()
            await #expect(throws: CommandFailure.self) {
                try await WaitlistShow.parse([name]).run(session)
            }
        }
    }

    @Test("leaving takes the entry off, by the version that was seen")
    func leave() async throws {
        let daemon = daemon()
        let sent = Mutex<Slotd_V1_LeaveWaitlistRequest?>(nil)
        daemon.on(Methods.BookingService.leaveWaitlist) { request in
            sent.withLock { $0 = request }
            return .with { $0.entry = Self.entry("1", .left) }
        }
        try await WaitlistLeave.parse(["00001", "--if-version", "2", "--request-id", "r"])
            .run(try daemon.session())
        let request = try #require(sent.withLock { $0 })
        #expect(request.entryID == testID(.waitlist, "1"))
        #expect(request.expectedVersion == 2 && request.requestID == "r")
        #expect(daemon.lines[0].split(separator: "\t")[1] == "left")
    }
}
