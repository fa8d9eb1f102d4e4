internal import Crypto
internal import Engine

/// Computes the links of the hash chains, one chain for each organization.
///
/// A link is SHA-256 (FIPS 180-4) over, in this order: the 32 bytes of the link before it, 32
/// zeros for the first; the position and the time in milliseconds, 8 bytes each, little-endian;
/// then the organization, the actor, the rpc, the request id and the payload, each as its number
/// of bytes, 8 bytes little-endian, and the bytes in UTF-8. A call without a request id has
/// 0xffffffffffffffff for the number of its bytes. So the columns of a row are all in its link,
/// but for its number in the file, which other organizations' entries have a say in.
///
/// What others computed must be computed the same way for ever: a change needs another column.
struct ChainLink {
    /// Reused for what stands before the payload.
    private var head: [UInt8] = []

    /// The link of an entry that follows `previous`.
    mutating func hash(
        after previous: ChainHash, organization: String, position: Int64, at milliseconds: Int64,
        actor: String, rpc: String, requestID: String?, payload: [UInt8]
    ) -> ChainHash {
        head.removeAll(keepingCapacity: true)
        head.append(contentsOf: previous.bytes)
        append(UInt64(bitPattern: position))
        append(UInt64(bitPattern: milliseconds))
        append(organization)
        append(actor)
        append(rpc)
        if let requestID { append(requestID) } else { append(UInt64.max) }
        append(UInt64(payload.count))
        var function = SHA256()
        // Safe: the buffers are read during the calls and not kept.
        head.withUnsafeBytes { function.update(bufferPointer: $0) }
        payload.withUnsafeBytes { function.update(bufferPointer: $0) }
        guard let hash = ChainHash(Array(function.finalize())) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return hash
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            append(UInt64(utf8.count))
            head.append(contentsOf: utf8)
        }
    }

    private mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { head.append(contentsOf: $0) }
    }
}
