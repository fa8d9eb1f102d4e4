/// A call that the server answered with a failure before any handler saw it: an unknown method, a
/// header that makes no sense, a message that is too large, a deadline that passed on the way.
public struct RefusedCall: Sendable {
    /// The path of the method, `/package.Service/Method`; nil when none that is served was named.
    /// What was named instead is the client's free text.
    public let method: String?
    /// What came with it, as far as it was read.
    public let metadata: Metadata
    /// What the client is told.
    public let status: Status
    /// From the arrival of its headers until now.
    public let nanoseconds: UInt64

    /// A call that ended so.
    public init(method: String?, metadata: Metadata, status: Status, nanoseconds: UInt64) {
        self.method = method
        self.metadata = metadata
        self.status = status
        self.nanoseconds = nanoseconds
    }
}
