/// Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding) into one
/// buffer.
///
/// What is hot is encoded by hand: the journal's records, once on the committer's thread and once
/// on the tables', and the replies of the busiest calls. Building the generated messages and
/// visiting them twice took three quarters of a commit's time, and a sixth of a booking's. The
/// generated code reads what this writes, and in the tests it is the twin that must write the very
/// same bytes: fields in the order of their numbers, defaults left out.
///
/// Inlinable, since its users live in other modules: a generic call for each field would cost more
/// than the field.
public struct MessageWriter: Sendable {
    /// What was written so far.
    public var bytes: [UInt8] = []

    @usableFromInline
    enum WireType: UInt32 {
        case varint = 0
        case fixed64 = 1
        case delimited = 2
    }

    /// Nothing written yet, or what somebody else has encoded of the message so far.
    @inlinable
    public init(after bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// Makes room for so many bytes.
    @inlinable
    public mutating func reserve(_ byteCount: Int) {
        bytes.reserveCapacity(byteCount)
    }

    /// Forgets what was written, and keeps the room for it.
    @inlinable
    public mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
    }

    // MARK: Fields that are left out at their default

    /// int32, int64 or uint32.
    @inlinable
    public mutating func integer(_ field: UInt32, _ value: some BinaryInteger) {
        if value != 0 { always(field, integer: value) }
    }

    /// sint32 or sint64.
    @inlinable
    public mutating func signed(_ field: UInt32, _ value: some BinaryInteger) {
        if value != 0 { always(field, signed: Int64(value)) }
    }

    /// bool.
    @inlinable
    public mutating func flag(_ field: UInt32, _ value: Bool) {
        if value { always(field, integer: 1) }
    }

    /// string.
    @inlinable
    public mutating func text(_ field: UInt32, _ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            guard !utf8.isEmpty else { return }
            tag(field, .delimited)
            varint(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    /// bytes.
    @inlinable
    public mutating func blob(_ field: UInt32, _ value: [UInt8]) {
        guard !value.isEmpty else { return }
        tag(field, .delimited)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// fixed64.
    @inlinable
    public mutating func fixed64(_ field: UInt32, _ value: UInt64) {
        guard value != 0 else { return }
        tag(field, .fixed64)
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    /// A repeated field of int32 or uint32, packed.
    @inlinable
    public mutating func packed(_ field: UInt32, _ values: [some BinaryInteger]) {
        guard !values.isEmpty else { return }
        message(field) { writer in
            for value in values { writer.varint(UInt64(truncatingIfNeeded: Int64(value))) }
        }
    }

    /// The raw value of a case, left out where it is the one that an absent field means.
    @inlinable
    public mutating func choice<Value: RawRepresentable<UInt8>>(
        _ field: UInt32, _ value: Value, usual: Value
    ) {
        if value.rawValue != usual.rawValue { always(field, integer: value.rawValue) }
    }

    // MARK: Fields that are written whatever they hold

    /// int32, int64, uint32 or an enumeration.
    @inlinable
    public mutating func always(_ field: UInt32, integer value: some BinaryInteger) {
        tag(field, .varint)
        varint(UInt64(truncatingIfNeeded: Int64(value)))
    }

    /// sint32 or sint64.
    @inlinable
    public mutating func always(_ field: UInt32, signed value: Int64) {
        tag(field, .varint)
        varint(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// A message within this one that is encoded already; an empty one, too.
    @inlinable
    public mutating func message(_ field: UInt32, _ encoded: [UInt8]) {
        tag(field, .delimited)
        varint(UInt64(encoded.count))
        bytes.append(contentsOf: encoded)
    }

    /// A message within this one, which `body` writes.
    @inlinable
    public mutating func message(_ field: UInt32, _ body: (inout MessageWriter) -> Void) {
        let start = begin(field)
        body(&self)
        end(start)
    }

    /// Begins a message within this one, to which everything belongs that is written until `end`
    /// gets what this returned. For where a closure would copy a large value to hold it.
    @inlinable
    public mutating func begin(_ field: UInt32) -> Int {
        tag(field, .delimited)
        // Most messages are short: their length takes one byte. A longer one is moved up.
        bytes.append(0)
        return bytes.count
    }

    /// Ends the message that began at `start`.
    @inlinable
    public mutating func end(_ start: Int) {
        var length = bytes.count - start
        guard length >= 0x80 else {
            bytes[start - 1] = UInt8(length)
            return
        }
        let size = MessageWriter.byteCount(ofVarint: UInt64(length))
        bytes.append(contentsOf: repeatElement(0, count: size - 1))
        bytes.withUnsafeMutableBytes { bytes in
            let source = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
            let place = UnsafeMutableRawBufferPointer(rebasing: bytes[(start + size - 1)...])
            place.copyMemory(from: source)
            for index in start - 1..<start + size - 2 {
                bytes[index] = UInt8(truncatingIfNeeded: length) | 0x80
                length >>= 7
            }
            bytes[start + size - 2] = UInt8(length)
        }
    }

    // MARK: The wire

    /// How many bytes a varint takes: 1 to 10.
    @inlinable
    public static func byteCount(ofVarint value: UInt64) -> Int {
        (UInt64.bitWidth - (value | 1).leadingZeroBitCount + 6) / 7
    }

    @inlinable
    mutating func tag(_ field: UInt32, _ type: WireType) {
        varint(UInt64(field << 3 | type.rawValue))
    }

    @inlinable
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
