internal import GRPCWire
internal import HTTP2
internal import NIOCore

// From an answer to frames, and the ends a call can come to.

extension ServerConnection: CallResponder {
    var peer: String {
        guard let address = context?.remoteAddress else { return "closed connection" }
        if let ip = address.ipAddress, let port = address.port {
            return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
        }
        return "unix:\(address.pathname ?? "")"
    }

    func finish(_ answer: UnaryAnswer, token: UInt64) {
        let slot = Int(token & 0xFFFF)
        guard slot < calls.count, calls[slot].token == token >> 16, calls[slot].phase == .parked
        else {
            if orphans.remove(token) != nil { callStopped() }
            return
        }
        callStopped()
        switch answer {
        case .message(let bytes):
            guard bytes.count <= loop.limits.sendMessageBytesMax else {
                submitTrailersOnly(slot: slot, tooLargeToSend(bytes.count))
                return
            }
            guard !wantsGzip(slot: slot, byteCount: bytes.count) else {
                submit(slot: slot, UnaryReply(.success(bytes), compress: true))
                return
            }
            answered(slot: slot)
            session.submitResponse(
                slot: slot,
                calls[slot].acceptsGzip ? ResponseHeaders.acceptingGzip : ResponseHeaders.plain,
                message: bytes, trailers: ResponseHeaders.okTrailers)
            markDirty()
        case .status(let status):
            let isOK = status.code == .ok
            submitTrailersOnly(
                slot: slot, isOK ? Status(.internal, "the handler gave no message") : status)
        case .reply(let reply):
            submit(slot: slot, reply)
        case .parked:
            submitTrailersOnly(slot: slot, Status(.internal, "the handler gave no answer"))
        }
    }

    private func submit(slot: Int, _ reply: UnaryReply) {
        switch reply.result {
        case .failure(let status):
            submitTrailersOnly(
                slot: slot, status, reply.initialMetadata, reply.trailingMetadata)
        case .success(let bytes):
            guard bytes.count <= loop.limits.sendMessageBytesMax else {
                submitTrailersOnly(slot: slot, tooLargeToSend(bytes.count))
                return
            }
            let packed = compressed(bytes, slot: slot, isWanted: reply.compress)
            var headers = HeaderBlock()
            headers.append(reply.initialMetadata)
            var trailers = HeaderBlock()
            trailers.append(Status.ok)
            trailers.append(reply.trailingMetadata)
            answered(slot: slot)
            session.submitResponse(
                slot: slot,
                packed != nil ? ResponseHeaders.gzip : ResponseHeaders.acceptingGzip, headers)
            session.enqueue(slot: slot, packed ?? bytes, isCompressed: packed != nil)
            session.endStream(slot: slot, trailers: trailers)
            markDirty()
        }
    }

    /// Whether a message of this length is compressed although its handler did not ask for it: the
    /// caller compresses what it sends, so it has time to spare and bytes to save. For unary calls
    /// alone: streams announce gzip whether or not they use it, message by message.
    private func wantsGzip(slot: Int, byteCount: Int) -> Bool {
        calls[slot].requestIsGzip && calls[slot].acceptsGzip
            && byteCount >= loop.limits.compressedMessageBytesMin
    }

    /// The gzip form of a message, when it was asked for, the peer reads it, and it is shorter.
    private func compressed(_ bytes: [UInt8], slot: Int, isWanted: Bool) -> [UInt8]? {
        guard isWanted, calls[slot].acceptsGzip else { return nil }
        let packed = loop.compress(bytes)
        return packed.count < bytes.count ? packed : nil
    }

    func tooLargeToSend(_ byteCount: Int) -> Status {
        Status(
            .resourceExhausted,
            "response larger than max (\(byteCount) vs. \(loop.limits.sendMessageBytesMax))")
    }

    // MARK: Refusals

    func refuse(slot: Int, _ refusal: RequestHead.Refusal) {
        switch refusal {
        case .status(let status):
            refuse(slot: slot, status)
        case .unsupportedMediaType:
            submitTrailersOnly(
                slot: slot, Status(.invalidArgument, "the content type is not application/grpc"),
                prepared: ResponseHeaders.unsupportedMediaType)
        case .methodNotAllowed:
            submitTrailersOnly(
                slot: slot, Status(.internal, "the HTTP method is not POST"),
                prepared: ResponseHeaders.methodNotAllowed)
        case .unknownEncoding:
            submitTrailersOnly(
                slot: slot, Status(.unimplemented, "the grpc-encoding is none of identity, gzip"),
                prepared: ResponseHeaders.acceptingGzip)
        }
    }

