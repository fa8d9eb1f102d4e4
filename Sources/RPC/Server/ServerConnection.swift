internal import GRPCWire
internal import HTTP2
internal import Logging
internal import NIOCore

/// One client's connection: the socket on one side, an HTTP/2 session and its calls on the other.
///
/// The way of the bytes: `channelRead` feeds the session and walks its events (unary handlers run
/// right there); answers only submit to the session and mark the connection dirty; one `pump` at
/// the end of the turn drains the session into one buffer, one write and flush.
///
/// Owned by its event loop, on which every method runs; that is what makes the unchecked
/// `Sendable` true.
final class ServerConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: LoopContext
    let session: Session
    var context: ChannelHandlerContext?
    var place: Int32 = -1

    // The state that every call touches is exempt from the run-time exclusivity check, which would
    // cost a tenth of a unary call: one thread owns it, and no accessor calls out.

    // Calls.
    @exclusivity(unchecked) var calls: [ServerCall] = []
    @exclusivity(unchecked) var heads: HeadReader
    @exclusivity(unchecked) var lastToken: UInt64 = 0
    /// Tokens of parked calls that ended without their handler: still running somewhere.
    var orphans: Set<UInt64> = []
    @exclusivity(unchecked) var runningCallCount = 0
    @exclusivity(unchecked) var completedCallCount = 0
    var abandonedCallCount = 0
    /// Calls begun in this batch of events, to be given a timer if they outlast it.
    @exclusivity(unchecked) var begun: [Int] = []
    var requestBufferByteCount = 0

    // Input and output.
    @exclusivity(unchecked) private var isInTurn = false
    @exclusivity(unchecked) private var isDirty = false
    private var isReadHeldBack = false
    /// When the batch of events being handled began; the only clock calls see.
    @exclusivity(unchecked) var now: UInt64

    // Life.
    @exclusivity(unchecked) var life = ConnectionLife()
    var meter: AbuseMeter

    init(loop: LoopContext) throws(SessionError) {
        self.loop = loop
        session = try Session(role: .server, options: loop.limits.session)
        now = loop.eventLoop.now.uptimeNanoseconds
        heads = HeadReader(table: loop.table)
        meter = AbuseMeter(loop.limits.abuse, now: now)
        life.acceptedAt = now
        life.lastReadAt = now
        life.lastStreamEndedAt = now
        begun.reserveCapacity(64)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open() }
    }

    func channelActive(context: ChannelHandlerContext) {
        open()
    }

    private func open() {
        guard place < 0 else { return }
        place = loop.add(self)
        if loop.isDraining { beginDrain() }
        // Clients call the channel ready only once they have our SETTINGS.
        pump()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        now = loop.eventLoop.now.uptimeNanoseconds
        life.lastReadAt = now
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
        giveBackWindow()
        if let failure { fail(failure, firstBytes: buffer) }
        police()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInTurn = false
        pump()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        life.unwritableSince =
            context.channel.isWritable ? nil : loop.eventLoop.now.uptimeNanoseconds
        guard context.channel.isWritable else { return }
        pump()
        if isReadHeldBack {
            isReadHeldBack = false
            context.read()
        }
    }

    /// A peer that does not read its answers is not read either: its requests would only add to
    /// what is queued.
    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable || !context.channel.isActive {
            context.read()
        } else {
            isReadHeldBack = true
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        loop.logger.debug("connection failed", metadata: ["error": "\(error)", "peer": "\(peer)"])
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
        for slot in calls.indices where calls[slot].phase != .none {
            endCall(slot: slot)
        }
        if place >= 0 { loop.remove(place: place) }
        life.closed?.succeed()
        life.closed = nil
    }

    // MARK: Session events

    private func handleEvents() {
        var index = 0
        while index < session.eventCount {
            let event = session.event(at: index)
            index += 1
            switch event {
            case .headers(let slot, let block):
                if !block.isFollowing { beginCall(slot: slot, block: block) }
            case .data(let slot, let bytes):
                receive(slot: slot, bytes)
            case .endOfStream(let slot):
                endOfRequest(slot: slot)
            case .endStreamSent(let slot):
                // RFC 9113, section 8.1: an early response is followed by RST_STREAM(NO_ERROR), so
                // that the client stops sending.
                session.reset(slot: slot, errorCode: ErrorCode.noError)
            case .drained(let slot):
                if slot < calls.count { calls[slot].stream?.queueDrained() }
            case .closed(let slot, _):
                streamClosed(slot: slot)
            case .settings(let isAcknowledgement):
                life.hasSettings = true
                if isAcknowledgement { life.isSettingsAcknowledged = true }
            case .pong(let payload):
                pongReceived(payload)
            case .goAway:
                life.isPeerLeaving = true
            }
        }
        session.clearEvents()
        armTimers()
    }

    private func giveBackWindow() {
        guard session.unconsumedByteCount > 0 else { return }
        if requestBufferByteCount < loop.limits.receiveBufferBytesMax {
            session.consumeConnection()
        }
    }

    // MARK: Output

    /// To be called after anything was submitted; cheap, and any number of times.
    func markDirty() {
        guard !isDirty else { return }
        isDirty = true
        if !isInTurn { loop.markDirty(self) }
    }

    func flushIfDirty() {
        if isDirty { pump() }
    }

    private static let chunkByteCountMax = 256 << 10
    private static let outputByteCountMin = 4096

    /// Drains the session into as few buffers as possible and writes them out.
    func pump() {
        isDirty = false
        guard let context else { return }
        var hasWritten = false
        var isFailed = false
        var isDrained = false
        var output = loop.takeOutput()
        while !isDrained, context.channel.isWritable || !hasWritten {
            // What was flushed last is used again; what still waits is left to its channel.
            output.clear(minimumCapacity: Self.outputByteCountMin)
            do throws(SessionError) {
                // Handling events, such as a response that ended early, can submit more frames:
                // they belong to the same write.
                repeat {
                    while output.readableBytes < Self.chunkByteCountMax,
                        let frame = try session.nextFrame()
                    {
                        output.writeBytes(frame)
                    }
                    isDrained = output.readableBytes < Self.chunkByteCountMax
                    guard session.eventCount > 0 else { break }
                    handleEvents()
                } while output.readableBytes < Self.chunkByteCountMax
            } catch {
                isFailed = true
            }
            guard output.readableBytes > 0 else { break }
            hasWritten = true
            context.write(wrapOutboundOut(output), promise: nil)
            if isFailed { break }
        }
        isDirty = false
        loop.putBack(output)
        if hasWritten { context.flush() }
        if isFailed || session.outboundFrameCount > loop.limits.outboundFramesMax {
            context.close(promise: nil)
        } else {
            closeIfDone()
        }
    }
}
