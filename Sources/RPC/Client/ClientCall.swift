internal import GRPCWire
internal import HTTP2
internal import NIOCore

/// One call of a client, unary or streaming. Owned by the transport's event loop.
final class ClientCall: MessageSource, @unchecked Sendable {
    enum UnaryOutcome: Sendable {
        case response(UnaryResponse)
        /// `isUnprocessed`: the server certainly did not look at the request.
        case failure(Status, isUnprocessed: Bool)
    }

    private let transport: ClientTransport
    private let deadline: NIODeadline?
    private var connection: ClientConnection?
    private var slot = -1
    private var timer: Scheduled<Void>?
    private var inbox: Inbox
    private var head = ResponseHead()
    private var hasHeaders = false
    private(set) var trailingMetadata = Metadata()
    /// How the call ended; nil while it has not.
    private var end: Status?

    private var collector: UnsafeContinuation<UnaryOutcome, Never>?
    private var collected: [[UInt8]] = []
    private var starter: UnsafeContinuation<Result<Void, Status>, Never>?
    private var writer: UnsafeContinuation<Result<Void, Status>, Never>?
    private var headWaiters: [UnsafeContinuation<Result<Metadata, Status>, Never>] = []

    init(transport: ClientTransport, deadline: NIODeadline?) {
        self.transport = transport
        self.deadline = deadline
        inbox = Inbox(
            parser: MessageParser(
                messageBytesMax: transport.configuration.receiveMessageBytesMax))
    }

    func onLoop(_ body: @Sendable @escaping (ClientCall) -> Void) {
        if transport.eventLoop.inEventLoop {
            body(self)
        } else {
            transport.eventLoop.execute { body(self) }
        }
    }

    // MARK: Start

    func collect(_ continuation: UnsafeContinuation<UnaryOutcome, Never>) {
        collector = continuation
    }

    func announceStart(_ continuation: UnsafeContinuation<Result<Void, Status>, Never>) {
        starter = continuation
    }

