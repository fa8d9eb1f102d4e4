/// The parts of a request that decide whether it is gRPC at all: its content type and its path.
public enum ContentType {
    /// `application/grpc`, alone or followed by `+subtype` or `;parameters`. `application/grpc-web`
    /// is another protocol.
    public static func isGRPC(_ bytes: Span<UInt8>) -> Bool {
        let name: StaticString = "application/grpc"
        guard bytes.count >= name.utf8CodeUnitCount else { return false }
        for index in 0..<name.utf8CodeUnitCount {
            let byte = bytes[index]
            let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            // The pointer of a static string is valid for ever and this index lies inside it.
            guard lower == name.utf8Start[index] else { return false }
        }
        guard bytes.count > name.utf8CodeUnitCount else { return true }
        let next = bytes[name.utf8CodeUnitCount]
        return next == 0x2B || next == 0x3B
    }
}

/// A `:path` such as `/package.Service/Method`.
public struct MethodPath: Sendable, Hashable {
    /// The full name, `package.Service`.
    public let service: String
    /// The method alone.
    public let method: String

    /// Splits at the last slash; nil when the path does not begin with one, or a part is empty.
    /// Case matters.
    public init?(_ path: String) {
        guard path.utf8.first == 0x2F, let slash = path.utf8.lastIndex(of: 0x2F),
            slash > path.startIndex
        else { return nil }
        let service = path[path.utf8.index(after: path.startIndex)..<slash]
        let method = path[path.utf8.index(after: slash)...]
        guard !service.isEmpty, !method.isEmpty else { return nil }
        self.service = String(service)
        self.method = String(method)
    }
}
