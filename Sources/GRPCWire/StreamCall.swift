/// One streaming call on the server, seen by its handler. Any of the three streaming kinds.
///
/// The handler is an async function that runs on the call's event loop (its task prefers that
/// executor, so reading and writing hop nowhere):
///
/// ```swift
/// table.stream("/demo.Chat/Talk", kind: .bidirectional) { stream throws(Status) in
///     for try await message in stream.requests {
///         try await stream.send(message.bytes)
///     }
/// }
/// ```
///
/// Returning ends the call with `OK` (or with the trailers set before), throwing a `Status` ends it
/// with that status. When the peer cancels, the deadline passes or the connection breaks, the
/// handler's task is cancelled and every pending or later operation throws.
///
/// Back-pressure works both ways: a request that is not read keeps the peer's window closed, and
/// `send` waits while more than the high-water mark is queued.
public protocol ServerStream: Sendable {
    /// `/package.Service/Method`.
    var method: String { get }
    /// The user metadata of the request.
    var metadata: Metadata { get }
    /// When the caller stops waiting, monotonic nanoseconds; nil when never.
    var deadline: UInt64? { get }
    /// The index of the call's event loop.
    var loop: Int { get }
    /// The peer's address, for logs.
    var peer: String { get }
    /// The request messages, to be iterated once. Ends when the peer half-closes; throws when the
    /// call is cancelled or the peer broke the framing.
    var requests: StreamMessages { get }

    /// Sends the response headers with this metadata, now. At most once, before the first message;
    /// the first `send` does it by itself otherwise.
    func sendHeaders(_ metadata: Metadata) async throws(Status)
    /// Sends one message (encoded protobuf, no prefix), waiting while the outbound queue is full.
    /// With `compress`, it travels as gzip if the peer accepts that.
    func send(_ message: [UInt8], compress: Bool) async throws(Status)
    /// Metadata to go out with the status, whatever that will be. The last call wins.
    func setTrailers(_ metadata: Metadata) async
}

extension ServerStream {
    /// Sends one message uncompressed.
    public func send(_ message: [UInt8]) async throws(Status) {
        try await send(message, compress: false)
    }
}

/// The shape of a streaming method.
public enum StreamKind: Sendable, Hashable {
    /// Many requests, one response.
    case client
    /// One request, many responses.
    case server
    case bidirectional
}

/// Serves one streaming call; see `ServerStream`.
public typealias StreamHandler = @Sendable (any ServerStream) async throws(Status) -> Void

/// Where `StreamMessages` come from: a connection.
public protocol MessageSource: AnyObject, Sendable {
    /// The next message, nil at the end. One reader at a time.
    func nextMessage() async throws(Status) -> StreamMessage?
}

/// The messages of one direction of a call, in order, one reader.
public struct StreamMessages: AsyncSequence, Sendable {
    /// Messages without prefix, decompressed.
    public typealias Element = StreamMessage
    /// How the call ended, if not well.
    public typealias Failure = Status

    private let source: any MessageSource

    /// The messages of a source that nobody else reads.
    public init(_ source: any MessageSource) {
        self.source = source
    }

    /// The one reader.
    public func makeAsyncIterator() -> Iterator {
        Iterator(source: source)
    }

    /// Takes messages one at a time.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let source: any MessageSource

        /// The next message; nil when the peer has sent its last.
        public mutating func next() async throws(Status) -> StreamMessage? {
            try await source.nextMessage()
        }

        /// The next message; nil when the peer has sent its last.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(Status) -> StreamMessage? {
            try await source.nextMessage()
        }
    }
}
