/// The encoding of `grpc-message`: UTF-8 with everything outside 0x20–0x7E, and `%`, as `%XX`.
public enum PercentEncoding {
    private static let digits: [UInt8] = Array("0123456789ABCDEF".utf8)

    /// The visible ASCII form of any text. One that would be longer than `byteCountMax` is cut
    /// after a whole character.
    public static func encode(_ text: String, byteCountMax: Int = .max) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(min(text.utf8.count, byteCountMax))
        let last = text.utf8.count - 1
        var index = 0
        for scalar in text.unicodeScalars {
            let start = output.count
            for byte in UTF8.encode(scalar)! {
                // A space at either edge would be stripped as optional white space on the way.
                append(byte, isEdge: index == 0 || index == last, to: &output)
                index += 1
            }
            guard output.count <= byteCountMax else {
                output.removeLast(output.count - start)
                break
            }
        }
        return output
    }

    private static func append(_ byte: UInt8, isEdge: Bool, to output: inout [UInt8]) {
        if byte >= 0x20, byte <= 0x7E, byte != 0x25, !(isEdge && byte == 0x20) {
            output.append(byte)
        } else {
            output.append(0x25)
            output.append(digits[Int(byte >> 4)])
            output.append(digits[Int(byte & 0xF)])
        }
    }

    /// Never fails: a broken escape stays as it is, broken UTF-8 becomes U+FFFD.
    public static func decode(_ bytes: Span<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count,
                let high = nibble(bytes[index + 1]), let low = nibble(bytes[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
