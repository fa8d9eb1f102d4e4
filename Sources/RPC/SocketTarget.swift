/// Where a server listens or a client connects.
public enum SocketTarget: Sendable, Hashable {
    case host(String, port: Int)
    case unix(path: String)

    /// Reads `127.0.0.1:50051`, `[::1]:50051`, `localhost:0` or `unix:/run/slotd.sock`; nil when
    /// the text is none of these.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            var path = text.dropFirst(5)
            if path.hasPrefix("//") { path = path.dropFirst(2) }
            guard !path.isEmpty else { return nil }
            self = .unix(path: String(path))
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self = .host(String(host), port: Int(port))
    }

    /// Whether only this machine can reach it.
    public var isLocal: Bool {
        switch self {
        case .unix: true
        case .host(let host, _):
            host == "localhost" || host == "::1" || SocketTarget.isLoopback(host)
        }
    }

    /// Whether a text is an address 127.x.y.z. Strict: `127.example.org` is a name that may lead
    /// anywhere, and the resolver takes `0127.0.0.1` for 87.0.0.1.
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress = parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
        return parts.count == 4 && isAddress && parts[0] == "127"
    }
}

extension SocketTarget: CustomStringConvertible {
    /// The form `init(_:)` reads.
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .host(let host, let port):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}

/// An address a server really listens on: port 0 has become a number.
public typealias BoundAddress = SocketTarget
