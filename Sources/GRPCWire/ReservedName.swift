/// Header names that belong to HTTP/2 or gRPC and therefore never appear as user metadata.
public enum ReservedName {
    /// The `grpc-` names that applications and proxies nevertheless exchange.
    private static let userVisible: Set<String> = [
        "grpc-previous-rpc-attempts", "grpc-retry-pushback-ms", "grpc-trace-bin", "grpc-tags-bin",
    ]

    private static let transport: Set<String> = [
        "te", "content-type", "content-length", "connection", "keep-alive", "proxy-connection",
        "transfer-encoding", "upgrade", "host", "user-agent",
    ]

    /// Whether a lower-case name is reserved.
    public static func contains(_ name: String) -> Bool {
        if name.hasPrefix(":") { return true }
        if name.hasPrefix("grpc-") { return !userVisible.contains(name) }
        return transport.contains(name)
    }
}
