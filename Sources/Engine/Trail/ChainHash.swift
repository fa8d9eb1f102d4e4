/// A link of an organization's hash chain: SHA-256 over the link before it and all that stands in
/// an entry of the journal. Whoever knows one link can tell whether anything before it was changed.
public struct ChainHash: Hashable, Sendable {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// What the first entry of a chain follows: 32 zeros.
    public static let start = ChainHash(bytes: [UInt8](repeating: 0, count: length))

    /// Bytes of a link.
    public static let length = 32

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Nil unless there are 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 hexadecimal digits; nil for anything else.
    public init?(hex: String) {
        let digits = hex.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 2 * Self.length else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        self.bytes = bytes
    }
}

extension ChainHash: CustomStringConvertible {
    /// 64 hexadecimal digits, in lower case.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}
