internal import CNghttp2

// What the owner can do to one stream. Submitting on a stream that has closed meanwhile is
// harmless: nghttp2 drops it, and the `closed` event tells the owner.

extension Session {
    /// The HTTP/2 id of a slot's stream, 0 when it is free.
    public func streamID(slot: Int) -> Int32 { box.pointee.streams.records[slot]?.id ?? 0 }

    /// Whether the peer can send no more on the stream.
    public func isRemoteClosed(slot: Int) -> Bool {
        box.pointee.streams.records[slot]?.isRemoteClosed ?? true
    }

    /// Bytes queued on the stream and not handed out yet.
    public func queuedByteCount(slot: Int) -> Int {
        box.pointee.streams.records[slot]?.queuedByteCount ?? 0
    }

    /// Frees a slot after its `closed` event.
    public func release(slot: Int) {
        box.pointee.queuedByteCount -= queuedByteCount(slot: slot)
        box.pointee.streams.remove(slot: slot)
    }

    /// Opens a request on a client, its body left open. Nil when the connection takes no more
    /// streams.
    public func submitRequest(_ headers: HeaderBlock) -> Int? {
        // The id is known only afterwards, the slot is needed before: reserve it under the id that
        // nghttp2 will hand out next.
        let id = nghttp2_session_get_next_stream_id(session)
        guard id <= UInt32(Int32.max), nghttp2_session_check_request_allowed(session) != 0 else {
            return nil
        }
        let slot = box.pointee.streams.insert(id: Int32(id))
        var provider = dataProvider(slot: slot)
        let code = headers.withFields(after: nil) { fields, count in
            nghttp2_submit_request(session, nil, fields, count, &provider, nil)
        }
        guard code == Int32(id) else {
            box.pointee.streams.remove(slot: slot)
            return nil
        }
        box.pointee.streams.records[slot]!.hasSubmitted = true
        return slot
    }

    /// Sends response headers and leaves the body open.
    public func submitResponse(
        slot: Int, _ prepared: PreparedHeaders, _ headers: HeaderBlock = HeaderBlock()
    ) {
        guard let id = claim(slot: slot) else { return }
        var provider = dataProvider(slot: slot)
        headers.withFields(after: prepared) { fields, count in
            _ = nghttp2_submit_response(session, id, fields, count, &provider)
        }
    }

    /// A whole response in one go: headers, one message, trailers.
    public func submitResponse(
        slot: Int, _ prepared: PreparedHeaders, message: [UInt8], trailers: PreparedHeaders
    ) {
        guard let id = claim(slot: slot) else { return }
        let message = StreamRecord.Message(flag: 0, payload: message)
        box.pointee.queuedByteCount += message.byteCount
        box.pointee.streams.records[slot]!.enqueue(message)
        box.pointee.streams.records[slot]!.ending = .prepared(trailers)
        var provider = dataProvider(slot: slot)
        nghttp2_submit_response(session, id, prepared.fields, prepared.count, &provider)
    }

    /// Sends headers that are the whole response, with END_STREAM.
    public func submitTrailersOnly(slot: Int, _ prepared: PreparedHeaders?, _ headers: HeaderBlock)
    {
        guard let id = claim(slot: slot) else { return }
        headers.withFields(after: prepared) { fields, count in
            _ = nghttp2_submit_response(session, id, fields, count, nil)
        }
    }

    /// Queues a message: five bytes of prefix with this flag, then the payload.
    public func enqueue(slot: Int, _ payload: [UInt8], isCompressed: Bool = false) {
        guard box.pointee.streams.records[slot] != nil else { return }
        let message = StreamRecord.Message(flag: isCompressed ? 1 : 0, payload: payload)
        box.pointee.queuedByteCount += message.byteCount
        box.pointee.streams.records[slot]!.enqueue(message)
        resume(slot: slot)
    }

    /// Asks for a `drained` event when the stream's queue falls to `byteCount` or below.
    public func notifyWhenDrained(slot: Int, to byteCount: Int) {
        box.pointee.streams.records[slot]?.lowWaterMark = byteCount
    }

    /// Ends our side after what is queued, without trailers.
    public func endStream(slot: Int) {
        finish(slot: slot, .plain)
    }

    /// Ends our side after what is queued, with these trailers.
    public func endStream(slot: Int, trailers: PreparedHeaders) {
        finish(slot: slot, .prepared(trailers))
    }

    /// Ends our side after what is queued, with trailers made for this call.
    public func endStream(slot: Int, trailers: HeaderBlock) {
        finish(slot: slot, .block(trailers))
    }

    /// Resets the stream; what is queued on it is dropped. A second reset is not sent.
    public func reset(slot: Int, errorCode: UInt32) {
        guard let record = box.pointee.streams.records[slot], !record.isReset else { return }
        box.pointee.streams.records[slot]!.isReset = true
        nghttp2_submit_rst_stream(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), record.id, errorCode)
    }

    /// Lets this stream take turns with others by bytes instead of first come, first served: for
    /// long responses, so that they do not hold up the rest (RFC 9218, incremental).
    public func shareBandwidth(slot: Int) {
        guard let id = box.pointee.streams.records[slot]?.id else { return }
        var priority = nghttp2_extpri(urgency: 3, inc: 1)
        nghttp2_session_change_extpri_stream_priority(session, id, &priority, 1)
    }

    /// Opens the stream's receive window again by bytes the owner has taken.
    public func consume(slot: Int, byteCount: Int) {
        guard let record = box.pointee.streams.records[slot], !record.isRemoteClosed else { return }
        nghttp2_session_consume_stream(session, record.id, byteCount)
    }

    private func claim(slot: Int) -> Int32? {
        guard let record = box.pointee.streams.records[slot], !record.hasSubmitted else {
            return nil
        }
        box.pointee.streams.records[slot]!.hasSubmitted = true
        return record.id
    }

    private func finish(slot: Int, _ ending: StreamEnding) {
        guard let record = box.pointee.streams.records[slot], case .open = record.ending else {
            return
        }
        box.pointee.streams.records[slot]!.ending = ending
        resume(slot: slot)
    }

    private func resume(slot: Int) {
        guard box.pointee.streams.records[slot]!.isDeferred else { return }
        box.pointee.streams.records[slot]!.isDeferred = false
        nghttp2_session_resume_data(session, box.pointee.streams.records[slot]!.id)
    }

    private func dataProvider(slot: Int) -> nghttp2_data_provider {
        nghttp2_data_provider(
            source: nghttp2_data_source(fd: Int32(slot)), read_callback: readOutbound)
    }
}
