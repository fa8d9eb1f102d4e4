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

    /// Reads a field that the memo does not know. Returns its meaning when it may be remembered.
    mutating func parse(_ field: ReceivedField, table: ServiceTable) -> FieldMeaning? {
        let name = String(decoding: field.name, as: UTF8.self)
        let meaning: FieldMeaning
        switch name {
        case ":method":
            meaning = .method(isPost: field.value.elementsEqual("POST".utf8))
        case ":path":
            switch table.lookUp(String(decoding: field.value, as: UTF8.self)) {
            case .success(let index): meaning = .route(index)
            case .failure(let status):
                routeFailure = status
                return nil
            }
        case "content-type":
            meaning = .contentType(isGRPC: ContentType.isGRPC(field.value.span))
        case "grpc-timeout":
            // Different for nearly every call: remembering it would push out the others.
            timeout = GRPCTimeout.parse(field.value.span)
            timeoutIsMalformed = timeout == nil
            return nil
        case "grpc-encoding":
            meaning = .encoding(Self.encoding(field.value))
        case "grpc-accept-encoding":
            meaning = .accepts(gzip: Self.listContainsGzip(field.value))
        default:
            guard !ReservedName.contains(name) else {
                take(.ignored)
                return .ignored
            }
            guard name.hasSuffix("-bin") else {
                meaning = .metadata(
                    .init(
                        uncheckedKey: name,
                        value: .text(String(decoding: field.value, as: UTF8.self))))
                break
            }
            return parseBinary(field, name: name)
        }
        take(meaning)
        return meaning
    }

    /// One field may carry several values; only a single one can be remembered.
    private mutating func parseBinary(_ field: ReceivedField, name: String) -> FieldMeaning? {
        guard let values = Base64.decodeList(field.value.span) else {
            binaryIsMalformed = true
            return nil
        }
        for value in values {
            metadata.append(Metadata.Entry(uncheckedKey: name, value: .binary(value)))
        }
        guard values.count == 1 else { return nil }
        return .metadata(Metadata.Entry(uncheckedKey: name, value: .binary(values[0])))
    }

    private static func encoding(_ value: UnsafeBufferPointer<UInt8>) -> FieldMeaning.Encoding {
        if value.elementsEqual("identity".utf8) { return .identity }
        if value.elementsEqual("gzip".utf8) { return .gzip }
        return .unknown
    }

    static func listContainsGzip(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        value.split(separator: 0x2C).contains { part in
            part.drop { $0 == 0x20 }.elementsEqual("gzip".utf8)
        }
    }
}
