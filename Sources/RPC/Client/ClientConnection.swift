internal import GRPCWire
internal import Gzip
internal import HTTP2
internal import NIOCore

/// One connection of a client: a socket, an HTTP/2 session, and the calls on it. Owned by its
/// event loop.
final class ClientConnection: ChannelInboundHandler, MessageDecompressor, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let session: Session
    private let transport: ClientTransport
    private var context: ChannelHandlerContext?
    private var calls: [ClientCall?] = []
    private var output = ByteBuffer()
    private var isInTurn = false
    private var isDirty = false
    private var isLeaving = false
    private var hasSettings = false
    private var lossReason = "the connection was lost"
    private var closed: [() -> Void] = []
    private var deflater: Deflater?
    private var inflater: Inflater?

    init(transport: ClientTransport) throws(SessionError) {
        self.transport = transport
        session = try Session(role: .client)
    }

    var takesCalls: Bool { context != nil && !isLeaving }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { pump() }
    }

    func channelActive(context: ChannelHandlerContext) {
        pump()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        isInTurn = true
        var failure: SessionError?
        // Events point into the buffer; it stays alive and unchanged until they have been handled.
        buffer.withUnsafeReadableBytes { bytes in
            do throws(SessionError) {
                try session.receive(bytes)
            } catch {
                failure = error
            }
            handleEvents()
        }
        session.consumeConnection()
        if let failure {
            lossReason = "\(brokenRules) (\(failure))"
            pump()
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInTurn = false
        pump()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { pump() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        tearDown()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        tearDown()
    }

    private func tearDown() {
        guard context != nil else { return }
        context = nil
        transport.connectionLost(self)
        for call in calls {
            call?.connectionLost(
                Status(
                    .unavailable, "\(transport.configuration.target): \(lossReason)"))
        }
        calls = []
        for done in closed { done() }
        closed = []
    }

    // MARK: Session events

    private func handleEvents() {
        var index = 0
        while index < session.eventCount {
            let event = session.event(at: index)
            index += 1
            switch event {
            case .headers(let slot, let block):
                call(slot)?.headersReceived(block)
            case .data(let slot, let bytes):
                call(slot)?.dataReceived(bytes)
            case .endOfStream(let slot):
                call(slot)?.endReceived()
            case .drained(let slot):
                call(slot)?.queueDrained()
            case .closed(let slot, let errorCode):
                let closed = call(slot)
                if slot < calls.count { calls[slot] = nil }
                closed?.streamClosed(errorCode: errorCode)
                session.release(slot: slot)
            case .goAway:
                isLeaving = true
                transport.connectionLost(self)
            case .settings:
                hasSettings = true
            case .endStreamSent, .pong:
                break
            }
        }
        session.clearEvents()
    }

    private func call(_ slot: Int) -> ClientCall? {
        slot < calls.count ? calls[slot] : nil
    }

    // MARK: For calls

    /// Opens a stream; nil when the connection takes no more.
    func open(_ call: ClientCall, _ headers: HeaderBlock) -> Int? {
        guard takesCalls, let slot = session.submitRequest(headers) else { return nil }
        while calls.count <= slot { calls.append(nil) }
        calls[slot] = call
        markDirty()
        return slot
    }

    func markDirty() {
        guard !isDirty else { return }
        isDirty = true
        guard !isInTurn, let context else { return }
        context.eventLoop.assumeIsolated().execute { if self.isDirty { self.pump() } }
    }

    func compress(_ bytes: [UInt8]) -> [UInt8] {
        if deflater == nil { deflater = Deflater(level: 1) }
        return deflater!.compress(bytes)
    }

    func decompress(_ message: StreamMessage) throws(Status) -> StreamMessage {
        if inflater == nil { inflater = Inflater() }
        do throws(GzipError) {
            let bytes = try inflater!.decompress(
                message.bytes,
                outputBytesMax: transport.configuration.receiveMessageBytesMax)
            return StreamMessage(bytes: bytes, wasCompressed: true)
        } catch {
            throw Status(error)
        }
    }

    // MARK: Output and end

    private func pump() {
        isDirty = false
        guard let context, context.channel.isActive else { return }
        var hasWritten = false
        while context.channel.isWritable || !hasWritten {
            output.clear(minimumCapacity: 4096)
            do throws(SessionError) {
                repeat {
                    while output.readableBytes < 256 << 10, let frame = try session.nextFrame() {
                        output.writeBytes(frame)
                    }
                    guard session.eventCount > 0 else { break }
                    handleEvents()
                } while output.readableBytes < 256 << 10
            } catch {
                context.close(promise: nil)
                return
            }
            guard output.readableBytes > 0 else { break }
            hasWritten = true
            context.write(wrapOutboundOut(output), promise: nil)
        }
        isDirty = false
        if hasWritten { context.flush() }
        if isLeaving, session.streamCount == 0 {
            context.close(promise: nil)
        } else if !session.wantsRead, !session.wantsWrite {
            // The session has ended itself: it hears no more, so whoever waits would wait for ever.
            lossReason = brokenRules
            context.close(promise: nil)
        }
    }

    private var brokenRules: String {
        hasSettings
            ? "the server broke the rules of HTTP/2" : "the server does not speak HTTP/2"
    }

    func close(reason: String, _ done: @escaping () -> Void) {
        guard let context else {
            done()
            return
        }
        closed.append(done)
        for call in calls { call?.connectionLost(Status(.cancelled, reason)) }
        lossReason = reason
        session.goAway(errorCode: ErrorCode.noError, reason: "")
        pump()
        context.close(promise: nil)
    }
}
