internal import RPC

/// Reading the address of the daemon from settings.
enum ServerAddress {
    /// Where slotd listens when nobody says otherwise.
    static let fallback = "127.0.0.1:50061"

    /// `host:port`, `[v6]:port` or `unix:/path`.
    static func parse(_ text: String) throws(CommandFailure) -> SocketTarget {
        guard let target = SocketTarget(text), target != .host(target.host ?? "", port: 0) else {
            throw .usage("“\(text)” is no server address: write HOST:PORT, [V6]:PORT or unix:PATH")
        }
        return target
    }
}

extension SocketTarget {
    fileprivate var host: String? {
        if case .host(let host, _) = self { host } else { nil }
    }
}