    func start(path: String, metadata: Metadata, single: [UInt8]?, compress: Bool) {
        if let end {
            finish(end)
            return
        }
        if let deadline {
            timer = transport.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
                self.abort(Status(.deadlineExceeded, "no answer before the deadline"))
            }
        }
        transport.withConnection { result in
            guard self.end == nil else { return }
            switch result {
            case .failure(let status):
                self.finish(status)
            case .success(let connection):
                self.open(
                    on: connection, self.headers(path: path, metadata: metadata, compress),
                    single: single, compress: compress)
            }
        }
    }

    private func open(
        on connection: ClientConnection, _ headers: HeaderBlock, single: [UInt8]?, compress: Bool
    ) {
        guard let slot = connection.open(self, headers) else {
            finish(
                Status(.unavailable, "the connection takes no more calls"), isUnprocessed: true)
            return
        }
        self.connection = connection
        self.slot = slot
        if let single {
            connection.session.enqueue(
                slot: slot, compress ? connection.compress(single) : single,
                isCompressed: compress)
            connection.session.endStream(slot: slot)
        }
        starter?.resume(returning: .success(()))
        starter = nil
    }

    private func headers(path: String, metadata: Metadata, _ compress: Bool) -> HeaderBlock {
        var block = HeaderBlock()
        block.append(":method", "POST")
        block.append(":scheme", "http")
        block.append(":path", path)
        block.append(":authority", transport.authority)
        block.append("te", "trailers")
        if let deadline {
            let left = max(0, (deadline - .now()).nanoseconds)
            block.append(
                "grpc-timeout", GRPCTimeout.format(nanoseconds: UInt64(left)), isIndexed: false)
        }
        block.append("content-type", "application/grpc")
        block.append("user-agent", transport.configuration.userAgent)
        if compress || collector == nil { block.append("grpc-encoding", "gzip") }
        block.append("grpc-accept-encoding", "identity,gzip")
        block.append(metadata)
        return block
    }

    // MARK: From the connection

    func headersReceived(_ block: ReceivedBlock) {
        guard end == nil, let connection else { return }
        guard !block.isOverLimit else {
            abort(Status(.resourceExhausted, "response metadata is larger than our limit"))
            return
        }
        var received = ResponseHead()
        for index in 0..<block.count {
            received.take(connection.session.field(index, of: block))
        }
        // 1xx responses announce nothing we need.
        if let httpStatus = received.httpStatus, httpStatus < 200 { return }
        if !hasHeaders, !block.endsStream {
            hasHeaders = true
            head = received
            if head.isGRPC, head.httpStatus == 200 {
                for waiter in headWaiters { waiter.resume(returning: .success(head.metadata)) }
                headWaiters = []
            }
            return
        }
        guard block.endsStream else {
            connection.session.reset(slot: slot, errorCode: ErrorCode.protocolError)
            finish(Status(.internal, "the server sent response headers twice"))
            return
        }
        trailingMetadata = received.metadata
        if !hasHeaders {
            head.httpStatus = received.httpStatus
            head.isGRPC = received.isGRPC
        }
        finish(received.status ?? head.statusWithoutGRPC)
    }

    func dataReceived(_ bytes: UnsafeRawBufferPointer) {
        guard end == nil, let connection else { return }
        guard head.isGRPC, head.httpStatus == 200 else {
            // Somebody else's answer, such as a proxy's page: its first words help.
            let text = String(decoding: bytes.prefix(200), as: UTF8.self)
            var status = head.statusWithoutGRPC
            status.message += ": \(text)"
            abort(status)
            return
        }
        do throws(Status) {
            try inbox.receive(bytes, isGzip: head.isGzip, from: connection)
            if collector != nil { collected += try inbox.takeAll() }
        } catch {
            abort(error)
            return
        }
        giveBackWindow()
    }

    func endReceived() {
        guard end == nil else { return }
        if hasHeaders, head.httpStatus != 200 || !head.isGRPC {
            finish(head.statusWithoutGRPC)
        } else {
            finish(Status(.internal, "the response ended without a status"))
        }
    }

    func queueDrained() {
        writer?.resume(returning: .success(()))
        writer = nil
    }

    func streamClosed(errorCode: UInt32) {
        connection = nil
        guard end == nil else { return }
        let code = StatusCode(http2Error: errorCode)
        finish(
            Status(code, "the stream was reset (HTTP/2 error \(errorCode))"),
            isUnprocessed: errorCode == ErrorCode.refusedStream)
    }

    func connectionLost(_ status: Status) {
        connection = nil
        finish(status)
    }

    // MARK: From the caller

    func nextMessage() async throws(Status) -> StreamMessage? {
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                self.onLoop { $0.read(continuation) }
            }
        } onCancel: {
            self.cancelSoon()
        }
        return try outcome.get()
    }

    private func read(_ continuation: UnsafeContinuation<Inbox.Outcome, Never>) {
        do throws(Status) {
            try inbox.read(continuation)
            giveBackWindow()
        } catch {
            abort(error)
            inbox.fail(error)
        }
    }

    func send(
        _ message: [UInt8], compress: Bool,
        _ continuation: UnsafeContinuation<Result<Void, Status>, Never>
    ) {
        guard end == nil, let connection else {
            let status = end ?? Status(.internal, "the stream is closed")
            let refusal =
                status.code == .ok ? Status(.cancelled, "the call has ended with OK") : status
            continuation.resume(returning: .failure(refusal))
            return
        }
        connection.session.enqueue(
            slot: slot, compress ? connection.compress(message) : message, isCompressed: compress)
        connection.markDirty()
        let configuration = transport.configuration
        guard connection.session.queuedByteCount(slot: slot) > configuration.streamQueueHighWater,
            writer == nil
        else {
            continuation.resume(returning: .success(()))
            return
        }
        writer = continuation
        connection.session.notifyWhenDrained(slot: slot, to: configuration.streamQueueLowWater)
    }

    func halfClose() {
        guard end == nil, let connection else { return }
        connection.session.endStream(slot: slot)
        connection.markDirty()
    }

    func awaitInitialMetadata(
        _ continuation: UnsafeContinuation<Result<Metadata, Status>, Never>
    ) {
        if hasHeaders, head.isGRPC, head.httpStatus == 200 {
            continuation.resume(returning: .success(head.metadata))
        } else if let end {
            continuation.resume(
                returning: end.code == .ok ? .success(Metadata()) : .failure(end))
        } else {
            headWaiters.append(continuation)
        }
    }

    func cancelSoon() {
        onLoop { $0.abort(Status(.cancelled, "the caller cancelled")) }
    }

    private func giveBackWindow() {
        let count = inbox.takeConsumable()
        guard count > 0, let connection else { return }
        connection.session.consume(slot: slot, byteCount: count)
        connection.markDirty()
    }

    // MARK: End

    /// Ends the call from our side and tells the server, unless it is through with it already.
    private func abort(_ status: Status) {
        guard end == nil else { return }
        finish(status)
    }

    private func finish(_ status: Status, isUnprocessed: Bool = false) {
        var status = status
        guard end == nil else { return }
        if status.code == .ok, !inbox.isAtBoundary {
            status = Status(.internal, "the response ends inside a message")
        }
        end = status
        timer?.cancel()
        timer = nil
        leaveStream()
        if status.code == .ok { inbox.complete() } else { inbox.fail(status) }
        starter?.resume(returning: .failure(status))
        starter = nil
        writer?.resume(returning: .failure(status))
        writer = nil
        for waiter in headWaiters {
            waiter.resume(returning: status.code == .ok ? .success(Metadata()) : .failure(status))
        }
        headWaiters = []
        if let collector {
            self.collector = nil
            collector.resume(returning: unaryOutcome(status, isUnprocessed: isUnprocessed))
        }
    }

    /// Frees the stream. A redundant reset would count against us at servers that police resets, so
    /// it goes out only while something is left to stop.
    private func leaveStream() {
        guard let connection else { return }
        if !connection.session.isRemoteClosed(slot: slot) {
            connection.session.reset(slot: slot, errorCode: ErrorCode.cancel)
        } else if connection.session.queuedByteCount(slot: slot) > 0 {
            connection.session.reset(slot: slot, errorCode: ErrorCode.noError)
        } else {
            connection.session.endStream(slot: slot)
        }
        connection.markDirty()
    }

    private func unaryOutcome(_ status: Status, isUnprocessed: Bool) -> UnaryOutcome {
        guard status.code == .ok else {
            return .failure(status, isUnprocessed: isUnprocessed)
        }
        guard collected.count == 1 else {
            let count = collected.count
            return .failure(
                Status(.unimplemented, "the server sent \(count) messages for a unary call"),
                isUnprocessed: false)
        }
        return .response(
            UnaryResponse(
                message: collected[0], initialMetadata: head.metadata,
                trailingMetadata: trailingMetadata))
    }
}
