internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

/// Edits of schedules are tried first, and tell whom they would strand.
struct ScheduleTests {
    private let place = testID(.location, "a")
    private let kim = testID(.provider, "b")
    private let room = testID(.resource, "c")

    private func daemon() -> FakeDaemon {
        let daemon = FakeDaemon()
        daemon.on(Methods.CatalogService.listLocations) { [place] _ in
            .with {
                $0.locations = [
                    .with {
                        $0.id = place
                        $0.name = "Downtown"
                        $0.timeZone = "America/New_York"
                    }
                ]
            }
        }
        daemon.on(Methods.CatalogService.listProviders) { [kim] _ in
            .with {
                $0.providers = [
                    .with {
                        $0.id = kim
                        $0.name = "Dr. Kim"
                    }
                ]
            }
        }
        daemon.on(Methods.CatalogService.listResources) { [room] _ in
            .with {
                $0.resources = [
                    .with {
                        $0.id = room
                        $0.name = "Room 1"
                    }
                ]
            }
        }
        return daemon
    }

    private var stranded: Slotd_V1_StrandedBooking {
        .with {
            $0.bookingID = testID(.booking, "d")
            $0.stage = .confirmed
            $0.start = rfc3339Moment("2026-12-24T15:00:00Z")!.timestamp
            $0.end = rfc3339Moment("2026-12-24T15:30:00Z")!.timestamp
            $0.locationID = place
            $0.providerID = kim
            $0.reasons = [.locationClosed, .timeOff]
        }
    }

    private func run<C: SessionCommand & ParsableCommand>(
        _ type: C.Type, _ arguments: [String], _ daemon: FakeDaemon,
        _ format: OutputFormat = .tsv
    ) async throws {
        let command = try #require(try C.parseAsRoot(arguments) as? C)
        try await command.run(daemon.session(format))
    }

