import Intervals
import Scheduling
import SlotdAPI
import SwiftProtobuf
import Testing

@testable import Services

@Suite struct SlotReplyTests {
    /// A page of made-up slots: `slots` of them, each with `each` of the providers.
    private func page(
        slots: Int, providers: Int, each: Int, first: Int32, offset: Int32, next: Int32?
    ) -> SlotPage {
        var page = SlotPage(
            duration: 45, providers: (0..<providers).map { Identifier(value: UInt128($0) + 1) },
            timeZone: "Asia/Kathmandu")
        for index in 0..<slots {
            page.starts.append(Minute(sinceEpoch: first + Int32(index) * 15))
            page.utcOffsets.append(offset)
            page.providerIndexes += (0..<each).map { Int32(($0 + index) % max(1, providers)) }
            page.providerEnds.append(page.providerIndexes.count)
        }
        page.next = next.map { Minute(sinceEpoch: $0) }
        return page
    }

    @Test(
        "What the hand-made encoder writes is what the generated code reads",
        arguments: [
            (slots: 0, providers: 0, each: 0, first: Int32(0), offset: Int32(0)),
            (slots: 1, providers: 1, each: 1, first: 0, offset: 0),
            (slots: 33, providers: 5, each: 3, first: 29_900_000, offset: -300),
            (slots: 400, providers: 300, each: 300, first: -20_000_000, offset: 345),
            (slots: 2, providers: 128, each: 127, first: 29_900_000, offset: -1),
            (slots: 2, providers: 128, each: 128, first: 29_900_000, offset: 63),
        ])
    func decodes(
        _ shape: (slots: Int, providers: Int, each: Int, first: Int32, offset: Int32)
    ) throws {
        for next in [nil, Int32(29_999_999)] {
            let page = page(
                slots: shape.slots, providers: shape.providers, each: shape.each,
                first: shape.first, offset: shape.offset, next: next)
            let tail = SlotReplyTail(
                nextPageToken: next == nil ? "" : "next", slotToken: "state", revision: 1 << 40)
            let bytes = SlotReply.encode(page, tail)
            let reply = try Slotd_V1_FindSlotsResponse(serializedBytes: bytes)
            #expect(reply.unknownFields == UnknownStorage())
            #expect(reply.slots.count == shape.slots)
            var begin = 0
            for (index, slot) in reply.slots.enumerated() {
                #expect(slot.start.seconds == page.starts[index].unixSeconds)
                #expect(slot.end.seconds == page.starts[index].unixSeconds + 45 * 60)
                #expect(slot.start.nanos == 0)
                #expect(slot.utcOffsetMinutes == shape.offset)
                #expect(
                    slot.providerIndexes
                        == Array(page.providerIndexes[begin..<page.providerEnds[index]]))
                begin = page.providerEnds[index]
            }
            #expect(reply.providerIds == page.providers.map(\.description))
            #expect(reply.timeZone == "Asia/Kathmandu")
            #expect(reply.truncated == (next != nil))
            #expect(reply.nextPageToken == (next == nil ? "" : "next"))
            #expect(reply.slotToken == "state")
            #expect(reply.revision == 1 << 40)
        }
    }

    @Test("Slots of several durations and of several segments read as the generated code has them")
    func otherShapes() throws {
        var varied = page(
            slots: 40, providers: 3, each: 2, first: 29_900_000, offset: 60, next: nil)
        varied.durations = varied.starts.indices.map { Int32($0 % 3 + 1) * 20 }
        var visits = page(
            slots: 9, providers: 4, each: 1, first: 29_900_000, offset: 60, next: 29_900_200)
        for offset in [Int32(0), 45] {
            var column = SlotPage.SegmentColumn(offset: offset, duration: 45)
            for slot in visits.starts.indices {
                column.providerIndexes += offset == 0 ? [0] : [Int32(slot % 4), 3]
                column.providerEnds.append(column.providerIndexes.count)
            }
            visits.segments.append(column)
        }
        let tail = SlotReplyTail(slotToken: "state", revision: 7)
        for page in [varied, visits] {
            let plain = Slotd_V1_FindSlotsResponse(page, tail)
            let reply = try Slotd_V1_FindSlotsResponse(
                serializedBytes: SlotReply.encode(page, tail))
            #expect(reply == plain)
            let streamed = try Slotd_V1_StreamSlotsResponse(
                serializedBytes: SlotReply.encodeStreamed(page, tail))
            #expect(streamed.page == plain)
        }
        #expect(Slotd_V1_FindSlotsResponse(visits, tail).slots[2].segments.count == 2)
    }
}
