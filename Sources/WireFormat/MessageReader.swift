/// Reads protobuf's wire format (https://protobuf.dev/programming-guides/encoding) from one
/// message, field by field.
///
/// The counterpart of `MessageWriter`, for requests that come by the hundred thousand: the
/// generated decoder asks the message for each field through a protocol, and builds the type of
/// each nested message anew. It reads plain messages only. Whatever is unusual, broken bytes
/// included, makes it give up by answering nil, and the generated code has the last word.
///
/// Inlinable, since its users live in other modules.
public struct MessageReader {
    /// What is read.
    @usableFromInline
    let bytes: UnsafeRawBufferPointer
    @usableFromInline
    var position = 0

    /// Reads memory that must outlive the reader.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// There is no further field.
    @inlinable
    public var isAtEnd: Bool { position == bytes.count }

    /// The tag of the next field: its number times eight, and its wire type (0 varint, 2
    /// length-delimited).
    @inlinable
    public mutating func tag() -> UInt64? { varint() }

    /// A varint; nil where it is cut off or longer than ten bytes.
    @inlinable
    public mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    /// The content of a length-delimited field; nil where it is cut off.
    @inlinable
    public mutating func content() -> UnsafeRawBufferPointer? {
        guard let length = varint(), length <= UInt64(bytes.count - position) else { return nil }
        let end = position + Int(length)
        defer { position = end }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<end])
    }

    /// A string; nil where it is cut off or no UTF-8.
    @inlinable
    public mutating func text() -> String? {
        guard let content = content() else { return nil }
        guard let utf8 = try? UTF8Span(validating: content.bindMemory(to: UInt8.self).span)
        else { return nil }
        return String(copying: utf8)
    }
}
