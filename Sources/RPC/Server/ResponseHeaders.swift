internal import GRPCWire
internal import HTTP2

/// The header lists that are the same for every call.
enum ResponseHeaders {
    /// What of a status message is sent, in encoded bytes. Clients take header lists of 8 KiB at
    /// least; a sentence that quotes a request's field could be of any length.
    static let statusMessageBytesMax = 4096

    static let plain = PreparedHeaders([
        (":status", "200"), ("content-type", "application/grpc"),
    ])
    static let acceptingGzip = PreparedHeaders([
        (":status", "200"), ("content-type", "application/grpc"),
        ("grpc-accept-encoding", "identity,gzip"),
    ])
    static let gzip = PreparedHeaders([
        (":status", "200"), ("content-type", "application/grpc"), ("grpc-encoding", "gzip"),
        ("grpc-accept-encoding", "identity,gzip"),
    ])
    static let unsupportedMediaType = PreparedHeaders([
        (":status", "415"), ("content-type", "application/grpc"),
    ])
    static let methodNotAllowed = PreparedHeaders([
        (":status", "405"), ("allow", "POST"), ("content-type", "application/grpc"),
    ])
    static let okTrailers = PreparedHeaders([("grpc-status", "0")])
}

extension HeaderBlock {
    /// Adds a status as gRPC writes it. What seldom repeats stays out of the HPACK table.
    mutating func append(_ status: Status) {
        append("grpc-status", String(status.code.rawValue))
        if !status.message.isEmpty {
            append(
                "grpc-message",
                PercentEncoding.encode(
                    status.message, byteCountMax: ResponseHeaders.statusMessageBytesMax),
                isIndexed: false)
        }
        if let details = status.details {
            append("grpc-status-details-bin", Base64.encode(details), isIndexed: false)
        }
    }

    /// Adds user metadata; a text value that arrived from a peer and may not be sent is left out.
    mutating func append(_ metadata: Metadata) {
        for entry in metadata.entries {
            switch entry.value {
            case .text(let text):
                if Metadata.isSendable(text) { append(entry.key, text) }
            case .binary(let bytes):
                append(entry.key, Base64.encode(bytes), isIndexed: false)
            }
        }
    }
}
