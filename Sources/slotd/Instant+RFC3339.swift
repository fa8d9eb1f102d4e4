internal import Intervals
internal import Scheduling

extension Instant {
    /// Reads RFC 3339, as in `2026-03-02T09:00:00-05:00` or `2026-03-02T14:00Z`: the seconds may be
    /// left out, the offset may not. Nil for anything else.
    init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 17, bytes[10] == UInt8(ascii: "T"),
            let date = LocalDate(rfc3339: bytes[..<10]),
            let clock = Self.minutes(bytes[11..<16]), clock < 1440
        else { return nil }
        var rest = bytes[16...]
        var seconds = 0
        if rest.first == UInt8(ascii: ":") {
            guard rest.count >= 4, let number = Self.number(rest.dropFirst().prefix(2)), number < 60
            else { return nil }
            seconds = number
            rest = rest.dropFirst(3)
        }
        guard let offset = Self.offset(rest) else { return nil }
        let days = LocalDate(dayNumber: 0).days(until: date)
        let minutes = Int64(days) * 1440 + Int64(clock - offset)
        self.init(milliseconds: (minutes * 60 + Int64(seconds)) * 1000)
    }

    /// Minutes east of UTC: `Z`, `+05:30`.
    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
        if bytes.elementsEqual("Z".utf8) { return 0 }
        guard bytes.count == 6, let sign = bytes.first, let size = minutes(bytes.dropFirst()),
            size < 1440
        else { return nil }
        switch sign {
        case UInt8(ascii: "+"): return size
        case UInt8(ascii: "-"): return -size
        default: return nil
        }
    }

    /// Minutes of `HH:MM`.
    private static func minutes(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count == 5, bytes[bytes.startIndex + 2] == UInt8(ascii: ":"),
            let hours = number(bytes.prefix(2)), let minutes = number(bytes.suffix(2)), minutes < 60
        else { return nil }
        return hours * 60 + minutes
    }

    /// A number of digits alone.
    fileprivate static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        bytes.allSatisfy { (0x30...0x39).contains($0) }
            ? Int(String(decoding: bytes, as: UTF8.self)) : nil
    }
}

extension LocalDate {
    /// `2026-03-02`, in ten bytes.
    fileprivate init?(rfc3339 bytes: ArraySlice<UInt8>) {
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let year = Instant.number(parts[0]),
            let month = Instant.number(parts[1]), let day = Instant.number(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}
