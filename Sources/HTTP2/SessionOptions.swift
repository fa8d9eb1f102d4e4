/// The limits and sizes of one HTTP/2 session; every number a session depends on stands here.
public struct SessionOptions: Sendable {
    /// Streams the peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS); server only.
    public var concurrentStreamsMax: UInt32 = 128
    /// Bytes a peer may send on one stream before we have taken them.
    public var streamWindowBytes: UInt32 = 1 << 20
    /// The same for all streams of the connection together.
    public var connectionWindowBytes: Int32 = 8 << 20
    /// The largest frame we accept.
    public var frameBytesMax: UInt32 = 16_384
    /// The largest header list, counted as RFC 9113 does: name + value + 32 for each field.
    public var headerListBytesMax: Int = 16_384
    /// The number of fields in a header list. Bytes alone would let a peer send hundreds of
    /// references to one table entry for a byte each.
    public var headerFieldsMax: Int = 128
    /// HPACK dynamic table, in each direction.
    public var headerTableBytes: UInt32 = 4096
    /// Stream resets nghttp2 lets a client send at once, and per second after that. gRPC clients
    /// reset legitimately (cancellation, deadlines), so this is only the outer wall; the caller
    /// applies the finer rule from `FrameCounters`.
    public var resetBurst: UInt64 = 20_000
    /// What the burst regains.
    public var resetsPerSecond: UInt64 = 5_000
    /// CONTINUATION frames in one header block (CVE-2024-28182).
    public var continuationsMax: Int = 8
    /// Unsent acknowledgements of PING and SETTINGS (CVE-2019-9512, -9515).
    public var outboundAcksMax: Int = 1000
    /// Entries in one SETTINGS frame (CVE-2020-11080).
    public var settingsEntriesMax: Int = 32
    /// The largest header block we send, in bytes: it must hold status details.
    public var sendHeaderBytesMax: Int = 65_536
    /// Streams a client opens before it has seen the server's SETTINGS.
    public var initialPeerStreams: UInt32 = 100

    /// The defaults of the design.
    public init() {}
}
