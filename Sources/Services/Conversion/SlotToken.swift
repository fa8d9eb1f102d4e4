internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI

/// The state in which slots were found, and where the next of them are. Both are opaque to clients.

/// Names the organization and the journal position at which slots were found.
///
/// The core judges every slot anew, which costs microseconds, so the token decides nothing: it lets
/// a refusal tell whether anything has changed since the caller saw the slot offered.
enum SlotToken {
    /// In base 64: the organization's mark and the position, eight bytes each. Every reply with
    /// slots carries one, so it is made without a text in between.
    static func encode(in organization: Organization) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * wordByteCount)
        append(mark(organization), to: &bytes)
        append(UInt64(organization.position), to: &bytes)
        return String(decoding: Base64.encode(bytes), as: UTF8.self)
    }

    /// The position; nil for no token. Refuses one that this organization has not given.
    static func decode(
        _ token: String, _ field: @autoclosure () -> String, in organization: Organization
    ) throws(Rejection) -> Int64? {
        if token.isEmpty { return nil }
        let bytes = token.utf8.count <= 64 ? Base64.decode(Array(token.utf8).span) : nil
        guard let bytes, bytes.count == 2 * wordByteCount,
            word(bytes[..<wordByteCount]) == mark(organization),
            let position = Int64(exactly: word(bytes[wordByteCount...])),
            position <= organization.position
        else { throw .invalid(field(), "is not one that slots came with") }
        return position
    }

    private static let wordByteCount = 8

    private static func mark(_ organization: Organization) -> UInt64 {
        UInt64(truncatingIfNeeded: organization.id.value)
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for place in (0..<wordByteCount).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place)))
        }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The page of slots that begins at a start. Its token also says at which journal position the page
/// before it was found.
extension Slotd_V1_FindSlotsRequest {
    func token(from start: Minute, at revision: Int64) -> String {
        token(for: [String(start.sinceEpoch), String(revision)])
    }

    /// The start that the page begins at; nil: the window's. Refuses a revision that the
    /// organization has not reached.
    func pageStart(at revision: Int64) throws(Rejection) -> Minute? {
        guard let parts = try place(parts: 2) else { return nil }
        guard let start = Int32(parts[0]), let found = Int64(parts[1]),
            (0...revision).contains(found)
        else { throw .unknownPage }
        return Minute(sinceEpoch: start)
    }
}
