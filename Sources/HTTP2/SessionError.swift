internal import CNghttp2

/// Why a session can not go on. The connection is to be flushed and closed.
public enum SessionError: Error, Hashable, Sendable {
    /// The first bytes are not the HTTP/2 client preface.
    case badClientMagic
    /// Too many answers of ours wait because the peer does not read.
    case flooded
    /// A header block in too many CONTINUATION frames.
    case tooManyContinuations
    case outOfMemory
    /// Any other fatal code of nghttp2.
    case fatal(code: Int32)

    init(code: Int32) {
        switch code {
        case Int32(NGHTTP2_ERR_BAD_CLIENT_MAGIC.rawValue): self = .badClientMagic
        case Int32(NGHTTP2_ERR_FLOODED.rawValue): self = .flooded
        case Int32(NGHTTP2_ERR_TOO_MANY_CONTINUATIONS.rawValue): self = .tooManyContinuations
        case Int32(NGHTTP2_ERR_NOMEM.rawValue): self = .outOfMemory
        default: self = .fatal(code: code)
        }
    }
}

/// HTTP/2 error codes (RFC 9113, section 7).
public enum ErrorCode {
    /// NO_ERROR
    public static let noError: UInt32 = 0
    /// PROTOCOL_ERROR
    public static let protocolError: UInt32 = 1
    /// INTERNAL_ERROR
    public static let internalError: UInt32 = 2
    /// SETTINGS_TIMEOUT
    public static let settingsTimeout: UInt32 = 4
    /// REFUSED_STREAM
    public static let refusedStream: UInt32 = 7
    /// CANCEL
    public static let cancel: UInt32 = 8
    /// ENHANCE_YOUR_CALM
    public static let enhanceYourCalm: UInt32 = 11
}

/// The nghttp2 that this process runs with.
public enum HTTP2Library {
    /// For example "1.52.0".
    public static var version: String {
        // nghttp2 answers a pointer to static memory, never null for version 0.
        String(cString: nghttp2_version(0).pointee.version_str)
    }

    /// Whether it has the limits this house relies on (stream resets, CONTINUATION frames).
    public static var isSupported: Bool {
        nghttp2_version(0).pointee.version_num >= 0x013400
    }
}
