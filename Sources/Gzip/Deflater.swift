internal import CZlib

/// Compresses whole messages to gzip; one instance serves any number of them, one after another.
///
/// Owns a zlib stream of about 256 KiB. zlib's state points back at its `z_stream`, which therefore
/// has a fixed place on the heap.
public struct Deflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter level: 1 (fast) to 9 (small).
    public init(level: Int = 1) {
        precondition((1...9).contains(level), "compression level \(level) is not in 1...9")
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 window bits + 16 asks for the gzip wrapper; memory level 8 is zlib's default.
        let code = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "deflateInit2 answered \(code): out of memory")
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// One complete gzip member holding `bytes`.
    public mutating func compress(_ bytes: [UInt8]) -> [UInt8] {
        deflateReset(stream)
        let bound = Int(deflateBound(stream, UInt(bytes.count)))
        // Both buffers outlive the single deflate call, and the output is as long as zlib's own
        // bound, so one call finishes the member.
        return bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(bound)
                let code = deflate(stream, Z_FINISH)
                precondition(code == Z_STREAM_END, "deflate answered \(code) with room to spare")
                count = bound - Int(stream.pointee.avail_out)
            }
        }
    }
}
