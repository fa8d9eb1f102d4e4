import SlotdAPI
import SwiftProtobuf
import Testing

@testable import Services

/// Requests that are read by hand beside the generated code, which is its twin.
@Suite struct PlainRequestTests {
    /// A small generator whose seed replays.
    private struct Random {
        var state: UInt64

        mutating func next(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    private func request(_ random: inout Random) -> Slotd_V1_FindSlotsRequest {
        var request = Slotd_V1_FindSlotsRequest()
        func text() -> String {
            ["", "loc_01h455vb4pex5vsknk084sn02q", "ref:Zoë", "\u{1f600}"][random.next(below: 4)]
        }
        func number() -> Int32 {
            [0, 1, 127, 128, 500, -1, .max, .min][random.next(below: 8)]
        }
        func moment() -> Google_Protobuf_Timestamp {
            .init(
                seconds: [0, 1_790_000_040, -60, .max][random.next(below: 4)],
                nanos: random.next(below: 3) == 0 ? number() : 0)
        }
        request.locationID = text()
        request.serviceID = text()
        request.durationMinutes = number()
        request.providerIds = (0..<random.next(below: 4)).map { _ in text() }
        if random.next(below: 4) > 0 { request.from = moment() }
        if random.next(below: 4) > 0 { request.to = moment() }
        request.pageSize = number()
        request.pageToken = text()
        request.ignoreBookingID = text()
        request.holdID = text()
        request.patientID = text()
        request.selfService = random.next(below: 2) == 0
        request.timeZone = text()
        return request
    }

    @Test("A plain request is read as the generated code reads it", arguments: [1, 2, 3])
    func twins(seed: UInt64) throws {
        var random = Random(state: seed)
        for _ in 0..<2000 {
            let request = request(&random)
            let bytes: [UInt8] = try request.serializedBytes()
            let plain = try #require(Slotd_V1_FindSlotsRequest(plain: bytes))
            #expect(plain == request)
        }
    }

    @Test("Broken bytes are never read otherwise than by the generated code", arguments: [1, 2, 3])
    func broken(seed: UInt64) throws {
        var random = Random(state: seed)
        var agreed = 0
        for _ in 0..<5000 {
            var bytes: [UInt8] = try request(&random).serializedBytes()
            for _ in 0...random.next(below: 3) where !bytes.isEmpty {
                let place = random.next(below: bytes.count)
                switch random.next(below: 3) {
                case 0: bytes[place] = UInt8(random.next(below: 256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8(random.next(below: 256)), at: place)
                }
            }
            guard let plain = Slotd_V1_FindSlotsRequest(plain: bytes) else { continue }
            let generated = try? Slotd_V1_FindSlotsRequest(serializedBytes: bytes)
            #expect(generated == plain, "\(bytes)")
            agreed += 1
        }
        #expect(agreed > 200)
    }

    @Test("What is unusual is left to the generated code")
    func unusual() throws {
        var request = Slotd_V1_FindSlotsRequest()
        request.segments = [Slotd_V1_SegmentRequest()]
        #expect(Slotd_V1_FindSlotsRequest(plain: try request.serializedBytes()) == nil)
        // A field that is not known; a second moment, which is merged with the first.
        #expect(Slotd_V1_FindSlotsRequest(plain: [0xf8, 0x07, 0x01]) == nil)
        #expect(Slotd_V1_FindSlotsRequest(plain: [0x2a, 0, 0x2a, 0]) == nil)
        // Cut off; no UTF-8.
        #expect(Slotd_V1_FindSlotsRequest(plain: [0x0a, 0x05, 0x61]) == nil)
        #expect(Slotd_V1_FindSlotsRequest(plain: [0x0a, 0x01, 0xff]) == nil)
    }
}
