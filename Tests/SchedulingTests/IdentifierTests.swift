import Intervals
import Testing
import Workload

@testable import Scheduling

struct IdentifierTests {
    /// From `valid.yml` of the TypeID specification 0.3.
    @Test(
        "ids are written as the TypeID specification's vectors",
        arguments: [
            (0 as UInt128, "00000000000000000000000000"),
            (1, "00000000000000000000000001"),
            (10, "0000000000000000000000000a"),
            (16, "0000000000000000000000000g"),
            (32, "00000000000000000000000010"),
            (UInt128.max, "7zzzzzzzzzzzzzzzzzzzzzzzzz"),
            (0x0110_c853_1d09_52d8_d73e_1194_e95b_5f19, "0123456789abcdefghjkmnpqrs"),
            (0x0189_0a5d_ac96_774b_bcce_b302_099a_8057, "01h455vb4pex5vsknk084sn02q"),
        ])
    func vectors(value: UInt128, body: String) {
        #expect(TypeID.encode(prefix: "booking", value) == "booking_" + body)
        #expect(Identifier<Booking>("booking_" + body)?.value == value)
    }

    /// From `invalid.yml` of the same, as far as they concern the body, and some of ours.
    @Test(
        "what is not 26 digits of the alphabet after our prefix is no id",
        arguments: [
            "", "_", "booking", "booking_", "01h455vb4pex5vsknk084sn02q",
            "patient_01h455vb4pex5vsknk084sn02q", "BOOKING_01h455vb4pex5vsknk084sn02q",
            "booking_1234567890123456789012345", "booking_123456789012345678901234567",
            "booking_1234567890123456789012345 ", "booking_0123456789ABCDEFGHJKMNPQRS",
            "booking_123456789-123456789-123456", "booking_ooooooooooooooooooooooooooo",
            "booking_i23456789ol23456789oi23456", "booking_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "booking_zzzzzzzzzzzzzzzzzzzzzzzzzz", "booking-01h455vb4pex5vsknk084sn02q",
            "booking_01h455vb4pex5vsknk084sn0é", "booking\u{0}01h455vb4pex5vsknk084sn02q",
        ])
    func malformed(text: String) {
        #expect(Identifier<Booking>(text) == nil)
    }

    @Test("any id is read back from its text, and texts sort as ids do")
    func roundTrip() {
        var random = SplitMix64(seed: 3)
        var ids = (0..<500).map { _ in
            Identifier<Patient>(value: UInt128(random.next()) << 64 | UInt128(random.next()))
        }
        #expect(ids.allSatisfy { Identifier($0.description) == $0 })
        var bytes = Array("before ".utf8)
        ids[0].append(to: &bytes)
        #expect(bytes == Array("before \(ids[0])".utf8))
        ids.sort()
        let texts = ids.map(\.description)
        #expect(texts == texts.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test("a supply gives UUIDs of version 7 that ascend with time and within a decision")
    func supply() throws {
        let now = Instant(milliseconds: 1_792_411_200_123)
        var supply = IdentifierSupply(now: now, random: (.max, .max))
        let first: Identifier<Booking> = supply.next()
        let second: Identifier<Booking> = supply.next()
        var later = IdentifierSupply(now: Instant(milliseconds: 1_792_411_200_124), random: (0, 0))
        let third: Identifier<Booking> = later.next()
        #expect(first < second && second < third)
        #expect(first.value >> 80 == 1_792_411_200_123)
        #expect((first.value >> 76) & 0xf == 7)
        #expect((first.value >> 62) & 0b11 == 0b10)
    }
}