    func refuse(slot: Int, _ status: Status) {
        submitTrailersOnly(slot: slot, status)
    }

    /// A status with a time to wait, never RST_STREAM(REFUSED_STREAM): gRPC clients repeat that at
    /// once and would make the overload worse.
    func refuseOverload(slot: Int) {
        var trailers = Metadata()
        let milliseconds = loop.limits.retryPushback.nanoseconds / 1_000_000
        trailers.append("grpc-retry-pushback-ms", String(milliseconds))
        submitTrailersOnly(
            slot: slot, Status(.unavailable, "too many calls are under way"), Metadata(), trailers)
    }

    /// Ends a call that has sent no headers: one header list with END_STREAM.
    func submitTrailersOnly(
        slot: Int, _ status: Status, _ initial: Metadata = Metadata(),
        _ trailing: Metadata = Metadata(), prepared: PreparedHeaders = ResponseHeaders.plain
    ) {
        if calls[slot].phase == .receiving { tellRefused(slot: slot, status) }
        var headers = HeaderBlock()
        headers.append(status)
        headers.append(initial)
        headers.append(trailing)
        answered(slot: slot)
        session.submitTrailersOnly(slot: slot, prepared, headers)
        markDirty()
    }

    /// No handler has seen the call, so nobody else can tell of it.
    private func tellRefused(slot: Int, _ status: Status) {
        guard let callRefused = loop.callRefused else { return }
        let call = calls[slot]
        // Not `now`: a deadline passes between two reads.
        let ended = loop.eventLoop.now.uptimeNanoseconds
        callRefused(
            RefusedCall(
                method: call.route < 0 ? nil : loop.routes[call.route].path,
                metadata: call.metadata, status: status,
                nanoseconds: ended > call.begunAt ? ended - call.begunAt : 0))
    }

    // MARK: Ends

    /// The call's last word has been submitted.
    func answered(slot: Int) {
        calls[slot].phase = .answered
        calls[slot].message = nil
        let timer = calls[slot].timer
        guard timer != TimerWheel.none else { return }
        calls[slot].timer = TimerWheel.none
        loop.cancelDeadline(timer)
    }

    /// A handler has come to its end.
    func callStopped() {
        runningCallCount -= 1
        loop.runningCallCount -= 1
    }

    func deadlinePassed(token: UInt64) {
        let slot = Int(token & 0xFFFF)
        guard slot < calls.count, calls[slot].token == token >> 16 else { return }
        calls[slot].timer = TimerWheel.none
        let status = Status(.deadlineExceeded, "the deadline has passed")
        switch calls[slot].phase {
        case .none, .answered:
            break
        case .receiving:
            submitTrailersOnly(slot: slot, status)
        case .parked:
            orphans.insert(token)
            submitTrailersOnly(slot: slot, status)
        case .streaming:
            calls[slot].stream?.deadlinePassed(status)
        }
    }

    func streamClosed(slot: Int) {
        defer { session.release(slot: slot) }
        guard slot < calls.count, calls[slot].phase != .none else { return }
        if calls[slot].phase == .answered {
            completedCallCount += 1
        } else {
            abandonedCallCount += 1
            if let reason = meter.abandonedCall(
                completed: completedCallCount, abandoned: abandonedCallCount, now: now)
            {
                sendAway(reason: reason)
            }
        }
        endCall(slot: slot)
        life.lastStreamEndedAt = now
    }

    /// Forgets a call whose stream or connection is gone. A parked handler's later answer, or a
    /// streaming handler's return, finds nothing to answer.
    func endCall(slot: Int) {
        let timer = calls[slot].timer
        if timer != TimerWheel.none { loop.cancelDeadline(timer) }
        switch calls[slot].phase {
        case .parked:
            orphans.insert(calls[slot].token << 16 | UInt64(slot))
        case .streaming, .answered:
            calls[slot].stream?.connectionLost()
        case .none, .receiving:
            break
        }
        calls[slot] = ServerCall()
    }
}
