internal import CNghttp2

// nghttp2's callbacks. They record what happened in the box and do nothing else: a session must
// not be asked to send or receive from inside one. The one nghttp2 call that changes the session
// is `nghttp2_submit_trailer` in the data source, which its manual asks for at that very place.
//
// `userData` is the box that `Session` allocated: it outlives the session, and both stay on one
// thread, so the accesses below are exclusive.

private func box(_ userData: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SessionBox> {
    userData!.assumingMemoryBound(to: SessionBox.self)
}

private func hasFlag(_ flags: UInt8, _ flag: nghttp2_flag) -> Bool {
    UInt32(flags) & flag.rawValue != 0
}

func install(on callbacks: OpaquePointer) {
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, onBeginHeaders)
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, onHeader)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, onDataChunk)
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, onFrameReceived)
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, onInvalidFrame)
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, onBeginFrame)
    nghttp2_session_callbacks_set_unpack_extension_callback(callbacks, unpackUnknown)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, onFrameSent)
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, onFrameNotSent)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, onStreamClose)
}

private let onBeginHeaders: nghttp2_on_begin_headers_callback = { _, frame, userData in
    let box = box(userData)
    box.pointee.beginBlock()
    let id = frame!.pointee.hd.stream_id
    if box.pointee.isServer, box.pointee.streams.slot(id: id) == nil {
        _ = box.pointee.streams.insert(id: id)
    }
    return 0
}

private let onHeader: nghttp2_on_header_callback2 = { _, _, name, value, _, userData in
    box(userData).pointee.addField(name: name!, value: value!)
    return 0
}

private let onDataChunk: nghttp2_on_data_chunk_recv_callback = { _, _, id, data, count, userData in
    let box = box(userData)
    box.pointee.unconsumedByteCount += count
    if let slot = box.pointee.streams.slot(id: id) {
        box.pointee.events.append(
            .data(slot: slot, bytes: UnsafeRawBufferPointer(start: data, count: count)))
    }
    return 0
}

/// Counts PRIORITY frames: having told the peer that we do not use them, nghttp2 drops them after
/// this.
private let onBeginFrame: nghttp2_on_begin_frame_callback = { _, header, userData in
    if header!.pointee.type == UInt8(NGHTTP2_PRIORITY.rawValue) {
        box(userData).pointee.counters.priorities += 1
    }
    return 0
}

/// Frames of types we do not know: counted, and their payload skipped.
private let unpackUnknown: nghttp2_unpack_extension_callback = { _, _, _, userData in
    box(userData).pointee.counters.unknownFrames += 1
    return NGHTTP2_ERR_CANCEL.rawValue
}

private let onFrameReceived: nghttp2_on_frame_recv_callback = { _, frame, userData in
    let box = box(userData)
    let header = frame!.pointee.hd
    let endsStream = hasFlag(header.flags, NGHTTP2_FLAG_END_STREAM)
    switch nghttp2_frame_type(UInt32(header.type)) {
    case NGHTTP2_DATA:
        if endsStream {
            remoteEnd(box, id: header.stream_id)
        } else if header.length == 0 {
            box.pointee.counters.emptyData += 1
        }
    case NGHTTP2_HEADERS:
        guard let slot = box.pointee.streams.slot(id: header.stream_id) else { break }
        let isFollowing = box.pointee.streams.records[slot]!.hasReceivedHeaders
        box.pointee.streams.records[slot]!.hasReceivedHeaders = true
        box.pointee.endBlock(slot: slot, endsStream: endsStream, isFollowing: isFollowing)
        if endsStream { remoteEnd(box, id: header.stream_id) }
    case NGHTTP2_RST_STREAM:
        box.pointee.counters.resetsReceived += 1
        if let slot = box.pointee.streams.slot(id: header.stream_id) {
            box.pointee.streams.records[slot]!.isRemoteClosed = true
        }
    case NGHTTP2_SETTINGS:
        let isAcknowledgement = hasFlag(header.flags, NGHTTP2_FLAG_ACK)
        if !isAcknowledgement { box.pointee.counters.settings += 1 }
        box.pointee.events.append(.settings(isAcknowledgement: isAcknowledgement))
    case NGHTTP2_PING:
        if hasFlag(header.flags, NGHTTP2_FLAG_ACK) {
            let payload = withUnsafeBytes(of: frame!.pointee.ping.opaque_data) {
                $0.loadUnaligned(as: UInt64.self)
            }
            box.pointee.events.append(.pong(payload: payload))
        } else {
            box.pointee.counters.pings += 1
        }
    case NGHTTP2_GOAWAY:
        let goAway = frame!.pointee.goaway
        box.pointee.events.append(
            .goAway(lastStreamID: goAway.last_stream_id, errorCode: goAway.error_code))
    case NGHTTP2_WINDOW_UPDATE:
        box.pointee.counters.windowUpdates += 1
    default:
        break
    }
    return 0
}

