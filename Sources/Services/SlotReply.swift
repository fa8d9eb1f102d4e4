internal import Intervals
internal import Scheduling
internal import SlotdAPI

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
        var bytes: [UInt8] = [1 << 3 | 2]
        bytes.reserveCapacity(content.count + 11)
        bytes.append(addingCapacity: 10) { $0.appendVarint(UInt64(content.count)) }
        return bytes + content
    }

    static func encode(_ page: SlotPage, _ tail: SlotReplyTail) -> [UInt8] {
        // Visits of several segments are rare; the generated encoder serves.
        guard page.segments.isEmpty else {
            return encoded(Slotd_V1_FindSlotsResponse(page, tail))
        }
        // Of a slot without its providers: six bytes of frame, thirteen for either time, six for
        // the offset, six before the providers, rounded up.
        let slotBytesMax = page.starts.count * 48 + page.providerIndexes.count * 5
        var bytes: [UInt8] = []
        bytes.reserveCapacity(slotBytesMax + page.providers.count * 38 + 192)
        bytes.append(addingCapacity: slotBytesMax) { output in
            var first = 0
            for (index, start) in page.starts.enumerated() {
                let end = page.providerEnds[index]
                SlotMessage(
                    start: start.unixSeconds,
                    end: start.unixSeconds + Int64(page.duration(ofSlot: index)) * 60,
                    utcOffset: page.utcOffsets[index],
                    providers: page.providerIndexes[first..<end]
                ).write(to: &output)
                first = end
            }
        }
        for provider in page.providers { bytes.appendText(field: 2, provider.description) }
        bytes.appendText(field: 3, tail.nextPageToken)
        bytes.appendText(field: 4, page.timeZone)
        if page.next != nil { bytes.append(contentsOf: [5 << 3, 1]) }
        bytes.appendText(field: 6, tail.slotToken)
        if tail.revision != 0 {
            bytes.append(14 << 3)
            bytes.append(addingCapacity: 10) {
                $0.appendVarint(UInt64(bitPattern: tail.revision))
            }
        }
        return bytes
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

    func write(to output: inout OutputSpan<UInt8>) {
        let startBytes = Self.timestampByteCount(start)
        let endBytes = Self.timestampByteCount(end)
        let zigzag = UInt64(UInt32(bitPattern: (utcOffset << 1) ^ (utcOffset >> 31)))
        let providerBytes = providers.reduce(0) { $0 + varintByteCount(Self.wide($1)) }

        var byteCount = 2 + startBytes + 2 + endBytes
        if utcOffset != 0 { byteCount += 1 + varintByteCount(zigzag) }
        if !providers.isEmpty {
            byteCount += 1 + varintByteCount(UInt64(providerBytes)) + providerBytes
        }

        output.append(1 << 3 | 2)
        output.appendVarint(UInt64(byteCount))
        Self.write(start, byteCount: startBytes, field: 1, to: &output)
        Self.write(end, byteCount: endBytes, field: 2, to: &output)
        if utcOffset != 0 {
            output.append(3 << 3)
            output.appendVarint(zigzag)
        }
        if !providers.isEmpty {
            output.append(4 << 3 | 2)
            output.appendVarint(UInt64(providerBytes))
            for provider in providers { output.appendVarint(Self.wide(provider)) }
        }
    }

    /// Content of a `google.protobuf.Timestamp` of whole seconds: field 1, absent when zero.
    private static func timestampByteCount(_ seconds: Int64) -> Int {
        seconds == 0 ? 0 : 1 + varintByteCount(UInt64(bitPattern: seconds))
    }

    private static func write(
        _ seconds: Int64, byteCount: Int, field: UInt8, to output: inout OutputSpan<UInt8>
    ) {
        output.append(field << 3 | 2)
        // At most eleven: a byte of length is enough.
        output.append(UInt8(truncatingIfNeeded: byteCount))
        guard seconds != 0 else { return }
        output.append(1 << 3)
        output.appendVarint(UInt64(bitPattern: seconds))
    }

    /// Indexes are never negative, so nothing is sign-extended.
    private static func wide(_ index: Int32) -> UInt64 { UInt64(UInt32(bitPattern: index)) }
}

private func varintByteCount(_ value: UInt64) -> Int {
    (64 - (value | 1).leadingZeroBitCount + 6) / 7
}

extension OutputSpan<UInt8> {
    fileprivate mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension [UInt8] {
    /// Length-delimited, without the field when empty.
    fileprivate mutating func appendText(field: UInt8, _ text: String) {
        guard !text.isEmpty else { return }
        append(field << 3 | 2)
        append(addingCapacity: 10) { $0.appendVarint(UInt64(text.utf8.count)) }
        append(contentsOf: text.utf8)
    }
}
