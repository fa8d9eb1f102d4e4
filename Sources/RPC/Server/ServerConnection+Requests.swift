internal import GRPCWire
internal import Gzip
internal import HTTP2
internal import NIOCore

// From a header list to a handler.

extension ServerConnection {
    func beginCall(slot: Int, block: ReceivedBlock) {
        while calls.count <= slot { calls.append(ServerCall()) }
        lastToken += 1
        calls[slot].token = lastToken
        calls[slot].phase = .receiving
        calls[slot].begunAt = now

        guard !block.isOverLimit else {
            refuse(
                slot: slot,
                Status(
                    .resourceExhausted,
                    "request metadata is larger than \(loop.limits.session.headerListBytesMax) "
                        + "bytes or \(loop.limits.session.headerFieldsMax) fields"))
            return
        }
        let head = heads.read(block, of: session)
        calls[slot].acceptsGzip = head.acceptsGzip
        calls[slot].route = head.route ?? -1
        calls[slot].metadata = head.metadata
        if let refusal = head.refusal {
            refuse(slot: slot, refusal)
            return
        }
        if head.timeout == 0 {
            refuse(slot: slot, Status(.deadlineExceeded, "the deadline had passed on arrival"))
            return
        }
        guard runningCallCount < loop.limits.runningCallsPerConnectionMax,
            loop.runningCallCount < loop.limits.runningCallsPerLoopMax, hasRoomForAnswers
        else {
            refuseOverload(slot: slot)
            return
        }
        calls[slot].requestIsGzip = head.encoding == .gzip
        calls[slot].parser = MessageParser(
            messageBytesMax: loop.limits.receiveMessageBytesMax)
        accept(slot: slot, route: head.route!, timeout: head.timeout)
    }

    /// A client that closes its windows makes us keep the answers: only so many.
    private var hasRoomForAnswers: Bool {
        session.queuedByteCount < loop.limits.sendBufferBytesMax
    }

    private func accept(slot: Int, route: Int, timeout: UInt64?) {
        switch loop.routes[route].handler {
        case .unary:
            let limit = UInt64(loop.limits.unaryDeadlineMax.nanoseconds)
            let fallback = UInt64(loop.limits.unaryDeadlineDefault.nanoseconds)
            calls[slot].deadline = now + min(timeout ?? fallback, limit)
            begun.append(slot)
        case .stream(let kind, let handler):
            let (deadline, overflow) = now.addingReportingOverflow(timeout ?? .max)
            calls[slot].deadline = overflow ? .max : deadline
            begun.append(slot)
            session.shareBandwidth(slot: slot)
            if kind != .server { startStream(slot: slot, kind: kind, handler) }
        }
    }

    /// Calls that outlast the batch they began in get a timer; the many that do not, cost none.
    func armTimers() {
        guard !begun.isEmpty else { return }
        for slot in begun where calls[slot].isUnderWay {
            guard calls[slot].timer == TimerWheel.none, calls[slot].deadline != .max else {
                continue
            }
            calls[slot].timer = loop.setDeadline(
                place: place, token: calls[slot].token << 16 | UInt64(slot),
                at: calls[slot].deadline)
        }
        begun.removeAll(keepingCapacity: true)
    }

    // MARK: Messages

    func receive(slot: Int, _ bytes: UnsafeRawBufferPointer) {
        guard slot < calls.count else { return }
        switch calls[slot].phase {
        case .none, .parked, .answered:
            break
        case .streaming:
            calls[slot].stream?.receive(bytes)
        case .receiving:
            receiveSingle(slot: slot, bytes)
            session.consume(slot: slot, byteCount: bytes.count)
        }
    }

    /// The request of a unary or server-streaming call: exactly one message.
    private func receiveSingle(slot: Int, _ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        do throws(MessageParser.Failure) {
            while let message = try calls[slot].parser.next(bytes, offset: &offset) {
                guard calls[slot].message == nil else {
                    refuse(slot: slot, Status(.unimplemented, "more than one request message"))
                    return
                }
                calls[slot].message = message
            }
        } catch {
            refuse(slot: slot, Status(error))
        }
    }

    func endOfRequest(slot: Int) {
        guard slot < calls.count else { return }
        switch calls[slot].phase {
        case .none, .parked, .answered:
            break
        case .streaming:
            calls[slot].stream?.endOfRequests()
        case .receiving:
            guard calls[slot].parser.isAtBoundary else {
                refuse(slot: slot, Status(.internal, "the request ends inside a message"))
                return
            }
            guard let message = calls[slot].message else {
                refuse(slot: slot, Status(.unimplemented, "no request message"))
                return
            }
            calls[slot].message = nil
            dispatch(slot: slot, message)
        }
    }

    private func dispatch(slot: Int, _ message: StreamMessage) {
        // Looked at again: many calls may have begun before the first was answered.
        guard hasRoomForAnswers else {
            refuseOverload(slot: slot)
            return
        }
        var message = message
        if message.wasCompressed {
            do throws(Status) {
                message = try decompress(message, isGzip: calls[slot].requestIsGzip)
            } catch {
                refuse(slot: slot, error)
                return
            }
        }
        let route = loop.routes[calls[slot].route]
        switch route.handler {
        case .unary(let handler):
            calls[slot].phase = .parked
            runningCallCount += 1
            loop.runningCallCount += 1
            let token = calls[slot].token << 16 | UInt64(slot)
            let context = CallContext(
                method: route.path, metadata: calls[slot].metadata, deadline: calls[slot].deadline,
                loop: loop.index, requestWasCompressed: message.wasCompressed,
                isInTurn: loop.tellsTurns, responder: self, token: token)
            let answer = handler(context, message.bytes)
            if case .parked = answer {
                loop.didPark()
                return
            }
            finish(answer, token: token)
        case .stream(let kind, let handler):
            startStream(slot: slot, kind: kind, handler, single: message)
        }
    }

    /// Undoes gzip, within the message limit, if the call announced it.
    private func decompress(
        _ message: StreamMessage, isGzip: Bool
    ) throws(Status) -> StreamMessage {
        guard isGzip else {
            throw Status(.internal, "a message is flagged compressed without a grpc-encoding")
        }
        return try decompress(message)
    }
}

extension ServerConnection: MessageDecompressor {
    func decompress(_ message: StreamMessage) throws(Status) -> StreamMessage {
        do throws(GzipError) {
            let bytes = try loop.decompress(
                message.bytes, outputBytesMax: loop.limits.receiveMessageBytesMax)
            return StreamMessage(bytes: bytes, wasCompressed: true)
        } catch {
            throw Status(error)
        }
    }
}

extension Status {
    /// What a peer is told about broken framing.
    init(_ failure: MessageParser.Failure) {
        switch failure {
        case .invalidFlag(let flag):
            self.init(.internal, "a message has the unknown compression flag \(flag)")
        case .tooLarge(let byteCount, let limit):
            self.init(
                .resourceExhausted, "received message larger than max (\(byteCount) vs. \(limit))")
        }
    }

    /// What a peer is told about broken compression.
    init(_ failure: GzipError) {
        switch failure {
        case .corrupt, .truncated:
            self.init(.internal, "a compressed message is not valid gzip")
        case .tooLarge(let limit):
            self.init(
                .resourceExhausted, "received message larger than max when decompressed (\(limit))")
        }
    }
}
