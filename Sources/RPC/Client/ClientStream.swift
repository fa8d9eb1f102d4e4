public import GRPCWire

/// One streaming call from the client's side.
///
/// ```swift
/// let stream = try await client.stream("/demo.Chat/Talk")
/// try await stream.send(request)
/// await stream.halfClose()
/// for try await message in stream.responses { … }
/// ```
///
/// The call ends with `OK` when `responses` runs out, and with the status it throws otherwise.
/// Dropping the stream before that cancels the call.
public final class ClientStream: Sendable {
    private let call: ClientCall

    init(_ call: ClientCall) {
        self.call = call
    }

    deinit {
        call.cancelSoon()
    }

    /// The response messages, to be iterated once, by one task.
    public var responses: StreamMessages { StreamMessages(call) }

    /// Sends a message, waiting while the outbound queue is full. Throws the call's status when it
    /// has ended.
    public func send(_ message: [UInt8], compress: Bool = false) async throws(Status) {
        let outcome = await withUnsafeContinuation { continuation in
            call.onLoop { $0.send(message, compress: compress, continuation) }
        }
        try outcome.get()
    }

    /// Tells the server that no more requests come.
    public func halfClose() async {
        await withUnsafeContinuation { continuation in
            call.onLoop {
                $0.halfClose()
                continuation.resume()
            }
        }
    }

    /// The response headers' metadata, waiting until they have come. A response without headers of
    /// its own (trailers only) has none.
    public func initialMetadata() async throws(Status) -> Metadata {
        let outcome = await withUnsafeContinuation { continuation in
            call.onLoop { $0.awaitInitialMetadata(continuation) }
        }
        return try outcome.get()
    }

    /// The metadata that came with the status; empty before the call has ended.
    public func trailingMetadata() async -> Metadata {
        await withUnsafeContinuation { continuation in
            call.onLoop { continuation.resume(returning: $0.trailingMetadata) }
        }
    }

    /// Cancels the call, unless it has ended.
    public func cancel() {
        call.cancelSoon()
    }
}
