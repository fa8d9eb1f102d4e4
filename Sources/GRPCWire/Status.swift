/// How a call ended: a code, a sentence for people, and optionally machine-readable details.
///
/// `Status` is the error type of everything that can fail on a call, on both sides of the wire.
public struct Status: Error, Sendable, Hashable {
    /// What kind of end it was.
    public var code: StatusCode
    /// Free text; any Unicode. Percent-encoded on the wire.
    public var message: String
    /// A serialized `google.rpc.Status` for `grpc-status-details-bin`; its code and message should
    /// repeat those of this value. Keep it below 8 KiB: it travels in the trailers.
    public var details: [UInt8]?

    /// A status as a handler gives or a caller gets it.
    public init(_ code: StatusCode, _ message: String = "", details: [UInt8]? = nil) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// The one that is no error.
    public static let ok = Status(.ok)
}

extension Status: CustomStringConvertible {
    /// The code, and the message if there is one.
    public var description: String {
        message.isEmpty ? code.description : "\(code): \(message)"
    }
}
