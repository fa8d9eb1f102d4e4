internal import CNghttp2

/// Header fields that never change, in the form nghttp2 takes without copying.
///
/// Their memory is never freed: make them once, as static constants.
public struct PreparedHeaders: @unchecked Sendable {
    // Immutable after `init`, hence safe to share between threads.
    let fields: UnsafeMutablePointer<nghttp2_nv>
    let count: Int

    /// Copies the pairs into memory that is kept for ever.
    public init(_ pairs: [(name: String, value: String)]) {
        count = pairs.count
        fields = .allocate(capacity: max(count, 1))
        for (index, pair) in pairs.enumerated() {
            let name = Self.keep(pair.name)
            let value = Self.keep(pair.value)
            let flags =
                NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
            (fields + index).initialize(
                to: nghttp2_nv(
                    name: name.baseAddress, value: value.baseAddress, namelen: name.count,
                    valuelen: value.count, flags: UInt8(flags)))
        }
    }

    private static func keep(_ text: String) -> UnsafeMutableBufferPointer<UInt8> {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(text.utf8.count, 1))
        let (_, count) = buffer.initialize(from: text.utf8)
        return UnsafeMutableBufferPointer(rebasing: buffer[..<count])
    }
}

/// Header fields made for one call. Names are lower case; the caller vouches for names and values.
public struct HeaderBlock: Sendable {
    private struct Field {
        let nameByteCount: Int
        let valueByteCount: Int
        let flags: UInt8
    }

    private var bytes: [UInt8] = []
    private var fields: [Field] = []

    /// No fields.
    public init() {}

    /// - Parameter isIndexed: false keeps the field out of the HPACK table: for values that are
    ///   secret or seldom repeat.
    public mutating func append(_ name: String, _ value: String, isIndexed: Bool = true) {
        append(name, value.utf8, isIndexed: isIndexed)
    }

    /// Adds a field whose value is bytes.
    public mutating func append(
        _ name: String, _ value: some Collection<UInt8>, isIndexed: Bool = true
    ) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: value)
        let flags =
            isIndexed ? NGHTTP2_NV_FLAG_NONE.rawValue : NGHTTP2_NV_FLAG_NO_INDEX.rawValue
        fields.append(
            Field(
                nameByteCount: name.utf8.count, valueByteCount: value.count, flags: UInt8(flags)))
    }

    /// Calls `body` with the prepared fields followed by these, as nghttp2 wants them. nghttp2
    /// copies what is not marked otherwise, so the pointers need to live only as long as the call.
    func withFields<Result>(
        after prepared: PreparedHeaders?, _ body: (UnsafePointer<nghttp2_nv>, Int) -> Result
    ) -> Result {
        let preparedCount = prepared?.count ?? 0
        let total = preparedCount + fields.count
        return bytes.withUnsafeBufferPointer { bytes in
            withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: max(total, 1)) { list in
                for index in 0..<preparedCount {
                    list.initializeElement(at: index, to: prepared!.fields[index])
                }
                var start = 0
                for (index, field) in fields.enumerated() {
                    let name = UnsafeMutablePointer(mutating: bytes.baseAddress! + start)
                    start += field.nameByteCount
                    let value = UnsafeMutablePointer(mutating: bytes.baseAddress! + start)
                    start += field.valueByteCount
                    list.initializeElement(
                        at: preparedCount + index,
                        to: nghttp2_nv(
                            name: name, value: value, namelen: field.nameByteCount,
                            valuelen: field.valueByteCount, flags: field.flags))
                }
                return body(UnsafePointer(list.baseAddress!), total)
            }
        }
    }
}
