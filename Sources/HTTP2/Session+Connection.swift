internal import CNghttp2

// What the owner can do to the connection as a whole.

extension Session {
    /// DATA bytes received that have not been given back to the connection window. Counts every
    /// byte, also of streams that were refused or have closed, so the window can not leak.
    public var unconsumedByteCount: Int { box.pointee.unconsumedByteCount }

    /// Gives the connection window back everything received so far.
    public func consumeConnection() {
        let count = box.pointee.unconsumedByteCount
        guard count > 0 else { return }
        box.pointee.unconsumedByteCount = 0
        nghttp2_session_consume_connection(session, count)
    }

    /// Bytes the peer may still send, on a stream or (nil) on the connection as a whole.
    public func localWindow(slot: Int?) -> Int {
        guard let slot else { return Int(nghttp2_session_get_local_window_size(session)) }
        return Int(nghttp2_session_get_stream_local_window_size(session, streamID(slot: slot)))
    }

    /// PING with eight bytes of ours; the answer is a `pong` event.
    public func ping(payload: UInt64) {
        withUnsafeBytes(of: payload) { bytes in
            _ = nghttp2_submit_ping(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue),
                bytes.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
    }

    /// The first GOAWAY of a drain: no new streams, please, but those under way are still taken
    /// (RFC 9113, section 6.8). A plain GOAWAY would make nghttp2 ignore them.
    public func announceShutdown() {
        nghttp2_submit_shutdown_notice(session)
    }

    /// GOAWAY with the last stream we took; later ones are ignored and may be repeated elsewhere.
    public func goAway(errorCode: UInt32, reason: String) {
        let last = nghttp2_session_get_last_proc_stream_id(session)
        var reason = reason
        reason.withUTF8 { text in
            _ = nghttp2_submit_goaway(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, errorCode, text.baseAddress,
                text.count)
        }
    }
}
