internal import GRPCWire
internal import HTTP2
internal import NIOCore

/// A streaming call: what its handler holds, and what its connection feeds.
///
/// All state belongs to the event loop. The handler's task prefers that loop as executor, so the
/// async methods normally find themselves on it and go straight through; a child task that runs
/// elsewhere hops.
final class ServerStreamCall: ServerStream, MessageSource, @unchecked Sendable {
    let method: String
    let metadata: Metadata
    let deadline: UInt64?
    var loop: Int { connection.loop.index }
    var peer: String { connection.peer }
    var requests: StreamMessages { StreamMessages(self) }

    private let connection: ServerConnection
    private let slot: Int
    private let token: UInt64
    private let kind: StreamKind
    private var inbox: Inbox
    private var writer: UnsafeContinuation<Result<Void, Status>, Never>?
    private var task: Task<Void, Never>?
    private var hasSentHeaders = false
    private var usesGzip = false
    private var sentCount = 0
    private var trailers = Metadata()
    /// Why the call can no longer be answered; nil while it can.
    private var end: Status?

    init(
        connection: ServerConnection, slot: Int, kind: StreamKind, method: String,
        single: StreamMessage?
    ) {
        let call = connection.calls[slot]
        self.connection = connection
        self.slot = slot
        self.kind = kind
        self.method = method
        token = call.token
        metadata = call.metadata
        deadline = call.deadline == .max ? nil : call.deadline
        inbox = Inbox(parser: call.parser)
        if let single { inbox.preload(single) }
    }

    func run(_ handler: @escaping StreamHandler) {
        task = Task(executorPreference: connection.loop.executor) {
            let outcome: Status
            do throws(Status) {
                try await handler(self)
                outcome = .ok
            } catch {
                outcome = error
            }
            await self.onLoop { self.finish(outcome) }
        }
    }

    // MARK: From the connection, on the loop

    func receive(_ bytes: UnsafeRawBufferPointer) {
        guard end == nil else { return }
        do throws(Status) {
            try inbox.receive(
                bytes, isGzip: connection.calls[slot].requestIsGzip, from: connection)
        } catch {
            stop(error, isAnswered: true)
            return
        }
        giveBackWindow()
    }

    func endOfRequests() {
        guard end == nil else { return }
        do throws(Status) {
            try inbox.finish()
        } catch {
            stop(error, isAnswered: true)
        }
    }

    func queueDrained() {
        writer?.resume(returning: .success(()))
        writer = nil
    }

    func deadlinePassed(_ status: Status) {
        stop(status, isAnswered: true)
    }

    /// The stream or the connection is gone: the handler hears `CANCELLED`.
    func connectionLost() {
        stop(Status(.cancelled, "the caller has gone"), isAnswered: false)
    }

    /// Ends the call before its handler does.
    private func stop(_ status: Status, isAnswered: Bool) {
        guard end == nil else { return }
        if isAnswered { submit(status) }
        end = status
        inbox.fail(status)
        connection.requestBufferByteCount -= inbox.takeUndeliveredCount()
        writer?.resume(returning: .failure(status))
        writer = nil
        task?.cancel()
    }

    private func giveBackWindow() {
        connection.requestBufferByteCount += inbox.takeBufferChange()
        let count = inbox.takeConsumable()
        if count > 0 {
            connection.session.consume(slot: slot, byteCount: count)
            connection.markDirty()
        }
    }

    // MARK: From the handler

