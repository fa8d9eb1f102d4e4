internal import CNghttp2

/// One HTTP/2 connection's protocol state, without its socket: bytes in, events out, bytes out.
///
/// The owner calls `receive` with what the socket gave, walks the events, submits answers, then
/// takes frames with `nextFrame` until there is none and writes them out in one go. Events arise
/// both while receiving and while taking frames. nghttp2's callbacks only record into a box on the
/// heap, so nothing of the owner's runs inside nghttp2, and nothing here can be asked to send from
/// within a callback.
///
/// Not thread-safe: one thread owns a session. The methods do not mutate the struct itself, which
/// is three pointers; it is noncopyable so that exactly one owner frees what they point to.
public struct Session: ~Copyable {
    /// Which end of the connection this is.
    public enum Role: Sendable {
        case server
        case client
    }

    // The box comes first and goes last: nghttp2 calls back into it even while being deleted.
    let box: UnsafeMutablePointer<SessionBox>
    let session: OpaquePointer
    private let memory: SessionMemory

    /// Makes the session and submits its SETTINGS; the caller flushes them at once, since clients
    /// wait for them.
    public init(role: Role, options: SessionOptions = SessionOptions()) throws(SessionError) {
        try self.init(role: role, options: options, memory: SessionMemory())
    }

    /// - Parameter memory: no other session's.
    init(role: Role, options: SessionOptions, memory: SessionMemory) throws(SessionError) {
        let parts = try Self.make(role: role, options: options, memory: memory)
        self.memory = memory
        box = parts.box
        session = parts.session
    }

    deinit {
        nghttp2_session_del(session)
        box.deinitialize(count: 1)
        box.deallocate()
    }

    private static func make(
        role: Role, options: SessionOptions, memory: SessionMemory
    ) throws(SessionError) -> (box: UnsafeMutablePointer<SessionBox>, session: OpaquePointer) {
        let box = UnsafeMutablePointer<SessionBox>.allocate(capacity: 1)
        box.initialize(to: SessionBox(role: role, options: options))
        do throws(SessionError) {
            let session = try makeSession(
                role: role, options: options, memory: memory, userData: box)
            do throws(SessionError) {
                try submitSettings(to: session, role: role, options: options)
            } catch {
                nghttp2_session_del(session)
                throw error
            }
            return (box, session)
        } catch {
            box.deinitialize(count: 1)
            box.deallocate()
            throw error
        }
    }

    private static func makeSession(
        role: Role, options: SessionOptions, memory: SessionMemory,
        userData: UnsafeMutableRawPointer
    ) throws(SessionError) -> OpaquePointer {
        var callbacks: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0, let callbacks else {
            throw .outOfMemory
        }
        defer { nghttp2_session_callbacks_del(callbacks) }
        install(on: callbacks)

        var option: OpaquePointer?
        guard nghttp2_option_new(&option) == 0, let option else { throw .outOfMemory }
        defer { nghttp2_option_del(option) }
        apply(options, role: role, to: option)

        var session: OpaquePointer?
        var functions = memory.functions
        let code =
            switch role {
            case .server:
                nghttp2_session_server_new3(&session, callbacks, userData, option, &functions)
            case .client:
                nghttp2_session_client_new3(&session, callbacks, userData, option, &functions)
            }
        guard code == 0, let session else { throw SessionError(code: code) }
        return session
    }

