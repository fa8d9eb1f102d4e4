internal import CNghttp2

/// Recognizes header fields by the identity of their buffers.
///
/// HPACK delivers a field of its tables as the same two reference-counted buffers every time, so
/// two pointer comparisons recognize a path, a content type or a credential that was parsed
/// before. The owner keeps what a field means in an array of `capacity`, at the field's place. The
/// memo holds on to the buffers, hence an address can not come back with other bytes.
/// Direct-mapped: a new field replaces the one in its place.
public struct FieldMemo: ~Copyable {
    /// Places, numbered from 0.
    public static var capacity: Int { 64 }

    private var entries: [(name: OpaquePointer, value: OpaquePointer)?]

    /// Remembers nothing yet.
    public init() {
        entries = Array(repeating: nil, count: Self.capacity)
    }

    deinit {
        for case .some(let entry) in entries {
            nghttp2_rcbuf_decref(entry.name)
            nghttp2_rcbuf_decref(entry.value)
        }
    }

    /// The place of exactly these buffers, if they were remembered.
    public func place(of field: borrowing ReceivedField) -> Int? {
        let place = Self.hash(field)
        guard let entry = entries[place], entry.name == field.nameBuffer,
            entry.value == field.valueBuffer
        else { return nil }
        return place
    }

    /// Remembers a field and answers its place.
    public mutating func remember(_ field: borrowing ReceivedField) -> Int {
        let place = Self.hash(field)
        // The new references come first: both fields may share a buffer.
        nghttp2_rcbuf_incref(field.nameBuffer)
        nghttp2_rcbuf_incref(field.valueBuffer)
        if let previous = entries[place] {
            nghttp2_rcbuf_decref(previous.name)
            nghttp2_rcbuf_decref(previous.value)
        }
        entries[place] = (field.nameBuffer, field.valueBuffer)
        return place
    }

    private static func hash(_ field: borrowing ReceivedField) -> Int {
        // Allocations are 16-byte aligned, so the low bits say nothing; the multiplication spreads
        // the rest over the high ones.
        let name = UInt(bitPattern: field.nameBuffer) >> 4
        let value = UInt(bitPattern: field.valueBuffer) >> 4
        let mixed = (name &* 31 &+ value) &* 0x9E37_79B9_7F4A_7C15
        return Int(mixed >> 58)
    }
}
