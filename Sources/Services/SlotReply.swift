internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import WireFormat

/// Writes a `FindSlotsResponse` by hand.
///
/// The reply is the API's hottest, and its slots are nested three deep; the generated encoder
/// visits each twice through the visitor protocol, which costs more than finding the slots. A test
/// decodes what this writes with the generated code and compares. Wire format:
/// https://protobuf.dev/programming-guides/encoding/
///
/// Slots go into memory that is reserved once and written straight through, each length before what
/// it measures; growing an array byte by byte cost a tenth of the whole call.
enum SlotReply {
    /// A page as the one field of a `StreamSlotsResponse`.
    static func encodeStreamed(_ page: SlotPage, _ tail: SlotReplyTail) -> [UInt8] {
        let content = encode(page, tail)
        var writer = MessageWriter()
        writer.reserve(content.count + 11)
        writer.message(1, content)
        return writer.bytes
    }

    static func encode(_ page: SlotPage, _ tail: SlotReplyTail) -> [UInt8] {
        // Visits of several segments are rare; the generated encoder serves.
        guard page.segments.isEmpty else {
            return encoded(Slotd_V1_FindSlotsResponse(page, tail))
        }
        let slotBytesMax =
            page.starts.count * SlotMessage.byteCountMax
            + page.providerIndexes.count * SlotMessage.indexByteCountMax
        var reply = MessageWriter()
        reply.reserve(slotBytesMax + page.providers.count * 38 + 192)
        reply.bytes.append(addingCapacity: slotBytesMax) { output in
            output.withUnsafeMutableBufferPointer { memory, count in
                var writer = SlotWriter(memory: UnsafeMutableRawBufferPointer(memory))
                var first = 0
                for (index, start) in page.starts.enumerated() {
                    let end = page.providerEnds[index]
                    writer.write(
                        SlotMessage(
                            start: start.unixSeconds,
                            end: start.unixSeconds + Int64(page.duration(ofSlot: index)) * 60,
                            utcOffset: page.utcOffsets[index],
                            providers: page.providerIndexes[first..<end]))
                    first = end
                }
                count = writer.count
            }
        }
        for provider in page.providers { reply.text(2, provider.description) }
        reply.text(3, tail.nextPageToken)
        reply.text(4, page.timeZone)
        reply.flag(5, page.next != nil)
        reply.text(6, tail.slotToken)
        reply.integer(14, tail.revision)
        return reply.bytes
    }
}

/// What a reply says besides its slots.
struct SlotReplyTail {
    /// Empty on the last page.
    var nextPageToken = ""
    /// The state in which the slots were found.
    var slotToken = ""
    /// The journal position of the same.
    var revision: Int64 = 0
}

/// One `Slot`, as field 1 of the reply.
private struct SlotMessage {
    var start: Int64
    var end: Int64
    var utcOffset: Int32
    var providers: ArraySlice<Int32>

    /// Without the providers: six bytes of frame, thirteen for either time, six for the offset, six
    /// before the providers, rounded up.
    static let byteCountMax = 48
    /// An index is never negative, so nothing is sign-extended.
    static let indexByteCountMax = 5
}

/// Writes slots one behind the other into memory that has room for them.
///
/// A time between 1978 and 3058 is five bytes of varint, so that its whole field is eight: one
/// store. Nearly every slot is two such stores and a few bytes.
private struct SlotWriter {
    let memory: UnsafeMutableRawBufferPointer
    /// Bytes written.
    private(set) var count = 0

    private static let lengthByteCountMax = 5

    init(memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory
    }

    mutating func write(_ slot: SlotMessage) {
        let zigzag = UInt64(UInt32(bitPattern: (slot.utcOffset << 1) ^ (slot.utcOffset >> 31)))
        var providerBytes = 0
        for provider in slot.providers {
            providerBytes += MessageWriter.byteCount(ofVarint: Self.wide(provider))
        }
        var byteCount =
            4 + Self.timestampByteCount(slot.start) + Self.timestampByteCount(slot.end)
        if slot.utcOffset != 0 { byteCount += 1 + MessageWriter.byteCount(ofVarint: zigzag) }
        if providerBytes > 0 {
            byteCount += 1 + MessageWriter.byteCount(ofVarint: UInt64(providerBytes))
            byteCount += providerBytes
        }
        // No store below goes beyond what is counted here.
        precondition(
            count + 1 + Self.lengthByteCountMax + byteCount <= memory.count,
            "the room for slots is too small")

        byte(1 << 3 | 2)
        varint(UInt64(byteCount))
        timestamp(1, slot.start)
        timestamp(2, slot.end)
        if slot.utcOffset != 0 {
            byte(3 << 3)
            varint(zigzag)
        }
        if providerBytes > 0 {
            byte(4 << 3 | 2)
            varint(UInt64(providerBytes))
            for provider in slot.providers { varint(Self.wide(provider)) }
        }
    }

    /// Content of a `google.protobuf.Timestamp` of whole seconds: field 1, absent when zero.
    private static func timestampByteCount(_ seconds: Int64) -> Int {
        seconds == 0 ? 0 : 1 + MessageWriter.byteCount(ofVarint: UInt64(bitPattern: seconds))
    }

    private mutating func timestamp(_ field: UInt8, _ seconds: Int64) {
        guard (1 << 28..<1 << 35).contains(seconds) else {
            byte(field << 3 | 2)
            // At most eleven: a byte of length is enough.
            byte(UInt8(truncatingIfNeeded: Self.timestampByteCount(seconds)))
            guard seconds != 0 else { return }
            byte(1 << 3)
            return varint(UInt64(bitPattern: seconds))
        }
        let bits = UInt64(bitPattern: seconds)
        let varint =
            (bits & 0x7f) | (bits & 0x3f80) << 1 | (bits & 0x1f_c000) << 2
            | (bits & 0xfe0_0000) << 3 | (bits & 0x7_f000_0000) << 4 | 0x8080_8080
        // The field's tag, six bytes of content, the tag of its first field.
        let head = UInt64(field << 3 | 2) | 6 << 8 | (1 << 3) << 16
        memory.storeBytes(
            of: (head | varint << 24).littleEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func byte(_ value: UInt8) {
        memory[count] = value
        count += 1
    }

    private static func wide(_ index: Int32) -> UInt64 { UInt64(UInt32(bitPattern: index)) }
}
