/// The routing table of a server: every method it serves, by `:path`.
///
/// Built before the server starts and never changed afterwards.
public struct ServiceTable: Sendable {
    /// What serves a method.
    public enum Handler: Sendable {
        case unary(UnaryHandler)
        case stream(StreamKind, StreamHandler)
    }

    /// A method and what serves it.
    public struct Route: Sendable {
        /// `/package.Service/Method`.
        public let path: String
        /// Serves it.
        public let handler: Handler
    }

    /// Routes in order of registration; a route's index is stable.
    public private(set) var routes: [Route] = []
    private var indexByPath: [String: Int] = [:]
    private var services: Set<String> = []

    /// An empty table.
    public init() {}

    /// Serves a unary method. A path that is malformed or registered twice is a bug, and traps.
    public mutating func unary(_ path: String, _ handler: @escaping UnaryHandler) {
        add(Route(path: path, handler: .unary(handler)))
    }

    /// Serves a streaming method. A path that is malformed or registered twice is a bug, and traps.
    public mutating func stream(
        _ path: String, kind: StreamKind, _ handler: @escaping StreamHandler
    ) {
        add(Route(path: path, handler: .stream(kind, handler)))
    }

    /// The full names of all services with at least one method, sorted.
    public var serviceNames: [String] { services.sorted() }

    private mutating func add(_ route: Route) {
        guard let parts = MethodPath(route.path) else {
            preconditionFailure("\(route.path) is not /package.Service/Method")
        }
        let previous = indexByPath.updateValue(routes.count, forKey: route.path)
        precondition(previous == nil, "\(route.path) is registered twice")
        services.insert(parts.service)
        routes.append(route)
    }

    /// The index of a path's route, or the status that tells the caller what is missing.
    public func lookUp(_ path: String) -> Result<Int, Status> {
        if let index = indexByPath[path] { return .success(index) }
        guard let parts = MethodPath(path) else {
            return .failure(Status(.unimplemented, "malformed method name: \(path)"))
        }
        guard services.contains(parts.service) else {
            return .failure(Status(.unimplemented, "unknown service \(parts.service)"))
        }
        return .failure(
            Status(
                .unimplemented, "unknown method \(parts.method) for service \(parts.service)"))
    }
}