    @Test("a trial says what it would strand, as a table for people and as rows for machines")
    func trial() async throws {
        let daemon = daemon()
        let seen = Mutex<[Slotd_V1_AddClosureRequest]>([])
        daemon.on(Methods.ScheduleService.addClosure) { [stranded] request in
            seen.withLock { $0.append(request) }
            return .with {
                $0.stranded = [stranded]
                $0.strandedCount = 1
            }
        }
        let words = ["downtown", "2026-12-24", "--note", "Christmas"]
        try await run(ScheduleAddClosure.self, words + ["--dry-run"], daemon, .table)
        #expect(daemon.notes == ["Nothing was changed. It would strand 1 booking."])
        #expect(daemon.lines.contains { $0.contains("Thu 24 Dec 2026 10:00") })
        #expect(daemon.lines.contains { $0.contains("LOCATION_CLOSED TIME_OFF") })
        try await run(ScheduleAddClosure.self, words + ["--refuse-if-any"], daemon)
        #expect(
            daemon.lines.last?.hasPrefix(testID(.booking, "d") + "\t2026-12-24T15:00:00Z") == true)
        let requests = seen.withLock { $0 }
        #expect(requests.map(\.dryRun) == [true, false])
        #expect(requests.map(\.onStranded) == [.keepAndFlag, .refuseIfAny])
        #expect(requests[0].locationID == place && requests[0].closure.note == "Christmas")
        #expect(requests[0].closure.end.date.day == 25)
        #expect(requests.allSatisfy { !$0.requestID.isEmpty })
    }

    @Test("a record's change tells whom it strands, where it is a trial or strands anybody")
    func recordTrial() async throws {
        let daemon = daemon()
        let seen = Mutex<[Slotd_V1_UpdateResourceRequest]>([])
        daemon.on(Methods.CatalogService.updateResource) { [stranded] request in
            seen.withLock { $0.append(request) }
            return .with {
                $0.resource = request.resource
                if request.resource.archived {
                    $0.stranded = [stranded]
                    $0.strandedCount = 1
                }
            }
        }
        try await run(
            ResourceUpdate.self, ["room", "--archived", "true", "--dry-run"], daemon, .table)
        #expect(daemon.notes == ["Nothing was changed. It would strand 1 booking."])
        #expect(daemon.lines.contains { $0.contains("Room 1") })
        #expect(daemon.lines.contains { $0.contains("LOCATION_CLOSED TIME_OFF") })
        try await run(ResourceUpdate.self, ["room", "--archived", "true"], daemon, .tsv)
        #expect(
            daemon.notes.last
                == "Done. It strands 1 booking: they stay, and are shown to be out of hours.")
        try await run(
            ResourceUpdate.self, ["room", "--units", "2", "--refuse-if-any"], daemon, .table)
        #expect(daemon.notes.count == 2, "who strands nobody is not told so unasked")
        try await run(ResourceUpdate.self, ["room", "--units", "2", "--dry-run"], daemon, .table)
        #expect(daemon.notes.last == "Nothing was changed. It would strand no booking.")
        let requests = seen.withLock { $0 }
        #expect(requests.map(\.dryRun) == [true, false, false, true])
        #expect(requests.map(\.onStranded.rawValue) == [1, 1, 2, 1])
    }

    @Test("every edit reads what it changes")
    func edits() async throws {
        let daemon = daemon()
        let hours = Mutex(Slotd_V1_SetProviderHoursRequest())
        daemon.on(Methods.ScheduleService.setProviderHours) { request in
            hours.withLock { $0 = request }
            return .init()
        }
        try await run(
            ScheduleSetProviderHours.self,
            ["kim", "mon 09:00-12:00", "tue 10:00-11:00", "--from", "2027-01-01"], daemon)
        let given = hours.withLock { $0 }
        #expect(given.providerID == kim && given.schedule.locationID == place)
        #expect(given.schedule.hours.count == 2 && !given.schedule.hasEffectiveEnd)
        #expect(given.schedule.effectiveStart.year == 2027)

        let day = Mutex(Slotd_V1_SetLocationDayRequest())
        daemon.on(Methods.ScheduleService.setLocationDay) { request in
            day.withLock { $0 = request }
            return .init()
        }
        try await run(ScheduleSetLocationDay.self, ["downtown", "2026-12-25=week"], daemon)
        #expect(day.withLock { $0.clear && $0.day.hours.isEmpty && $0.day.date.day == 25 })
        try await run(ScheduleSetLocationDay.self, ["downtown", "2026-12-25=closed"], daemon)
        #expect(day.withLock { !$0.clear && $0.day.hours.isEmpty })

        let off = Mutex(Slotd_V1_RemoveTimeOffRequest())
        daemon.on(Methods.ScheduleService.removeTimeOff) { request in
            off.withLock { $0 = request }
            return .init()
        }
        try await run(
            ScheduleRemoveTimeOff.self,
            ["kim", "2026-12-24 12:00..2026-12-27 00:00", "--location", "Downtown"], daemon)
        #expect(off.withLock { $0.timeOff.locationID == place && $0.timeOff.start.minute == 720 })

        let out = Mutex(Slotd_V1_AddOutageRequest())
        daemon.on(Methods.ScheduleService.addOutage) { request in
            out.withLock { $0 = request }
            return .init()
        }
        try await run(
            ScheduleAddOutage.self, ["Room 1", "2026-12-24", "--if-version", "3"], daemon)
        #expect(out.withLock { $0.resourceID == room && $0.expectedVersion == 3 })
        await #expect(throws: CommandFailure.self) {
            try await run(ScheduleAddClosure.self, ["downtown", "Christmas"], daemon)
        }
    }

    @Test("stranded bookings are listed, page after page")
    func list() async throws {
        let daemon = daemon()
        daemon.on(Methods.ScheduleService.listStranded) { [stranded] request in
            .with {
                $0.bookings = [stranded]
                $0.nextPageToken = request.pageToken.isEmpty ? "more" : ""
            }
        }
        try await run(ScheduleStranded.self, ["--location", "downtown"], daemon)
        #expect(daemon.lines.count == 2)
        #expect(daemon.calls.count { $0 == "ListStranded" } == 2)
    }

    @Test("reapplying buffers tells whose are new and whose stay")
    func buffers() async throws {
        let daemon = daemon()
        let service = testID(.service, "e")
        daemon.on(Methods.ScheduleService.reapplyBuffers) { request in
            .with {
                $0.changed = [
                    .with {
                        $0.id = testID(.booking, "d")
                        $0.segments = [.with { $0.bufferAfterMinutes = 15 }]
                    }
                ]
                $0.kept = [.with { $0.id = testID(.booking, "f") }]
            }
        }
        try await run(ScheduleReapplyBuffers.self, [service, "--dry-run"], daemon)
        #expect(daemon.lines.map { $0.split(separator: "\t").last ?? "" } == ["0+15", "kept"])
        #expect(daemon.notes.first?.hasPrefix("Nothing was changed.") == true)
    }
}
