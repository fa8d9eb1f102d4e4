/// A record's identity: 128 bits, ordered by creation time, typed by the record it names.
///
/// In text it is a TypeID: the record's prefix, an underscore, and 26 characters of Crockford
/// base 32 (https://github.com/jetify-com/typeid, spec 0.3), as in
/// `booking_01h455vb4pex5vsknk084sn02q`.
public struct Identifier<Record: Identified>: Hashable, Comparable, Sendable {
    /// The bits, most significant first as a UUID version 7 has them.
    public let value: UInt128

    /// Names a record by its bits.
    public init(value: UInt128) {
        self.value = value
    }

    /// Reads the text form; nil when the prefix is another's or the body is not 26 characters of
    /// the alphabet.
    public init?(_ text: some StringProtocol) {
        let utf8 = text.utf8
        let prefix = Record.idPrefix.utf8
        guard utf8.count == prefix.count + 27, utf8.starts(with: prefix) else { return nil }
        let body = utf8.dropFirst(prefix.count)
        guard body.first == UInt8(ascii: "_"),
            let value = TypeID.decode(body.dropFirst())
        else { return nil }
        self.value = value
    }

    /// Earlier-made ids come first.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension Identifier: CustomStringConvertible {
    /// The text form.
    public var description: String { TypeID.encode(prefix: Record.idPrefix, value) }
}

/// A record that has an id.
public protocol Identified: Sendable {
    /// The prefix of its ids, 1 to 63 letters and underscores.
    static var idPrefix: String { get }
}

/// The text form of ids.
enum TypeID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// 255 marks a byte that is no digit.
    private static let digits: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (digit, character) in alphabet.enumerated() { table[Int(character)] = UInt8(digit) }
        return table
    }()

    static func encode(prefix: String, _ value: UInt128) -> String {
        let length = prefix.utf8.count
        return String(unsafeUninitializedCapacity: length + 27) { buffer in
            var index = buffer.update(fromContentsOf: prefix.utf8)
            buffer[index] = UInt8(ascii: "_")
            var shift = 125
            while shift >= 0 {
                index += 1
                buffer[index] = alphabet[Int(truncatingIfNeeded: value >> UInt128(shift)) & 31]
                shift -= 5
            }
            return index + 1
        }
    }

    /// The first of the 26 digits holds only three bits; a larger one would overflow.
    static func decode(_ body: some Collection<UInt8>) -> UInt128? {
        guard let first = body.first, digits[Int(first)] <= 7 else { return nil }
        var value: UInt128 = 0
        for character in body {
            let digit = digits[Int(character)]
            guard digit < 32 else { return nil }
            value = value << 5 | UInt128(digit)
        }
        return value
    }
}

/// The ids that one decision may use: made outside the core, from a clock and a random source.
public struct IdentifierSupply: Sendable {
    private var upcoming: UInt128

    /// Ids with the time in their upper 48 bits and `random` below it, marked as UUID version 7.
    public init(now: Instant, random: (UInt64, UInt64)) {
        let time = UInt128(truncatingIfNeeded: now.milliseconds) & 0xffff_ffff_ffff
        let versioned = UInt128(0x7000 | (random.0 & 0x0fff)) << 64
        let variant = UInt128(0x8000_0000_0000_0000 | (random.1 >> 2))
        upcoming = time << 80 | versioned | variant
    }

    /// The next id; the ids of one decision are consecutive.
    public mutating func next<Record>() -> Identifier<Record> {
        defer { upcoming &+= 1 }
        return Identifier(value: upcoming)
    }
}
