internal import Intervals
internal import Scheduling

/// Writes a `FindSlotsResponse` by hand.
///
/// The reply is the API's hottest, and its slots are nested three deep; the generated encoder
/// visits each twice through the visitor protocol, which costs more than finding the slots. A test
/// decodes what this writes with the generated code and compares. Wire format:
/// https://protobuf.dev/programming-guides/encoding/
enum SlotReply {
    static func encode(_ page: SlotPage, revision: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        // A slot of a few providers takes 24 bytes or so.
        bytes.reserveCapacity(64 + page.starts.count * 32 + page.providers.count * 38)
        var first = 0
        for (index, start) in page.starts.enumerated() {
            let end = page.providerEnds[index]
            bytes.appendSlot(
                start: start.unixSeconds,
                end: start.unixSeconds + Int64(page.duration) * 60,
                utcOffset: page.utcOffsets[index],
                providers: page.providerIndexes[first..<end])
            first = end
        }
        for provider in page.providers { bytes.appendText(field: 2, provider.description) }
        if let next = page.next {
            bytes.appendText(field: 3, PageToken.encode([String(next.sinceEpoch)]))
        }
        bytes.appendText(field: 4, page.timeZone)
        if page.next != nil { bytes.append(contentsOf: [5 << 3, 1]) }
        if revision != 0 {
            bytes.append(14 << 3)
            bytes.appendVarint(UInt64(bitPattern: revision))
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Length-delimited, without the field when empty.
    fileprivate mutating func appendText(field: UInt8, _ text: String) {
        guard !text.isEmpty else { return }
        append(field << 3 | 2)
        appendVarint(UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    /// Field 1, a `Slot`.
    fileprivate mutating func appendSlot(
        start: Int64, end: Int64, utcOffset: Int32, providers: ArraySlice<Int32>
    ) {
        append(1 << 3 | 2)
        let lengthAt = count
        append(0)
        appendTimestamp(field: 1, start)
        appendTimestamp(field: 2, end)
        if utcOffset != 0 {
            append(3 << 3)
            let zigzag = UInt32(bitPattern: (utcOffset << 1) ^ (utcOffset >> 31))
            appendVarint(UInt64(zigzag))
        }
        appendPacked(providers)
        backfillLength(at: lengthAt)
    }

    /// A `google.protobuf.Timestamp` of whole seconds.
    private mutating func appendTimestamp(field: UInt8, _ seconds: Int64) {
        append(field << 3 | 2)
        let lengthAt = count
        append(0)
        if seconds != 0 {
            append(1 << 3)
            appendVarint(UInt64(bitPattern: seconds))
        }
        backfillLength(at: lengthAt)
    }

    /// Field 4, packed.
    private mutating func appendPacked(_ values: ArraySlice<Int32>) {
        guard !values.isEmpty else { return }
        append(4 << 3 | 2)
        let lengthAt = count
        append(0)
        for value in values { appendVarint(UInt64(UInt32(bitPattern: value))) }
        backfillLength(at: lengthAt)
    }

    /// Writes the length of what follows a byte that was left for it. Lengths from 128 on, as many
    /// providers make them, need more bytes, for which the rest moves up.
    private mutating func backfillLength(at index: Int) {
        let length = count - index - 1
        guard length >= 0x80 else {
            self[index] = UInt8(length)
            return
        }
        var prefix: [UInt8] = []
        prefix.appendVarint(UInt64(length))
        replaceSubrange(index...index, with: prefix)
    }
}
