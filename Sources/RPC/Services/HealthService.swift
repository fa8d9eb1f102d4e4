public import GRPCWire
internal import NIOConcurrencyHelpers
internal import SwiftProtobuf

/// `grpc.health.v1.Health`: whether services are being served, for load balancers and operators.
///
/// The empty name stands for the server as a whole; it serves from the start. Safe to use from any
/// thread.
///
/// ```swift
/// let health = HealthService()
/// health.set("slotd.write", isServing: true)
/// health.register(in: &table)
/// …
/// health.shutDown()   // before draining
/// ```
public final class HealthService: Sendable {
    private typealias Serving = Grpc_Health_V1_HealthCheckResponse.ServingStatus

    private struct State {
        var statuses: [String: Serving] = ["": .serving]
        var watchers: [String: [Int: AsyncStream<Serving>.Continuation]] = [:]
        var nextWatcher = 0
        var isShutDown = false
    }

    /// `List` refuses beyond this many services (gRFC A90).
    private static let listedMax = 100

    private let state = NIOLockedValueBox(State())

    /// Knows the server as a whole, which serves.
    public init() {}

    /// Says whether a service is being served. Watchers hear of a change.
    public func set(_ service: String, isServing: Bool) {
        state.withLockedValue { state in
            guard !state.isShutDown else { return }
            Self.change(&state, service, to: isServing ? .serving : .notServing)
        }
    }

    /// Every service stops serving, for good: the first step of a drain.
    public func shutDown() {
        state.withLockedValue { state in
            state.isShutDown = true
            for service in state.statuses.keys {
                Self.change(&state, service, to: .notServing)
            }
        }
    }

    /// Adds Check, List and Watch to a routing table.
    public func register(in table: inout ServiceTable) {
        let service = self
        table.unary("/grpc.health.v1.Health/Check") { _, request in service.check(request) }
        table.unary("/grpc.health.v1.Health/List") { _, _ in service.list() }
        table.stream("/grpc.health.v1.Health/Watch", kind: .server) { stream throws(Status) in
            for try await message in stream.requests {
                let name = try Self.name(in: message.bytes)
                try await service.watch(name, stream)
            }
        }
    }

    // MARK: Methods

    private func check(_ request: [UInt8]) -> UnaryAnswer {
        do throws(Status) {
            let name = try Self.name(in: request)
            guard let status = state.withLockedValue({ $0.statuses[name] }) else {
                return .status(Status(.notFound, "unknown service \(name)"))
            }
            return .message(try Self.encode(Self.response(status)))
        } catch {
            return .status(error)
        }
    }

    private func list() -> UnaryAnswer {
        let statuses = state.withLockedValue { $0.statuses }
        guard statuses.count <= Self.listedMax else {
            return .status(Status(.resourceExhausted, "more than \(Self.listedMax) services"))
        }
        var response = Grpc_Health_V1_HealthListResponse()
        response.statuses = statuses.mapValues(Self.response)
        do throws(Status) {
            return .message(try Self.encode(response))
        } catch {
            return .status(error)
        }
    }

    /// Sends the status now and at each change, until the caller goes. Changes that come faster
    /// than they are read are skipped over; the last one always arrives.
    private func watch(_ name: String, _ stream: any ServerStream) async throws(Status) {
        let (changes, continuation) = AsyncStream.makeStream(
            of: Serving.self, bufferingPolicy: .bufferingNewest(1))
        let watcher = state.withLockedValue { state in
            state.nextWatcher += 1
            state.watchers[name, default: [:]][state.nextWatcher] = continuation
            continuation.yield(state.statuses[name] ?? .serviceUnknown)
            return state.nextWatcher
        }
        defer {
            state.withLockedValue { state in
                state.watchers[name]?[watcher] = nil
                if state.watchers[name]?.isEmpty == true { state.watchers[name] = nil }
            }
        }
        var last: Serving?
        for await status in changes where status != last {
            last = status
            try await stream.send(try Self.encode(Self.response(status)))
        }
    }

    private static func change(_ state: inout State, _ service: String, to status: Serving) {
        guard state.statuses.updateValue(status, forKey: service) != status else { return }
        for continuation in (state.watchers[service] ?? [:]).values { continuation.yield(status) }
    }

    // MARK: Messages

    private static func name(in request: [UInt8]) throws(Status) -> String {
        do {
            return try Grpc_Health_V1_HealthCheckRequest(serializedBytes: request).service
        } catch {
            throw Status(.internal, "the request is not a HealthCheckRequest")
        }
    }

    private static func response(_ status: Serving) -> Grpc_Health_V1_HealthCheckResponse {
        var response = Grpc_Health_V1_HealthCheckResponse()
        response.status = status
        return response
    }

    private static func encode(_ message: some SwiftProtobuf.Message) throws(Status) -> [UInt8] {
        do {
            return try message.serializedBytes()
        } catch {
            throw Status(.internal, "the response could not be encoded")
        }
    }
}
