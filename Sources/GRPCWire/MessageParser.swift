/// Cuts a stream of DATA bytes into gRPC messages.
///
/// A message is a flag byte (0 plain, 1 compressed), a big-endian 32-bit length and that many
/// bytes; DATA frames may cut it anywhere, even inside the prefix. The length is checked before a
/// single payload byte is stored, and memory grows only with bytes that have really arrived, so a
/// peer pays for what it makes us keep.
public struct MessageParser: Sendable {
    /// Why bytes are not messages.
    public enum Failure: Error, Hashable {
        /// The flag byte was neither 0 nor 1.
        case invalidFlag(UInt8)
        /// The announced length is beyond the limit; reported at the fifth byte.
        case tooLarge(byteCount: Int, limit: Int)
    }

    /// Flag and length.
    public static let prefixByteCount = 5

    private let messageBytesMax: Int
    private var prefixCount = 0
    private var isCompressed = false
    private var remaining = 0
    private var length: UInt32 = 0
    private var payload: [UInt8] = []

    /// - Parameter messageBytesMax: the longest message accepted, in bytes, as sent.
    public init(messageBytesMax: Int) {
        self.messageBytesMax = messageBytesMax
    }

    /// Whether the stream may end here without cutting a message short.
    public var isAtBoundary: Bool { prefixCount == 0 }

    /// Takes bytes from `offset` on and returns the next whole message, or nil when all bytes are
    /// used up. Call again with the same `offset` until it answers nil.
    public mutating func next(
        _ bytes: UnsafeRawBufferPointer, offset: inout Int
    ) throws(Failure) -> StreamMessage? {
        if prefixCount < Self.prefixByteCount {
            while prefixCount < Self.prefixByteCount {
                guard offset < bytes.count else { return nil }
                try takePrefixByte(bytes[offset])
                offset += 1
            }
            remaining = Int(length)
            if bytes.count - offset >= remaining {
                // The whole payload is here: one allocation, one copy.
                let whole = [UInt8](
                    UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + remaining)]))
                offset += remaining
                return finish(whole)
            }
        }
        let count = min(bytes.count - offset, remaining)
        payload.append(
            contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
        offset += count
        remaining -= count
        guard remaining == 0 else { return nil }
        let whole = payload
        payload = []
        return finish(whole)
    }

    private mutating func takePrefixByte(_ byte: UInt8) throws(Failure) {
        if prefixCount == 0 {
            guard byte <= 1 else { throw .invalidFlag(byte) }
            isCompressed = byte == 1
            length = 0
        } else {
            length = length << 8 | UInt32(byte)
        }
        prefixCount += 1
        if prefixCount == Self.prefixByteCount, Int(length) > messageBytesMax {
            throw .tooLarge(byteCount: Int(length), limit: messageBytesMax)
        }
    }

    private mutating func finish(_ bytes: [UInt8]) -> StreamMessage {
        prefixCount = 0
        return StreamMessage(bytes: bytes, wasCompressed: isCompressed)
    }
}

/// One message of a stream, without its prefix and already decompressed when it is handed to an
/// application.
public struct StreamMessage: Sendable, Hashable {
    /// The encoded protobuf message.
    public let bytes: [UInt8]
    /// Whether it travelled compressed.
    public let wasCompressed: Bool

    /// A message as it is handed to an application.
    public init(bytes: [UInt8], wasCompressed: Bool) {
        self.bytes = bytes
        self.wasCompressed = wasCompressed
    }
}
