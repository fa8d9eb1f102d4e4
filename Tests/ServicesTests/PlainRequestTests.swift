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

    private func text(_ random: inout Random) -> String {
        ["", "loc_01h455vb4pex5vsknk084sn02q", "ref:Zoë", "\u{1f600}"][random.next(below: 4)]
    }

    private func number(_ random: inout Random) -> Int32 {
        [0, 1, 127, 128, 500, -1, .max, .min][random.next(below: 8)]
    }

    private func moment(_ random: inout Random) -> Google_Protobuf_Timestamp {
        .init(
            seconds: [0, 1_790_000_040, -60, .max][random.next(below: 4)],
            nanos: random.next(below: 3) == 0 ? number(&random) : 0)
    }

    private func search(_ random: inout Random) -> Slotd_V1_FindSlotsRequest {
        var request = Slotd_V1_FindSlotsRequest()
        request.locationID = text(&random)
        request.serviceID = text(&random)
        request.durationMinutes = number(&random)
        request.providerIds = (0..<random.next(below: 4)).map { _ in text(&random) }
        if random.next(below: 4) > 0 { request.from = moment(&random) }
        if random.next(below: 4) > 0 { request.to = moment(&random) }
        request.pageSize = number(&random)
        request.pageToken = text(&random)
        request.ignoreBookingID = text(&random)
        request.holdID = text(&random)
        request.patientID = text(&random)
        request.selfService = random.next(below: 2) == 0
        request.timeZone = text(&random)
        return request
    }

    private func booking(_ random: inout Random) -> Slotd_V1_CreateBookingRequest {
        var request = Slotd_V1_CreateBookingRequest()
        request.requestID = text(&random)
        request.patientID = text(&random)
        guard random.next(below: 8) > 0 else { return request }
        var slot = Slotd_V1_NewBooking()
        slot.locationID = text(&random)
        slot.serviceID = text(&random)
        slot.durationMinutes = number(&random)
        slot.providerID = text(&random)
        if random.next(below: 4) > 0 { slot.start = moment(&random) }
        slot.holdID = text(&random)
        slot.walkIn = random.next(below: 2) == 0
        slot.confirmed = random.next(below: 2) == 0
        slot.note = text(&random)
        slot.externalRef = text(&random)
        slot.selfService = random.next(below: 2) == 0
        slot.slotToken = text(&random)
        request.booking = slot
        return request
    }

    private func expectTwins<Request: PlainMessage & Equatable>(
        seed: UInt64, _ request: (inout Random) -> Request
    ) throws {
        var random = Random(state: seed)
        for _ in 0..<2000 {
            let request = request(&random)
            let bytes: [UInt8] = try request.serializedBytes()
            let plain = try #require(Request(plain: bytes))
            #expect(plain == request)
        }
    }

    /// Returns how many broken requests were read by hand.
    private func readBroken<Request: PlainMessage & Equatable>(
        seed: UInt64, _ request: (inout Random) -> Request
    ) throws -> Int {
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
            guard let plain = Request(plain: bytes) else { continue }
            let generated = try? Request(serializedBytes: bytes)
            #expect(generated == plain, "\(bytes)")
            agreed += 1
        }
        return agreed
    }

    @Test("A plain request is read as the generated code reads it", arguments: [1, 2, 3])
    func twins(seed: UInt64) throws {
        try expectTwins(seed: seed, search)
        try expectTwins(seed: seed, booking)
    }

    @Test("Broken bytes are never read otherwise than by the generated code", arguments: [1, 2, 3])
    func broken(seed: UInt64) throws {
        #expect(try readBroken(seed: seed, search) > 200)
        #expect(try readBroken(seed: seed, booking) > 200)
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

        var booking = Slotd_V1_CreateBookingRequest()
        booking.booking.deposit = Slotd_V1_Deposit()
        #expect(Slotd_V1_CreateBookingRequest(plain: try booking.serializedBytes()) == nil)
        // A second booking and a second start, which are merged with the first.
        #expect(Slotd_V1_CreateBookingRequest(plain: [0x1a, 0, 0x1a, 0]) == nil)
        #expect(Slotd_V1_CreateBookingRequest(plain: [0x1a, 4, 0x2a, 0, 0x2a, 0]) == nil)
    }
}
