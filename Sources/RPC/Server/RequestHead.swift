internal import GRPCWire
internal import HTTP2

/// What one request header field means to us; the memo of a connection remembers it.
enum FieldMeaning {
    case ignored
    case method(isPost: Bool)
    case route(Int)
    case contentType(isGRPC: Bool)
    case encoding(Encoding)
    case accepts(gzip: Bool)
    case metadata(Metadata.Entry)

    enum Encoding {
        case identity
        case gzip
        case unknown
    }
}

/// A request's header list, read and judged.
///
/// Refusals come in the order of grpc-go: too large, content type, method, path, timeout, encoding,
/// metadata.
struct RequestHead {
    enum Refusal {
        case unsupportedMediaType
        case methodNotAllowed
        /// With the list of encodings we read.
        case unknownEncoding
        case status(Status)
    }

    var isPost = false
    var isGRPC = false
    var route: Int?
    var routeFailure: Status?
    /// Nanoseconds; nil when the request has none.
    var timeout: UInt64?
    var timeoutIsMalformed = false
    var encoding = FieldMeaning.Encoding.identity
    var encodingCount = 0
    var acceptsGzip = false
    var metadata = Metadata()
    var binaryIsMalformed = false

    var refusal: Refusal? {
        if !isGRPC { return .unsupportedMediaType }
        if !isPost { return .methodNotAllowed }
        if let routeFailure { return .status(routeFailure) }
        if route == nil { return .status(Status(.unimplemented, "malformed method name")) }
        if timeoutIsMalformed { return .status(Status(.internal, "malformed grpc-timeout")) }
        if encodingCount > 1 {
            return .status(Status(.internal, "more than one grpc-encoding"))
        }
        if encoding == .unknown { return .unknownEncoding }
        if binaryIsMalformed {
            return .status(Status(.internal, "a -bin header is not base64"))
        }
        return nil
    }

    mutating func take(_ meaning: FieldMeaning) {
        switch meaning {
        case .ignored: break
        case .method(let isPost): self.isPost = isPost
        case .route(let index): route = index
        case .contentType(let isGRPC): self.isGRPC = isGRPC
        case .encoding(let encoding):
            self.encoding = encoding
            encodingCount += 1
        case .accepts(let gzip): acceptsGzip = gzip
        case .metadata(let entry): metadata.append(entry)
        }
    }
}
