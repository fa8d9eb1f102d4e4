internal import HTTP2
internal import Logging
internal import NIOCore

/// What a connection remembers about its own life.
struct ConnectionLife {
    enum Drain {
        case none
        /// The shutdown notice is out, we wait for our PING to come back.
        case announced(at: UInt64)
        /// The final GOAWAY is out; what is under way may finish.
        case final
    }

    var acceptedAt: UInt64 = 0
    var lastReadAt: UInt64 = 0
    var lastStreamEndedAt: UInt64 = 0
    var hasSettings = false
    var isSettingsAcknowledged = false
    var unwritableSince: UInt64?
    /// When the last response frame was seen to have left, and how many had.
    var progressAt: UInt64 = 0
    var framesSentAtProgress = -1
    var keepaliveSentAt: UInt64?
    var isPeerLeaving = false
    var drain = Drain.none
    /// The last GOAWAY has been submitted; the next flush is the last.
    var isEnding = false
    var isClosing = false
    /// Told when the connection is gone.
    var closed: EventLoopPromise<Void>?
}

// Ends of a connection: drain, timeouts, abuse, fatal errors.

extension ServerConnection {
    private static var drainPing: UInt64 { 0x736C_6F74_6400_0001 }
    private static var keepalivePing: UInt64 { 0x736C_6F74_6400_0002 }

    // MARK: Drain

    /// Announces the end: GOAWAY without a last stream and a PING; when that has come back, every
    /// call the client sent before it knew has arrived, and the final GOAWAY can name the last.
    func beginDrain() {
        guard case .none = life.drain else { return }
        life.drain = .announced(at: loop.eventLoop.now.uptimeNanoseconds)
        session.announceShutdown()
        session.ping(payload: Self.drainPing)
        loop.eventLoop.scheduleTask(in: loop.limits.drainNoticeTimeout) { self.finishDrain() }
        markDirty()
    }

    func finishDrain() {
        guard case .announced = life.drain, context != nil else { return }
        life.drain = .final
        session.goAway(errorCode: ErrorCode.noError, reason: "shutting down")
        markDirty()
    }

    func pongReceived(_ payload: UInt64) {
        life.keepaliveSentAt = nil
        if payload == Self.drainPing { finishDrain() }
    }

    /// Closes once nothing is left to say.
    func closeIfDone() {
        guard let context, !life.isClosing else { return }
        let isDrained: Bool
        if case .final = life.drain {
            isDrained = session.streamCount == 0
        } else {
            isDrained = false
        }
        let isDone = !session.wantsWrite && (isDrained || !session.wantsRead)
        guard isDone || life.isEnding else { return }
        // What was written besides the session's frames still waits for a flush.
        context.flush()
        close(context)
    }

    /// Ends what is left at the end of the grace time.
    func closeNow() {
        guard let context else { return }
        context.close(promise: nil)
    }

    /// Closes our side first and the rest when the peer has done so or a second later: closing
    /// with unread input would make the kernel throw away our last frames.
    private func close(_ context: ChannelHandlerContext) {
        life.isClosing = true
        context.close(mode: .output, promise: nil)
        loop.eventLoop.scheduleTask(in: .seconds(1)) { self.closeNow() }
    }

    // MARK: Abuse and errors

    func police() {
        let counters = session.counters
        guard !meter.isQuiet(counters) else { return }
        if let reason = meter.check(counters, now: now) { sendAway(reason: reason) }
    }

    /// GOAWAY(ENHANCE_YOUR_CALM) with the reason, then the end.
    func sendAway(reason: String) {
        guard !life.isEnding else { return }
        loop.logger.warning(
            "closing an abusive connection", metadata: ["reason": "\(reason)", "peer": "\(peer)"])
        session.goAway(errorCode: ErrorCode.enhanceYourCalm, reason: reason)
        end()
    }

    func fail(_ failure: SessionError, firstBytes: ByteBuffer) {
        guard let context, !life.isEnding else { return }
        loop.logger.debug(
            "closing a broken connection", metadata: ["error": "\(failure)", "peer": "\(peer)"])
        if failure == .badClientMagic, looksLikeHTTP1(firstBytes) {
            let answer = ByteBuffer(
                string: "HTTP/1.1 505 HTTP Version Not Supported\r\n"
                    + "Connection: close\r\nContent-Length: 0\r\n\r\n")
            context.write(wrapOutboundOut(answer), promise: nil)
        }
        end()
    }

    /// Closes after the next flush. Never flushes by itself: it may be called while events are
    /// being handled, and a flush handles events.
    private func end() {
        life.isEnding = true
        markDirty()
    }

    private func looksLikeHTTP1(_ bytes: ByteBuffer) -> Bool {
        let start = bytes.readableBytesView.prefix(5)
        return ["GET ", "POST ", "HEAD ", "PUT "].contains { start.starts(with: $0.utf8) }
    }

    // MARK: Timeouts

    /// Looks at everything that can take too long; called about once a second.
    func checkTimeouts(now: UInt64) {
        guard let context, !life.isClosing else { return }
        let limits = loop.limits
        func passed(_ since: UInt64, _ limit: TimeAmount) -> Bool {
            now > since && now - since > UInt64(limit.nanoseconds)
        }
        if !life.hasSettings, passed(life.acceptedAt, limits.handshakeTimeout) {
            context.close(promise: nil)
        } else if !life.isSettingsAcknowledged, passed(life.acceptedAt, limits.settingsTimeout) {
            session.goAway(errorCode: ErrorCode.settingsTimeout, reason: "settings_timeout")
            end()
        } else if let since = life.unwritableSince, passed(since, limits.writeStallTimeout) {
            loop.logger.debug("closing a peer that does not read", metadata: ["peer": "\(peer)"])
            context.close(promise: nil)
        } else if !hasProgress(now: now), passed(life.progressAt, limits.writeStallTimeout) {
            loop.logger.debug("closing a peer without window", metadata: ["peer": "\(peer)"])
            context.close(promise: nil)
        } else if let sentAt = life.keepaliveSentAt {
            if life.lastReadAt > sentAt {
                life.keepaliveSentAt = nil
            } else if passed(sentAt, limits.keepaliveTimeout) {
                context.close(promise: nil)
            }
        } else if passed(life.lastReadAt, limits.keepaliveTime) {
            life.keepaliveSentAt = now
            session.ping(payload: Self.keepalivePing)
            markDirty()
        } else if let idle = limits.idleTimeout, session.streamCount == 0,
            passed(life.lastStreamEndedAt, idle)
        {
            beginDrain()
        } else if let age = limits.ageMax, passed(life.acceptedAt, jittered(age)) {
            beginDrain()
        }
    }

    /// Whether response frames leave, or hardly any wait to. A paused reader of one stream stays
    /// below the mark and may take its time.
    private func hasProgress(now: UInt64) -> Bool {
        let framesSent = session.counters.responseFramesSent
        guard session.queuedByteCount > loop.limits.socketQueueHighWater,
            framesSent == life.framesSentAtProgress
        else {
            life.progressAt = now
            life.framesSentAtProgress = framesSent
            return true
        }
        return false
    }

    /// Ten percent around the limit, the same for the whole life of this connection.
    private func jittered(_ age: TimeAmount) -> TimeAmount {
        let spread = age.nanoseconds / 5
        let share = Int64(life.acceptedAt % 1024)
        return .nanoseconds(age.nanoseconds - spread / 2 + spread * share / 1024)
    }
}
