internal import GRPCWire
internal import HTTP2

/// A response's header list or trailers, read.
struct ResponseHead {
    var httpStatus: Int?
    var isGRPC = false
    var isGzip = false
    var metadata = Metadata()
    private var code: StatusCode?
    private var message = ""
    private var details: [UInt8]?

    mutating func take(_ field: ReceivedField) {
        let name = String(decoding: field.name, as: UTF8.self)
        switch name {
        case ":status": httpStatus = Int(String(decoding: field.value, as: UTF8.self))
        case "content-type": isGRPC = ContentType.isGRPC(field.value.span)
        case "grpc-encoding": isGzip = field.value.elementsEqual("gzip".utf8)
        case "grpc-status": code = StatusCode(wire: field.value.span)
        case "grpc-message": message = PercentEncoding.decode(field.value.span)
        case "grpc-status-details-bin": details = Base64.decode(field.value.span)
        default:
            guard !ReservedName.contains(name) else { return }
            guard name.hasSuffix("-bin") else {
                let text = String(decoding: field.value, as: UTF8.self)
                metadata.append(.init(uncheckedKey: name, value: .text(text)))
                return
            }
            for value in Base64.decodeList(field.value.span) ?? [] {
                metadata.append(.init(uncheckedKey: name, value: .binary(value)))
            }
        }
    }

    /// The gRPC status, nil when there is none.
    var status: Status? {
        code.map { Status($0, message, details: details) }
    }

    /// What to make of a response that has no gRPC status.
    var statusWithoutGRPC: Status {
        guard let httpStatus else { return Status(.internal, "a response without an HTTP status") }
        if httpStatus == 200, isGRPC {
            return Status(.internal, "the response ended without a status")
        }
        return Status(
            StatusCode(httpStatus: httpStatus), "not a gRPC response: HTTP status \(httpStatus)")
    }
}
