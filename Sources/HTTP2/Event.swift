internal import CNghttp2

/// What happened on a session while it received or sent, in order.
///
/// `slot` names a stream: a small number, reused after `Session.release(slot:)`, fit to index an
/// array of the owner's own state.
public enum Event {
    /// A header list is complete: a request on a server, response headers or trailers on a client.
    case headers(slot: Int, block: ReceivedBlock)
    /// Payload bytes; they point into the buffer given to `receive` and are valid while it is.
    case data(slot: Int, bytes: UnsafeRawBufferPointer)
    /// The peer will send no more on this stream.
    case endOfStream(slot: Int)
    /// Our END_STREAM has been handed out while the peer's side was still open.
    case endStreamSent(slot: Int)
    /// A stream's outbound queue has fallen to the low-water mark asked for.
    case drained(slot: Int)
    /// The stream is gone; the slot stays taken until it is released.
    case closed(slot: Int, errorCode: UInt32)
    /// The peer's SETTINGS, or its acknowledgement of ours.
    case settings(isAcknowledgement: Bool)
    /// A PING of ours came back.
    case pong(payload: UInt64)
    /// The peer will process no stream beyond `lastStreamID`.
    case goAway(lastStreamID: Int32, errorCode: UInt32)
}

/// The fields of one received header list.
public struct ReceivedBlock {
    let first: Int
    /// How many fields were kept.
    public let count: Int
    /// Set when the list went over a limit; what came after it was not kept.
    public let isOverLimit: Bool
    /// Set when the peer's END_STREAM came with this list.
    public let endsStream: Bool
    /// Set when this list follows an earlier one of the same stream (trailers).
    public let isFollowing: Bool
}

/// One received header field. Bytes and identities are valid until `Session.clearEvents()`.
public struct ReceivedField {
    let nameBuffer: OpaquePointer
    let valueBuffer: OpaquePointer
    /// Lower case, as HTTP/2 demands.
    public let name: UnsafeBufferPointer<UInt8>
    /// Any bytes HTTP allows.
    public let value: UnsafeBufferPointer<UInt8>

    init(name nameBuffer: OpaquePointer, value valueBuffer: OpaquePointer) {
        self.nameBuffer = nameBuffer
        self.valueBuffer = valueBuffer
        let name = nghttp2_rcbuf_get_buf(nameBuffer)
        let value = nghttp2_rcbuf_get_buf(valueBuffer)
        self.name = UnsafeBufferPointer(start: name.base, count: name.len)
        self.value = UnsafeBufferPointer(start: value.base, count: value.len)
    }
}

/// Counts of what a peer can do to keep us busy for nothing; never reset, so that a policy can
/// take differences.
public struct FrameCounters: Sendable {
    /// PING frames that wanted an answer.
    public var pings = 0
    /// SETTINGS frames, acknowledgements not counted.
    public var settings = 0
    /// DATA frames with neither bytes nor END_STREAM.
    public var emptyData = 0
    /// PRIORITY frames.
    public var priorities = 0
    /// WINDOW_UPDATE frames.
    public var windowUpdates = 0
    /// Frames of types that are not HTTP/2's.
    public var unknownFrames = 0
    /// RST_STREAM frames.
    public var resetsReceived = 0
    /// RST_STREAM frames we sent that the owner did not ask for: nghttp2's answers to violations.
    public var resetsForced = 0
    /// Frames that broke a rule of their stream.
    public var invalidFrames = 0
    /// HEADERS and DATA frames handed out.
    public var responseFramesSent = 0

    /// Nothing has happened.
    public init() {}
}
