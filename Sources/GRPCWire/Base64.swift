/// Base64 with the standard alphabet, for `-bin` metadata.
///
/// We write it unpadded, as PROTOCOL-HTTP2.md recommends, and read it padded or not.
public enum Base64 {
    private static let alphabet: [UInt8] = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let invalid: UInt8 = 0xFF

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: invalid, count: 256)
        for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
        return table
    }()

    /// Unpadded.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = alphabet.span
        var output: [UInt8] = []
        output.append(addingCapacity: (bytes.count * 4 + 2) / 3) { output in
            var index = 0
            while index < bytes.count {
                let first = bytes[index]
                let second = index + 1 < bytes.count ? bytes[index + 1] : 0
                let third = index + 2 < bytes.count ? bytes[index + 2] : 0
                output.append(alphabet[Int(first >> 2)])
                output.append(alphabet[Int((first & 0x03) << 4 | second >> 4)])
                if index + 1 < bytes.count {
                    output.append(alphabet[Int((second & 0x0F) << 2 | third >> 6)])
                }
                if index + 2 < bytes.count {
                    output.append(alphabet[Int(third & 0x3F)])
                }
                index += 3
            }
        }
        return output
    }

    /// Padded or unpadded; nil when a letter is foreign, the padding is wrong, or a lone sextet is
    /// left over.
    public static func decode(_ bytes: Span<UInt8>) -> [UInt8]? {
        var count = bytes.count
        var padding = 0
        while count > 0, padding < 2, bytes[count - 1] == 0x3D {
            count -= 1
            padding += 1
        }
        guard count % 4 != 1, padding == 0 || (count + padding) % 4 == 0 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(count * 3 / 4)
        var accumulator: UInt32 = 0
        var bits: UInt32 = 0
        for index in 0..<count {
            let value = values[Int(bytes[index])]
            guard value != invalid else { return nil }
            accumulator = accumulator << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: accumulator >> bits))
            }
        }
        return output
    }

    /// The values of one `-bin` header: several may stand in one field, separated by commas, and
    /// each is decoded on its own. Nil when any is malformed.
    public static func decodeList(_ bytes: Span<UInt8>) -> [[UInt8]]? {
        var values: [[UInt8]] = []
        var start = 0
        for index in 0...bytes.count where index == bytes.count || bytes[index] == 0x2C {
            var from = start
            var to = index
            while from < to, bytes[from] == 0x20 { from += 1 }
            while to > from, bytes[to - 1] == 0x20 { to -= 1 }
            guard let value = decode(bytes.extracting(from..<to)) else { return nil }
            values.append(value)
            start = index + 1
        }
        return values
    }
}
