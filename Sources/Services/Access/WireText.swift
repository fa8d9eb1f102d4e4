/// Finds, in encoded messages of whatever type, the two things that the access log may tell.
enum WireText {
    /// The prefixes of all records' ids.
    private static let prefixes: Set<String> = [
        "attachment", "booking", "charge", "group", "hold", "location", "org", "patient",
        "procedure", "proctype", "provider", "resource", "service", "waitlist",
    ]
    /// Digits of an id after its prefix and underscore.
    private static let digitCount = 26
    /// The longest prefix.
    private static let prefixMax = 10

    /// Whatever has the form of a record's id, in order.
    ///
    /// The length byte in front of a string is no letter for strings of an id's length, so an id
    /// is told from what stands before it.
    static func ids(in message: ArraySlice<UInt8>) -> [String] {
        var ids: [String] = []
        var at = message.startIndex
        while at < message.endIndex {
            defer { at += 1 }
            guard message[at] == UInt8(ascii: "_"), message.endIndex - at > digitCount else {
                continue
            }
            let digits = message[(at + 1)...(at + digitCount)]
            guard digits.allSatisfy(isDigit) else { continue }
            var start = at
            while start > message.startIndex, at - start <= prefixMax,
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(message[start - 1])
            {
                start -= 1
            }
            guard prefixes.contains(String(decoding: message[start..<at], as: UTF8.self)) else {
                continue
            }
            ids.append(String(decoding: message[start...(at + digitCount)], as: UTF8.self))
            at += digitCount
        }
        return ids
    }

    /// Crockford's base 32 in lower case.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
            ![UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u")]
                .contains(byte)
        default: false
        }
    }

    /// The string under a field number of the message itself; nil when there is none, or none that
    /// is text of at most 128 bytes. Ends at whatever is no field.
    static func string(field wanted: UInt64, of message: ArraySlice<UInt8>) -> String? {
        var rest = message
        while let tag = varint(&rest) {
            var length: UInt64
            switch tag & 7 {
            case 0:
                guard varint(&rest) != nil else { return nil }
                continue
            case 1: length = 8
            case 5: length = 4
            case 2:
                guard let given = varint(&rest) else { return nil }
                length = given
            default: return nil
            }
            guard length <= UInt64(rest.count) else { return nil }
            let content = rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
            guard tag >> 3 == wanted, tag & 7 == 2 else { continue }
            return content.isEmpty || content.count > 128
                ? nil : String(validating: content, as: UTF8.self)
        }
        return nil
    }

    /// A base 128 number of at most ten bytes
    /// (https://protobuf.dev/programming-guides/encoding/#varints).
    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