private func remoteEnd(_ box: UnsafeMutablePointer<SessionBox>, id: Int32) {
    guard let slot = box.pointee.streams.slot(id: id) else { return }
    box.pointee.streams.records[slot]!.isRemoteClosed = true
    box.pointee.events.append(.endOfStream(slot: slot))
}

private let onInvalidFrame: nghttp2_on_invalid_frame_recv_callback = { _, _, _, userData in
    box(userData).pointee.counters.invalidFrames += 1
    return 0
}

private let onFrameSent: nghttp2_on_frame_send_callback = { _, frame, userData in
    let box = box(userData)
    let header = frame!.pointee.hd
    switch nghttp2_frame_type(UInt32(header.type)) {
    case NGHTTP2_DATA, NGHTTP2_HEADERS:
        box.pointee.counters.responseFramesSent += 1
        guard box.pointee.isServer, hasFlag(header.flags, NGHTTP2_FLAG_END_STREAM) else { break }
        if let slot = box.pointee.streams.slot(id: header.stream_id),
            !box.pointee.streams.records[slot]!.isRemoteClosed
        {
            box.pointee.events.append(.endStreamSent(slot: slot))
        }
    case NGHTTP2_RST_STREAM:
        let slot = box.pointee.streams.slot(id: header.stream_id)
        if let slot, box.pointee.streams.records[slot]!.isReset { break }
        box.pointee.counters.resetsForced += 1
    default:
        break
    }
    return 0
}

/// A header list over `sendHeaderBytesMax`. nghttp2 gives up on the frame and leaves its stream
/// open, for which the peer would wait in vain.
private let onFrameNotSent: nghttp2_on_frame_not_send_callback = { _, frame, code, userData in
    let box = box(userData)
    let header = frame!.pointee.hd
    guard box.pointee.isServer, code == NGHTTP2_ERR_FRAME_SIZE_ERROR.rawValue,
        header.type == UInt8(NGHTTP2_HEADERS.rawValue),
        let slot = box.pointee.streams.slot(id: header.stream_id)
    else { return 0 }
    box.pointee.unsendable.append(slot)
    return 0
}

/// Always answers 0: a failure here would leak a client's requests (CVE-2023-35945).
private let onStreamClose: nghttp2_on_stream_close_callback = { _, id, errorCode, userData in
    let box = box(userData)
    if let slot = box.pointee.streams.slot(id: id) {
        box.pointee.streams.records[slot]!.isRemoteClosed = true
        box.pointee.events.append(.closed(slot: slot, errorCode: errorCode))
    }
    return 0
}

/// Gives nghttp2 the next payload bytes of a stream; `source.fd` is the stream's slot.
let readOutbound: nghttp2_data_source_read_callback = {
    session, id, buffer, capacity, flags, source, userData in
    let box = box(userData)
    let slot = Int(source!.pointee.fd)
    guard slot < box.pointee.streams.capacity,
        box.pointee.streams.records[slot]?.id == id
    else {
        // The slot was released while nghttp2 still had the stream: nothing more will come.
        return ssize_t(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }
    let record = box.pointee.streams.records + slot
    let written = record.pointee!.fill(
        UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
    box.pointee.queuedByteCount -= written
    if record.pointee!.queuedByteCount <= record.pointee!.lowWaterMark {
        record.pointee!.lowWaterMark = -1
        box.pointee.events.append(.drained(slot: slot))
    }
    guard record.pointee!.head == nil else { return written }

    var end = NGHTTP2_DATA_FLAG_EOF.rawValue
    switch record.pointee!.ending {
    case .open:
        if written > 0 { return written }
        record.pointee!.isDeferred = true
        return ssize_t(NGHTTP2_ERR_DEFERRED.rawValue)
    case .plain:
        break
    case .prepared(let trailers):
        end |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        nghttp2_submit_trailer(session, id, trailers.fields, trailers.count)
    case .block(let trailers):
        end |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        trailers.withFields(after: nil) { fields, count in
            _ = nghttp2_submit_trailer(session, id, fields, count)
        }
    }
    flags!.pointee |= end
    return written
}
