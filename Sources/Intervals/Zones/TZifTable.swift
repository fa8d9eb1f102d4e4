/// The 64-bit block and the footer of one time zone file, checked but not yet interpreted.
///
/// The format is RFC 9636: a header, a block with 32-bit times which is skipped, a second header,
/// the block with 64-bit times, and a POSIX time zone string between two newlines that rules all
/// time after the last transition. Files come with the system and are still treated as a
/// stranger's: every count is checked against the bytes that are there before it is used.
struct TZifTable {
    /// A change of the zone's offset, in seconds since 1970 and seconds east of UTC.
    struct Transition {
        let unixSeconds: Int64
        let offsetSeconds: Int32
    }

    /// The offset before the first transition: local mean time, as a rule.
    let firstOffsetSeconds: Int32
    /// Strictly ascending.
    let transitions: [Transition]
    /// What rules after the last transition; nil when the file ends without saying.
    let footer: PosixTimeZone?

    /// Offsets that RFC 9636 allows: -24:59:59...+25:59:59.
    static let offsetRange: ClosedRange<Int32> = -89_999...93_599

    /// Reads a whole file.
    init(_ bytes: [UInt8]) throws(TZifError) {
        var reader = TZifReader(bytes)
        let old = try reader.header()
        try reader.skip(old.blockSize(timeSize: 4))
        let new = try reader.header()
        guard new.leapCount == 0 else { throw .leapSeconds }
        guard new.typeCount > 0 else { throw .malformedTable }

        let times = try reader.slice(new.timeCount * 8)
        let types = try reader.slice(new.timeCount)
        let records = try reader.slice(new.typeCount * 6)
        try reader.skip(new.designationSize + new.standardCount + new.universalCount)

        var offsets: [Int32] = []
        for index in 0..<new.typeCount {
            let offset = Int32(truncatingIfNeeded: records.bigEndian(at: index * 6, size: 4))
            guard TZifTable.offsetRange.contains(offset) else { throw .malformedTable }
            offsets.append(offset)
        }
        var transitions: [Transition] = []
        transitions.reserveCapacity(new.timeCount)
        for index in 0..<new.timeCount {
            let time = times.bigEndian(at: index * 8, size: 8)
            let type = Int(types[types.startIndex + index])
            guard type < offsets.count, transitions.last.map({ $0.unixSeconds < time }) ?? true
            else { throw .malformedTable }
            transitions.append(Transition(unixSeconds: time, offsetSeconds: offsets[type]))
        }
        self.firstOffsetSeconds = offsets[0]
        self.transitions = transitions
        self.footer = try reader.footer()
    }
}

/// Walks through a file from front to back; nothing is read beyond its end.
private struct TZifReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The counts of one header; at most 2^32 each, so that their sums cannot overflow an `Int`.
    struct Header {
        let universalCount: Int
        let standardCount: Int
        let leapCount: Int
        let timeCount: Int
        let typeCount: Int
        let designationSize: Int

        /// Bytes of the block that follows the header.
        func blockSize(timeSize: Int) -> Int {
            timeCount * (timeSize + 1) + typeCount * 6 + designationSize
                + leapCount * (timeSize + 4) + standardCount + universalCount
        }
    }

    /// 44 bytes: magic, version, 15 reserved, six counts.
    mutating func header() throws(TZifError) -> Header {
        let magic = try slice(4)
        guard magic.elementsEqual("TZif".utf8) else { throw .notTZif }
        let version = try slice(1)
        guard version[version.startIndex] >= UInt8(ascii: "2") else { throw .unsupportedVersion }
        try skip(15)
        let counts = try slice(24)
        func count(_ index: Int) -> Int {
            Int(counts.bigEndian(at: index * 4, size: 4) & 0xFFFF_FFFF)
        }
        return Header(
            universalCount: count(0), standardCount: count(1), leapCount: count(2),
            timeCount: count(3), typeCount: count(4), designationSize: count(5))
    }

    /// The text between the two newlines at the end.
    mutating func footer() throws(TZifError) -> PosixTimeZone? {
        let rest = bytes[position...]
        guard let first = rest.first, first == UInt8(ascii: "\n"),
            let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\n"))
        else { throw .malformedFooter }
        let text = bytes[(position + 1)..<end]
        if text.isEmpty { return nil }
        guard let zone = PosixTimeZone(text) else { throw .malformedFooter }
        return zone
    }

    mutating func slice(_ count: Int) throws(TZifError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw .truncated }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func skip(_ count: Int) throws(TZifError) {
        _ = try slice(count)
    }
}

extension ArraySlice<UInt8> {
    /// A signed big-endian number of 4 or 8 bytes, sign-extended.
    fileprivate func bigEndian(at offset: Int, size: Int) -> Int64 {
        var value: UInt64 = 0
        for byte in self[(startIndex + offset)..<(startIndex + offset + size)] {
            value = value << 8 | UInt64(byte)
        }
        return size == 4
            ? Int64(Int32(truncatingIfNeeded: value)) : Int64(truncatingIfNeeded: value)
    }
}
