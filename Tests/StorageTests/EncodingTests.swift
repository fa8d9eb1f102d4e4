internal import Engine
internal import Intervals
internal import Scheduling
internal import Testing
internal import WireFormat

@testable internal import Storage

@Suite("The stored form")
struct EncodingTests {
    @Test("every field of every kind of record comes back", arguments: RecordKind.allCases)
    func roundTrip(kind: RecordKind) throws {
        var seeded = Seeded(UInt64(kind.rawValue))
        for _ in 0..<300 {
            let record = seeded.record(kind)
            let bytes = record.encoded
            #expect(try StoredRecord(encoded: bytes.span.bytes).record() == record)
            #expect(try bytes == StoredRecord(record).encoded(), "as the generated code writes it")
        }
    }

    @Test("what an older version did not write means what it meant then")
    func olderRecords() throws {
        var stored = StoredRecord()
        stored.service.id = StoredId(1 as UInt128)
        var service = Service.Details()
        service.durations = []
        // It said all that is now left to the location where it is not said.
        (service.bufferBefore, service.bufferAfter) = (0, 0)
        (service.step, service.stepOffset) = (0, 0)
        (service.notice, service.horizonDays) = (0, 0)
        (service.anchor, service.assignment) = (.clock, .leastBusyDay)
        service.keepsBuffersInHours = false
        #expect(
            try reread(stored)
                == .service(Service(id: Identifier(value: 1), version: 0, details: service)))
        stored.organization.id = StoredId(1 as UInt128)
        var profile = OrganizationProfile.Details()
        profile.activeProceduresPerSegment = 0
        profile.noShowGrace = 0
        let organization = OrganizationProfile(
            id: Identifier(value: 1), version: 0, details: profile)
        #expect(try reread(stored) == .organization(organization))
        stored.hold.id = StoredId(1 as UInt128)
        stored.hold.segments = [StoredSegment()]
        stored.hold.segments[0].end = 30
        guard case .hold(let hold) = try reread(stored) else {
            Issue.record("no hold")
            return
        }
        let segment = BookingSegment(
            service: Identifier(value: 0), provider: Identifier(value: 0), anyProvider: false,
            interval: hold.segments[0].interval, bufferBefore: 0, bufferAfter: 0)
        #expect(hold.segments == [segment])
        #expect(segment.capacity == 1 && segment.providerPhases == .all)
    }

    private func reread(_ stored: StoredRecord) throws -> Record {
        let bytes = try stored.encoded()
        return try StoredRecord(encoded: bytes.span.bytes).record()
    }

    @Test("events come back with writes and receipt")
    func events() throws {
        var clinic = Clinic(seed: 7)
        for entry in clinic.make(300) {
            var writer = MessageWriter()
            writer.write(entry.event)
            let bytes = writer.bytes
            #expect(try bytes == StoredEntry(entry.event).encoded())
            let stored = try StoredEntry(encoded: bytes.span.bytes)
            #expect(try stored.recordWrites() == entry.event.writes)
            #expect(stored.reason == entry.event.reason)
            #expect(stored.versionsBefore == entry.event.before)
            let requestID = entry.event.receipt?.requestID
            #expect(try stored.eventReceipt(requestID: requestID) == entry.event.receipt)
        }
    }

    @Test(
        "damaged bytes are an error or another record, never a trap",
        arguments: 1...10 as ClosedRange<UInt64>)
    func damage(seed: UInt64) throws {
        var seeded = Seeded(seed)
        for kind in RecordKind.allCases {
            let bytes = seeded.record(kind).encoded
            for count in bytes.indices {
                let short = Array(bytes.prefix(count))
                _ = try? StoredRecord(encoded: short.span.bytes).record()
                var flipped = bytes
                flipped[count] ^= UInt8(1) << UInt8(seeded.int(0...7))
                _ = try? StoredRecord(encoded: flipped.span.bytes).record()
            }
        }
    }

    @Test("what no case or interval stands for is refused by name")
    func refused() throws {
        func reason(_ stored: StoredRecord) -> String? {
            do { _ = try stored.record() } catch { return error.reason }
            return nil
        }
        var seeded = Seeded(1)
        var stored = StoredRecord(seeded.record(.booking))
        stored.booking.stage = 11
        #expect(reason(stored) == "Stage has no number 11")
        stored.booking.stage = 300
        #expect(reason(stored) == "Stage has no number 300")
        stored.booking.stage = 1
        stored.booking.segments[0].end = stored.booking.segments[0].start
        #expect(reason(stored)?.hasPrefix("an interval from minute") == true)
        stored.booking.segments = []
        #expect(reason(stored) == "a booking without segments")
        #expect(reason(StoredRecord()) == "a record of no known kind")
        stored = StoredRecord(seeded.record(.hold))
        stored.hold.clearID()
        #expect(reason(stored) == "a record without an id")
        stored = StoredRecord(seeded.record(.hold))
        stored.hold.segments = []
        #expect(reason(stored) == "a hold without segments")
        stored = StoredRecord(seeded.record(.service))
        stored.service.providerPhases = 1
        #expect(reason(stored) == "phases 1")
        stored.service.providerPhases = 0
        stored.service.anchor = 9
        #expect(reason(stored) == "StartAnchor has no number 9")
        var location = StoredRecord(seeded.record(.location))
        location.location.days = [StoredDayHours()]
        location.location.days[0].hours = [StoredWallRange()]
        #expect(reason(location) == "hours from minute 0 to minute 0")
        location.location.hours = [StoredWeeklyInterval()]
        #expect(reason(location)?.hasPrefix("weekly hours") == true)
    }
}

@Suite("The message writer")
struct MessageWriterTests {
    @Test("takes the bytes that a number needs, at every edge")
    func numbers() {
        func bytes(_ body: (inout MessageWriter) -> Void) -> [UInt8] {
            var writer = MessageWriter()
            body(&writer)
            return writer.bytes
        }
        #expect(bytes { $0.integer(1, 0) } == [])
        #expect(bytes { $0.integer(1, 127) } == [8, 127])
        #expect(bytes { $0.integer(1, 128) } == [8, 128, 1])
        #expect(bytes { $0.integer(16, 1) } == [128, 1, 1])
        #expect(bytes { $0.signed(1, -1) } == [8, 1])
        #expect(bytes { $0.signed(1, Int64.min) } == [8] + .init(repeating: 255, count: 9) + [1])
        #expect(bytes { $0.always(1, signed: 0) } == [8, 0])
        #expect(bytes { $0.fixed64(1, 1) } == [9, 1, 0, 0, 0, 0, 0, 0, 0])
        #expect(bytes { $0.packed(1, [1, 300] as [Int32]) } == [10, 3, 1, 172, 2])
    }

    @Test(
        "puts the length before a message, however long it is",
        arguments: [0, 1, 127, 128, 16_383, 16_384, 70_000])
    func lengths(count: Int) throws {
        var writer = MessageWriter()
        writer.message(2) { $0.message(2) { $0.blob(2, [UInt8](repeating: 7, count: count)) } }
        var twin = StoredProcedure()
        twin.steps = [StoredProcedure.Step()]
        twin.steps[0].payload += [UInt8](repeating: 7, count: count)
        var procedure = MessageWriter()
        procedure.message(11) { $0.blob(2, [UInt8](repeating: 7, count: count)) }
        #expect(try procedure.bytes == twin.encoded())
        // Two levels of lengths around it: 4 bytes of them at most each, and the tags.
        #expect(writer.bytes.suffix(count).allSatisfy { $0 == 7 })
        #expect(writer.bytes.count >= count + (count == 0 ? 4 : 6))
    }
}