    func nextMessage() async throws(Status) -> StreamMessage? {
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                self.onLoopSoon { self.read(continuation) }
            }
        } onCancel: {
            self.onLoopSoon { self.inbox.cancelRead() }
        }
        return try outcome.get()
    }

    private func read(_ continuation: UnsafeContinuation<Inbox.Outcome, Never>) {
        do throws(Status) {
            try inbox.read(continuation)
            if end == nil { giveBackWindow() }
        } catch {
            stop(error, isAnswered: true)
            inbox.fail(error)
        }
    }

    func sendHeaders(_ metadata: Metadata) async throws(Status) {
        let outcome: Result<Void, Status> = await onLoop {
            if let end = self.end { return .failure(end) }
            guard !self.hasSentHeaders else {
                return .failure(Status(.internal, "the response headers have been sent before"))
            }
            self.submitHeaders(metadata)
            return .success(())
        }
        try outcome.get()
    }

    func send(_ message: [UInt8], compress: Bool) async throws(Status) {
        let outcome = await withUnsafeContinuation { continuation in
            self.onLoopSoon { self.send(message, compress: compress, continuation) }
        }
        try outcome.get()
    }

    func setTrailers(_ metadata: Metadata) async {
        await onLoop { self.trailers = metadata }
    }

    private func send(
        _ message: [UInt8], compress: Bool,
        _ continuation: UnsafeContinuation<Result<Void, Status>, Never>
    ) {
        if let end {
            continuation.resume(returning: .failure(end))
            return
        }
        let limits = connection.loop.limits
        guard message.count <= limits.sendMessageBytesMax else {
            continuation.resume(returning: .failure(connection.tooLargeToSend(message.count)))
            return
        }
        if !hasSentHeaders { submitHeaders(Metadata()) }
        sentCount += 1
        if compress, usesGzip {
            connection.session.enqueue(
                slot: slot, connection.loop.compress(message), isCompressed: true)
        } else {
            connection.session.enqueue(slot: slot, message)
        }
        connection.markDirty()
        guard connection.session.queuedByteCount(slot: slot) > limits.streamQueueHighWater,
            writer == nil
        else {
            continuation.resume(returning: .success(()))
            return
        }
        writer = continuation
        connection.session.notifyWhenDrained(slot: slot, to: limits.streamQueueLowWater)
    }

    /// Headers that announce gzip whenever the peer reads it: the flag of each message says
    /// whether that one uses it.
    private func submitHeaders(_ metadata: Metadata) {
        hasSentHeaders = true
        usesGzip = connection.calls[slot].acceptsGzip
        var headers = HeaderBlock()
        headers.append(metadata)
        connection.session.submitResponse(
            slot: slot, usesGzip ? ResponseHeaders.gzip : ResponseHeaders.acceptingGzip, headers)
        connection.markDirty()
    }

    // MARK: The end

    private func finish(_ status: Status) {
        connection.callStopped()
        task = nil
        guard end == nil else { return }
        var status = status
        if status.code == .ok, kind == .client, sentCount != 1 {
            status = Status(.internal, "the handler gave \(sentCount) responses instead of one")
        }
        submit(status)
        end = status
        connection.requestBufferByteCount -= inbox.takeUndeliveredCount()
    }

    /// Trailers after what is queued; or, for a call that ends by force while messages still wait
    /// for the peer's window, a reset, since trailers would have to wait as well.
    private func submit(_ status: Status) {
        if !hasSentHeaders {
            connection.submitTrailersOnly(slot: slot, status, Metadata(), trailers)
            return
        }
        connection.answered(slot: slot)
        if status.code == .deadlineExceeded, connection.session.queuedByteCount(slot: slot) > 0 {
            connection.session.reset(slot: slot, errorCode: ErrorCode.cancel)
        } else {
            var block = HeaderBlock()
            block.append(status)
            block.append(trailers)
            connection.session.endStream(slot: slot, trailers: block)
        }
        connection.markDirty()
    }

    // MARK: Threads

    private func onLoopSoon(_ body: @Sendable @escaping () -> Void) {
        let eventLoop = connection.loop.eventLoop
        if eventLoop.inEventLoop { body() } else { eventLoop.execute(body) }
    }

    private func onLoop<Result: Sendable>(
        _ body: @Sendable @escaping () -> Result
    ) async -> Result {
        await withUnsafeContinuation { continuation in
            self.onLoopSoon { continuation.resume(returning: body()) }
        }
    }
}

extension ServerConnection {
    func startStream(
        slot: Int, kind: StreamKind, _ handler: @escaping StreamHandler,
        single: StreamMessage? = nil
    ) {
        calls[slot].phase = .streaming
        runningCallCount += 1
        loop.runningCallCount += 1
        let stream = ServerStreamCall(
            connection: self, slot: slot, kind: kind,
            method: loop.routes[calls[slot].route].path, single: single)
        calls[slot].stream = stream
        stream.run(handler)
    }
}
