/// The seventeen gRPC status codes, with their wire numbers.
///
/// https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
public enum StatusCode: UInt8, Sendable, Hashable, CaseIterable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16
}

extension StatusCode: CustomStringConvertible {
    /// The code's upper-case word, as operators know it from other gRPC tools.
    public var description: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internal: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }
}

extension StatusCode {
    /// Reads a `grpc-status` value: one or two decimal digits.
    ///
    /// Anything else, and numbers nobody assigned, are `UNKNOWN`, as statuscodes.md asks of
    /// clients.
    public init(wire bytes: Span<UInt8>) {
        var number = 0
        guard bytes.count == 1 || bytes.count == 2 else {
            self = .unknown
            return
        }
        for index in bytes.indices {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else {
                self = .unknown
                return
            }
            number = number * 10 + Int(bytes[index] - 0x30)
        }
        self = StatusCode(rawValue: UInt8(number)) ?? .unknown
    }

    /// The code of a response that carries an HTTP status but no `grpc-status`.
    ///
    /// https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
    public init(httpStatus: Int) {
        switch httpStatus {
        case 400, 431: self = .internal
        case 401: self = .unauthenticated
        case 403: self = .permissionDenied
        case 404: self = .unimplemented
        case 429, 502, 503, 504: self = .unavailable
        default: self = .unknown
        }
    }

    /// The code of a call whose stream the peer reset with this HTTP/2 error code.
    ///
    /// The table of PROTOCOL-HTTP2.md, with HTTP_1_1_REQUIRED (13) counted as `INTERNAL`.
    public init(http2Error: UInt32) {
        switch http2Error {
        case 0, 1, 2, 3, 4, 6, 9, 10, 13: self = .internal
        case 7: self = .unavailable
        case 8: self = .cancelled
        case 11: self = .resourceExhausted
        case 12: self = .permissionDenied
        default: self = .unknown
        }
    }
}
