internal import Engine
internal import Intervals
internal import Scheduling
internal import Testing

@testable internal import Storage

@Suite("The stored form")
struct EncodingTests {
    @Test("every field of every kind of record comes back", arguments: RecordKind.allCases)
    func roundTrip(kind: RecordKind) throws {
        var seeded = Seeded(UInt64(kind.rawValue))
        for _ in 0..<300 {
            let record = seeded.record(kind)
            let bytes = StoredRecord(record).encoded
            #expect(try StoredRecord(encoded: bytes.span.bytes).record() == record)
        }
    }

    @Test("events come back with writes and receipt")
    func events() throws {
        var clinic = Clinic(seed: 7)
        for entry in clinic.make(300) {
            let bytes = StoredEntry(entry.event).encoded
            let stored = try StoredEntry(encoded: bytes.span.bytes)
            #expect(try stored.recordWrites() == entry.event.writes)
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
            let bytes = StoredRecord(seeded.record(kind)).encoded
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
        var location = StoredRecord(seeded.record(.location))
        location.location.hours = [StoredWeeklyInterval()]
        #expect(reason(location)?.hasPrefix("weekly hours") == true)
    }
}
