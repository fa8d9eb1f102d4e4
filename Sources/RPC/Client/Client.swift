public import GRPCWire
internal import HTTP2
internal import NIOCore
internal import NIOPosix

/// What a client is told at its start; the defaults suit a command line as well as a daemon.
public struct ClientConfiguration: Sendable {
    /// The server.
    public var target: SocketTarget
    /// The longest response message, compressed and not, in bytes.
    public var receiveMessageBytesMax = 64 << 20
    /// For making a connection.
    public var connectTimeout = Duration.seconds(20)
    /// Bytes queued on one stream above which its `send` waits.
    public var streamQueueHighWater = 256 << 10
    /// Bytes at which a waiting `send` goes on.
    public var streamQueueLowWater = 64 << 10
    /// How the client names itself.
    public var userAgent = "grpc-swift-slotd/0.1 (linux)"

    /// Defaults for everything but the server.
    public init(target: SocketTarget) {
        self.target = target
    }
}

/// The answer to a unary call that went well.
public struct UnaryResponse: Sendable {
    /// The encoded response.
    public var message: [UInt8]
    /// What came with the response headers.
    public var initialMetadata: Metadata
    /// What came with the status.
    public var trailingMetadata: Metadata
}

/// A gRPC client of one server, on one connection that is made when first needed and made anew
/// after it was lost.
///
/// ```swift
/// let client = Client(ClientConfiguration(target: SocketTarget("127.0.0.1:50051")!))
/// let answer = try await client.unary("/demo.Greeter/Greet", message: request)
/// await client.close()
/// ```
///
/// Calls fail fast: when the server can not be reached they end with `UNAVAILABLE` and a sentence
/// that names the address and the reason. Every call that finds no connection tries once to make
/// one, so a caller that wants to wait for a server just calls again. Safe to use from any task;
/// cancelling a task cancels its call.
public final class Client: Sendable {
    private let transport: ClientTransport

    /// Makes no connection yet.
    public init(_ configuration: ClientConfiguration) {
        transport = ClientTransport(
            configuration, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    /// One request, one response.
    ///
    /// - Parameters:
    ///   - path: `/package.Service/Method`.
    ///   - message: the encoded request.
    ///   - timeout: sent along as `grpc-timeout` and kept here; nil waits for ever (the server has
    ///     its own limit).
    ///   - compress: sends the request as gzip.
    /// - Throws: the status of a call that did not end with `OK`.
    public func unary(
        _ path: String, message: [UInt8], metadata: Metadata = Metadata(),
        timeout: Duration? = nil, compress: Bool = false
    ) async throws(Status) -> UnaryResponse {
        let deadline = timeout.map { NIODeadline.now() + TimeAmount($0) }
        // A request that the server certainly did not look at is repeated once, on a new
        // connection if need be.
        for attempt in 0..<2 {
            let call = ClientCall(transport: transport, deadline: deadline)
            let outcome = await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    transport.eventLoop.execute {
                        call.collect(continuation)
                        call.start(
                            path: path, metadata: metadata, single: message, compress: compress)
                    }
                }
            } onCancel: {
                call.cancelSoon()
            }
            switch outcome {
            case .response(let response): return response
            case .failure(let status, let isUnprocessed):
                if !isUnprocessed || attempt == 1 { throw status }
            }
        }
        throw Status(.unavailable, "the server refused the call twice")
    }

    /// Opens a stream of any kind. Returns once the request is on its way.
    public func stream(
        _ path: String, metadata: Metadata = Metadata(), timeout: Duration? = nil
    ) async throws(Status) -> ClientStream {
        let deadline = timeout.map { NIODeadline.now() + TimeAmount($0) }
        let call = ClientCall(transport: transport, deadline: deadline)
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                transport.eventLoop.execute {
                    call.announceStart(continuation)
                    call.start(path: path, metadata: metadata, single: nil, compress: false)
                }
            }
        } onCancel: {
            call.cancelSoon()
        }
        try outcome.get()
        return ClientStream(call)
    }

    /// Closes the connection; calls under way end with `CANCELLED`, later ones with `UNAVAILABLE`.
    public func close() async {
        await withUnsafeContinuation { continuation in
            transport.eventLoop.execute { [transport] in
                transport.close { continuation.resume() }
            }
        }
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        // A century stands for ever, and leaves room for adding the present.
        let century: Int64 = 3_155_760_000_000_000_000
        self = .nanoseconds(overflow || carry ? century : min(max(sum, 0), century))
    }
}
