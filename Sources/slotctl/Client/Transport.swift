internal import GRPCWire

/// What carries encoded messages to the daemon and back. A value of closures, so that the commands
/// run unchanged over a connection and over a table of prepared replies.
struct Transport: Sendable {
    /// One request, one reply.
    let unary:
        @Sendable (_ path: String, _ message: [UInt8], _ metadata: Metadata, _ timeout: Duration?)
            async throws(Status) -> [UInt8]
    /// A call with many messages either way.
    let open:
        @Sendable (_ path: String, _ metadata: Metadata, _ timeout: Duration?)
            async throws(Status) -> MessageStream
    /// Ends the connection.
    let close: @Sendable () async -> Void
}

/// The two directions of a streaming call.
struct MessageStream: Sendable {
    let send: @Sendable (_ message: [UInt8]) async throws(Status) -> Void
    /// Says that no more will be sent.
    let halfClose: @Sendable () async throws(Status) -> Void
    /// The next message; nil after the last of a call that ended well.
    let next: @Sendable () async throws(Status) -> [UInt8]?
}
