internal import GRPCWire
internal import HTTP2
internal import NIOCore

/// One connection of the generator: the HTTP/2 session, and the calls that are open on it.
///
/// It goes below the client of `RPC`, straight to the session, because a generator must cost a
/// fraction of what it measures: no task, no continuation and no timer per call. Owned by the
/// run's event loop.
final class LoadConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A call that waits for its answer.
    private struct Call {
        let number: Int
        let due: UInt64
        var parser = MessageParser(messageBytesMax: 64 << 20)
        var answer: [UInt8]?
        /// Why it has failed already; it ends when its stream does.
        var failure: String?
        var hasStatus = false
    }

    private let run: LoadRun
    private let question: Question
    private let session: Session
    private let headers: HeaderBlock
    private var context: ChannelHandlerContext?
    private var calls: [Call?] = []
    private var openCount = 0
    private var output = ByteBuffer()

    init(run: LoadRun, question: Question) throws(SessionError) {
        self.run = run
        self.question = question
        session = try Session(role: .client)
        var headers = HeaderBlock()
        headers.append(":method", "POST")
        headers.append(":scheme", "http")
        headers.append(":path", question.path)
        headers.append(":authority", "localhost")
        headers.append("te", "trailers")
        headers.append("content-type", "application/grpc")
        self.headers = headers
    }

    // MARK: Calls

    /// Issues calls until the run has none due or the connection has its share, and sends them.
    func fill() {
        while issueOne() {}
        flush()
    }

    /// Issues one call if one is due; `flush` sends it.
    func issueOne() -> Bool {
        guard context != nil, let next = run.next(openOnConnection: openCount) else { return false }
        guard let slot = session.submitRequest(headers) else {
            run.failed("the connection takes no more calls")
            return false
        }
        while calls.count <= slot { calls.append(nil) }
        calls[slot] = Call(number: next.number, due: next.due)
        openCount += 1
        session.enqueue(slot: slot, next.request)
        session.endStream(slot: slot)
        return true
    }

    /// Writes what the session has to say, all in one go.
    func flush() {
        guard let context else { return }
        output.clear(minimumCapacity: 1 << 16)
        do throws(SessionError) {
            while let frame = try session.nextFrame() { output.writeBytes(frame) }
        } catch {
            context.close(promise: nil)
            return
        }
        // Events that arise while sending are of no interest but to be forgotten: a stream of ours
        // closes only when its answer has been received.
        handleEvents(now: NIODeadline.now().uptimeNanoseconds)
        guard output.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let now = NIODeadline.now().uptimeNanoseconds
        var isBroken = false
        // Events point into the buffer; it stays alive and unchanged until they have been handled.
        buffer.withUnsafeReadableBytes { bytes in
            do throws(SessionError) {
                try session.receive(bytes)
            } catch {
                isBroken = true
            }
            handleEvents(now: now)
        }
        session.consumeConnection()
        if isBroken { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        fill()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        for case .some in calls { run.failed("the connection was lost") }
        calls = []
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Session events

    private func handleEvents(now: UInt64) {
        var index = 0
        while index < session.eventCount {
            let event = session.event(at: index)
            index += 1
            switch event {
            case .headers(let slot, let block):
                if block.endsStream { readTrailers(slot, block) }
            case .data(let slot, let bytes):
                readMessage(slot, bytes)
            case .closed(let slot, let errorCode):
                close(slot, errorCode: errorCode, now: now)
                session.release(slot: slot)
            case .endOfStream, .endStreamSent, .drained, .settings, .pong, .goAway:
                break
            }
        }
        session.clearEvents()
    }

    private func readTrailers(_ slot: Int, _ block: ReceivedBlock) {
        for index in 0..<block.count {
            let field = session.field(index, of: block)
            guard field.name.elementsEqual("grpc-status".utf8) else { continue }
            calls[slot]?.hasStatus = true
            guard field.value.elementsEqual("0".utf8) else {
                fail(slot, "status \(StatusCode(wire: field.value.span))")
                return
            }
        }
    }

    private func readMessage(_ slot: Int, _ bytes: UnsafeRawBufferPointer) {
        guard slot < calls.count, calls[slot] != nil else { return }
        var offset = 0
        do throws(MessageParser.Failure) {
            while let message = try calls[slot]!.parser.next(bytes, offset: &offset) {
                if calls[slot]!.answer != nil { fail(slot, "two answers to one request") }
                calls[slot]!.answer = message.bytes
            }
        } catch {
            fail(slot, "the answer is no gRPC message")
        }
    }

    private func fail(_ slot: Int, _ reason: String) {
        if calls[slot]?.failure == nil { calls[slot]?.failure = reason }
    }

    private func close(_ slot: Int, errorCode: UInt32, now: UInt64) {
        guard slot < calls.count, let call = calls[slot] else { return }
        calls[slot] = nil
        openCount -= 1
        if let failure = call.failure {
            run.failed(failure)
        } else if errorCode != ErrorCode.noError || !call.hasStatus {
            run.failed("the stream ended without a status (HTTP/2 error \(errorCode))")
        } else if let answer = call.answer, question.isRight(call.number, answer) {
            run.answered(due: call.due, now: now, byteCount: answer.count)
        } else {
            run.failed("a wrong answer")
        }
    }
}
