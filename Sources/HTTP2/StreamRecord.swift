/// How a stream's outbound side ends once its queue is empty.
enum StreamEnding {
    /// It does not: more may be queued.
    case open
    /// With END_STREAM on the last DATA frame.
    case plain
    /// With trailers.
    case prepared(PreparedHeaders)
    case block(HeaderBlock)
}

/// One stream of a session: what we must know to answer nghttp2's questions about it.
struct StreamRecord {
    /// A queued message: a prefix of five bytes, written by us, and a payload that is not copied
    /// until it goes into a frame.
    struct Message {
        let flag: UInt8
        let payload: [UInt8]

        var byteCount: Int { 5 + payload.count }
    }

    var id: Int32
    /// The peer has sent END_STREAM or a reset.
    var isRemoteClosed = false
    /// The peer has sent a header list on this stream.
    var hasReceivedHeaders = false
    /// nghttp2 has been told that there is nothing to send for now.
    var isDeferred = false
    /// The owner asked for a reset; a second one must not go out.
    var isReset = false
    /// Whether nghttp2 has been given our header list.
    var hasSubmitted = false
    var ending = StreamEnding.open

    /// The message being sent, and how much of it has gone.
    var head: Message?
    var headByteCountSent = 0
    /// Those behind it, from `nextIndex` on.
    var following: [Message] = []
    var nextIndex = 0
    /// Everything queued and not yet handed out.
    var queuedByteCount = 0
    /// When the queue falls to this, the owner hears of it once; -1 when it does not care.
    var lowWaterMark = -1

    init(id: Int32) {
        self.id = id
    }

    mutating func enqueue(_ message: Message) {
        queuedByteCount += message.byteCount
        if head == nil {
            head = message
            headByteCountSent = 0
        } else {
            following.append(message)
        }
    }

    /// Fills `buffer` from the queue, several messages if they fit. Returns the bytes written.
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var written = 0
        while written < buffer.count, let message = head {
            if headByteCountSent < 5 {
                let length = UInt32(truncatingIfNeeded: message.payload.count)
                while headByteCountSent < 5, written < buffer.count {
                    buffer[written] =
                        headByteCountSent == 0
                        ? message.flag
                        : UInt8(truncatingIfNeeded: length >> (8 * (4 - UInt32(headByteCountSent))))
                    headByteCountSent += 1
                    written += 1
                }
            }
            let start = headByteCountSent - 5
            if start >= 0 {
                let count = min(buffer.count - written, message.payload.count - start)
                message.payload.withUnsafeBytes { payload in
                    let slice = UnsafeRawBufferPointer(rebasing: payload[start..<(start + count)])
                    UnsafeMutableRawBufferPointer(rebasing: buffer[written...]).copyMemory(
                        from: slice)
                }
                written += count
                headByteCountSent += count
            }
            if headByteCountSent == message.byteCount { advance() }
        }
        queuedByteCount -= written
        return written
    }

    private mutating func advance() {
        headByteCountSent = 0
        guard nextIndex < following.count else {
            head = nil
            return
        }
        head = following[nextIndex]
        nextIndex += 1
        if nextIndex == following.count {
            following.removeAll(keepingCapacity: true)
            nextIndex = 0
        } else if nextIndex >= 64 {
            // Keeps the array from growing behind a queue that never runs empty.
            following.removeFirst(nextIndex)
            nextIndex = 0
        }
    }
}
