internal import CZlib

/// Reads gzip, either a whole message at once (`decompress`) or a file piece by piece (`push`).
///
/// Several members one after another, as `cat a.gz b.gz` makes them, read as one.
public struct Inflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private var isInsideMember = false

    /// Ready for a message or a file.
    public init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 window bits + 16: the gzip wrapper and nothing else.
        let code = inflateInit2_(
            stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "inflateInit2 answered \(code): out of memory")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Inflates one whole message. Output is never longer than `outputBytesMax`: the limit is
    /// checked while inflating, so a bomb costs no more than that.
    public mutating func decompress(
        _ bytes: [UInt8], outputBytesMax: Int
    ) throws(GzipError) -> [UInt8] {
        inflateReset(stream)
        isInsideMember = false
        var output: [UInt8] = []
        try push(bytes, into: &output, outputBytesMax: outputBytesMax)
        try finish()
        // A message without a single byte of gzip is not an empty message.
        guard !bytes.isEmpty else { throw .truncated }
        return output
    }

    /// Inflates the next piece of a file, appending to `output`, which may grow to
    /// `outputBytesMax` bytes in all (the caller empties it between pieces).
    public mutating func push(
        _ bytes: [UInt8], into output: inout [UInt8], outputBytesMax: Int = .max
    ) throws(GzipError) {
        var used = 0
        var hasPendingOutput = false
        while used < bytes.count || hasPendingOutput {
            // A step inflates into at most 1 MiB, so memory beyond the limit is bounded by that.
            let room = min(max(4 * (bytes.count - used), 1024), 1 << 20)
            let step = inflateStep(bytes, from: used, room: room)
            used += step.used
            if step.code == Z_STREAM_END {
                isInsideMember = false
                inflateReset(stream)
            } else if step.code == Z_OK || step.code == Z_BUF_ERROR {
                if step.used > 0 { isInsideMember = true }
            } else {
                throw .corrupt
            }
            guard output.count + step.output.count <= outputBytesMax else {
                throw .tooLarge(limit: outputBytesMax)
            }
            output.append(contentsOf: step.output)
            hasPendingOutput = step.code == Z_OK && step.output.count == room
            if step.code == Z_BUF_ERROR && step.used == 0 { break }
        }
    }

    /// Checks that the input did not stop inside a member.
    public func finish() throws(GzipError) {
        if isInsideMember { throw .truncated }
    }

    private func inflateStep(
        _ bytes: [UInt8], from start: Int, room: Int
    ) -> (code: Int32, used: Int, output: [UInt8]) {
        var code: Int32 = Z_OK
        var used = 0
        // Both buffers outlive the single inflate call.
        let output = bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                let available = input.count - start
                stream.pointee.next_in = input.baseAddress.map {
                    UnsafeMutablePointer(mutating: $0 + start)
                }
                stream.pointee.avail_in = UInt32(available)
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(room)
                code = inflate(stream, Z_NO_FLUSH)
                used = available - Int(stream.pointee.avail_in)
                count = room - Int(stream.pointee.avail_out)
            }
        }
        return (code, used, output)
    }
}
