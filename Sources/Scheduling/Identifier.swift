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
    public init?(_ text: String) {
        guard let value = TypeID.decode(text, prefix: Record.idPrefix) else { return nil }
        self.value = value
    }

    /// Earlier-made ids come first.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension Identifier: CustomStringConvertible {
    /// The text form.
    public var description: String { TypeID.encode(prefix: Record.idPrefix, value) }

    /// Appends the text form in UTF-8: what `description` holds, without a string for it.
    public func append(to bytes: inout [UInt8]) {
        let prefix = Record.idPrefix
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: TypeID.length(prefix: prefix)))
        bytes.withUnsafeMutableBufferPointer { bytes in
            _ = TypeID.encode(
                prefix: prefix, value, into: UnsafeMutableBufferPointer(rebasing: bytes[start...]))
        }
    }
}

/// A record that has an id.
public protocol Identified: Sendable {
    /// The prefix of its ids, 1 to 63 letters and underscores.
    static var idPrefix: String { get }
}

/// The text form of ids.
///
/// Every request and reply carries several, so this works on plain bytes and 64-bit words: neither
/// generic over the text nor shifting 128 bits for each digit. The 26 digits are the top 8 bits in
/// two and twice 60 bits in twelve.
enum TypeID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// 255 marks a byte that is no digit.
    private static let digits: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (digit, character) in alphabet.enumerated() { table[Int(character)] = UInt8(digit) }
        return table
    }()

    private static let wordBits: UInt128 = 0xfff_ffff_ffff_ffff

    /// How many bytes the text takes.
    static func length(prefix: String) -> Int { prefix.utf8.count + 27 }

    static func encode(prefix: String, _ value: UInt128) -> String {
        String(unsafeUninitializedCapacity: length(prefix: prefix)) { buffer in
            encode(prefix: prefix, value, into: buffer)
        }
    }

    /// Fills the buffer, which has room for it, from its start; returns the text's length.
    static func encode(
        prefix: String, _ value: UInt128, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        let alphabet = alphabet
        var end = buffer.update(fromContentsOf: prefix.utf8)
        func append(_ word: UInt64, digits: Int) {
            for place in (0..<digits).reversed() {
                buffer[end] = alphabet[Int(word >> (5 * place)) & 31]
                end += 1
            }
        }
        buffer[end] = UInt8(ascii: "_")
        end += 1
        append(UInt64(value >> 120), digits: 2)
        append(UInt64((value >> 60) & wordBits), digits: 12)
        append(UInt64(value & wordBits), digits: 12)
        return end
    }

    /// Nil when the text is not the prefix, an underscore and 26 digits below 2^128.
    static func decode(_ text: String, prefix: String) -> UInt128? {
        let text = text.utf8.span
        let prefix = prefix.utf8.span
        let first = prefix.count + 1
        guard text.count == first + 26, text[prefix.count] == UInt8(ascii: "_") else { return nil }
        for index in prefix.indices where text[index] != prefix[index] { return nil }
        // The top word holds ten bits, of which the first two must be clear.
        guard let top = word(text, first..<first + 2), top < 1 << 8,
            let middle = word(text, first + 2..<first + 14),
            let bottom = word(text, first + 14..<first + 26)
        else { return nil }
        return UInt128(top) << 120 | UInt128(middle) << 60 | UInt128(bottom)
    }

    /// At most twelve digits as one number.
    private static func word(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
        let digits = digits
        var word: UInt64 = 0
        for index in range {
            let digit = digits[Int(text[index])]
            guard digit < 32 else { return nil }
            word = word << 5 | UInt64(digit)
        }
        return word
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
