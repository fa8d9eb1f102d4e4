internal import CNghttp2

/// What nghttp2's callbacks write to: events in order, the received fields, and the streams.
///
/// It lives at a fixed heap address, which is the session's C `user_data`. Only the callbacks in
/// `Callbacks.swift` and the methods of `Session` touch it, both on the connection's thread.
struct SessionBox: ~Copyable {
    var events: [Event] = []
    var fields: [ReceivedField] = []
    var streams = StreamTable()
    var counters = FrameCounters()
    /// DATA bytes received, the owner's to give back to the connection window.
    var unconsumedByteCount = 0
    /// Everything queued on all streams.
    var queuedByteCount = 0
    /// Slots whose response headers nghttp2 refused to send; their streams are to be reset.
    var unsendable: [Int] = []
    let isServer: Bool
    let headerListBytesMax: Int
    let headerFieldsMax: Int

    // The header list being received; nghttp2 never interleaves two.
    var isInsideBlock = false
    var blockFirst = 0
    var blockByteCount = 0
    var blockIsOverLimit = false

    init(role: Session.Role, options: SessionOptions) {
        isServer = role == .server
        headerListBytesMax = options.headerListBytesMax
        headerFieldsMax = options.headerFieldsMax
        events.reserveCapacity(256)
        fields.reserveCapacity(1024)
    }

    deinit {
        for field in fields { Self.letGo(field) }
    }

    /// Forgets everything but the fields of a header list that is still arriving: a list may be cut
    /// anywhere by the socket.
    mutating func clearEvents() {
        events.removeAll(keepingCapacity: true)
        let finished = isInsideBlock ? blockFirst : fields.count
        for field in fields[..<finished] { Self.letGo(field) }
        if finished == fields.count {
            fields.removeAll(keepingCapacity: true)
        } else {
            fields.removeFirst(finished)
        }
        blockFirst = 0
    }

    mutating func beginBlock() {
        isInsideBlock = true
        blockFirst = fields.count
        blockByteCount = 0
        blockIsOverLimit = false
    }

    /// Keeps a field, unless the list is over a limit. Name and value stay alive until
    /// `clearEvents`.
    mutating func addField(name: OpaquePointer, value: OpaquePointer) {
        guard !blockIsOverLimit else { return }
        let field = ReceivedField(name: name, value: value)
        blockByteCount += field.name.count + field.value.count + 32
        guard blockByteCount <= headerListBytesMax, fields.count - blockFirst < headerFieldsMax
        else {
            blockIsOverLimit = true
            return
        }
        nghttp2_rcbuf_incref(name)
        nghttp2_rcbuf_incref(value)
        fields.append(field)
    }

    mutating func endBlock(slot: Int, endsStream: Bool, isFollowing: Bool) {
        isInsideBlock = false
        let block = ReceivedBlock(
            first: blockFirst, count: fields.count - blockFirst, isOverLimit: blockIsOverLimit,
            endsStream: endsStream, isFollowing: isFollowing)
        events.append(.headers(slot: slot, block: block))
    }

    private static func letGo(_ field: ReceivedField) {
        nghttp2_rcbuf_decref(field.nameBuffer)
        nghttp2_rcbuf_decref(field.valueBuffer)
    }
}