    private static func apply(_ options: SessionOptions, role: Role, to option: OpaquePointer) {
        nghttp2_option_set_no_auto_window_update(option, 1)
        nghttp2_option_set_max_continuations(option, options.continuationsMax)
        nghttp2_option_set_max_outbound_ack(option, options.outboundAcksMax)
        nghttp2_option_set_max_settings(option, options.settingsEntriesMax)
        nghttp2_option_set_no_closed_streams(option, 1)
        // Otherwise a value with a space at its edge, such as a grpc-message, is lost silently.
        nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, 1)
        nghttp2_option_set_max_send_header_block_length(option, options.sendHeaderBytesMax)
        nghttp2_option_set_max_deflate_dynamic_table_size(option, Int(options.headerTableBytes))
        // nghttp2 skips frames of unknown types without a word; asking for them lets us count them.
        for type in UInt8(NGHTTP2_CONTINUATION.rawValue + 1)...UInt8.max {
            nghttp2_option_set_user_recv_extension_type(option, type)
        }
        switch role {
        case .server:
            nghttp2_option_set_stream_reset_rate_limit(
                option, options.resetBurst, options.resetsPerSecond)
        case .client:
            nghttp2_option_set_peer_max_concurrent_streams(option, options.initialPeerStreams)
            nghttp2_option_set_max_reserved_remote_streams(option, 0)
        }
    }

    private static func submitSettings(
        to session: OpaquePointer, role: Role, options: SessionOptions
    ) throws(SessionError) {
        func entry(_ id: nghttp2_settings_id, _ value: UInt32) -> nghttp2_settings_entry {
            nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: value)
        }
        var entries = [
            entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.streamWindowBytes),
            entry(NGHTTP2_SETTINGS_MAX_FRAME_SIZE, options.frameBytesMax),
            entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, UInt32(options.headerListBytesMax)),
            entry(NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, options.headerTableBytes),
            // Drops RFC 7540's dependency tree; counts only in the first SETTINGS frame.
            entry(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
        ]
        switch role {
        case .server:
            entries.append(
                entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.concurrentStreamsMax))
        case .client:
            entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0))
        }
        var code = nghttp2_submit_settings(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
        guard code == 0 else { throw SessionError(code: code) }
        code = nghttp2_session_set_local_window_size(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, options.connectionWindowBytes)
        guard code == 0 else { throw SessionError(code: code) }
    }
}

// MARK: - Bytes in, events out, bytes out

extension Session {
    /// Feeds what the socket gave. On an error, flush what `nextFrame` still has and close.
    /// Events recorded before the error are there and count.
    public func receive(_ bytes: UnsafeRawBufferPointer) throws(SessionError) {
        let used = nghttp2_session_mem_recv(
            session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        guard used >= 0 else { throw SessionError(code: Int32(used)) }
    }

    /// The next frame to write, or nil when there is none for now (also when flow control holds
    /// the rest back). Valid until the next call on this session.
    public func nextFrame() throws(SessionError) -> UnsafeRawBufferPointer? {
        while true {
            var data: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &data)
            guard count >= 0 else { throw SessionError(code: Int32(count)) }
            if count > 0 { return UnsafeRawBufferPointer(start: data, count: count) }
            guard !box.pointee.unsendable.isEmpty else { return nil }
            resetUnsendable()
        }
    }

    private func resetUnsendable() {
        for slot in box.pointee.unsendable { reset(slot: slot, errorCode: ErrorCode.internalError) }
        box.pointee.unsendable.removeAll()
    }

    /// Events since the last `clearEvents`.
    public var eventCount: Int { box.pointee.events.count }

    /// An event, in order of happening.
    public func event(at index: Int) -> Event { box.pointee.events[index] }

    /// Forgets all events and the fields they refer to.
    public func clearEvents() {
        box.pointee.clearEvents()
    }

    /// A field of a header list, valid until `clearEvents`.
    public func field(_ index: Int, of block: ReceivedBlock) -> ReceivedField {
        precondition(index < block.count, "field \(index) of a header list of \(block.count)")
        return box.pointee.fields[block.first + index]
    }

    /// What the peer has done so far.
    public var counters: FrameCounters { box.pointee.counters }

    /// False once the session has ended and may be closed, when there is nothing to write either.
    public var wantsRead: Bool { nghttp2_session_want_read(session) != 0 }
    /// Whether frames wait, also such as flow control holds back.
    public var wantsWrite: Bool { nghttp2_session_want_write(session) != 0 }

    /// Frames that wait in nghttp2, without DATA of streams that are held back.
    public var outboundFrameCount: Int { nghttp2_session_get_outbound_queue_size(session) }

    /// Message bytes queued on all streams.
    public var queuedByteCount: Int { box.pointee.queuedByteCount }

    /// Slots taken and not yet released.
    public var streamCount: Int { box.pointee.streams.count }
}
