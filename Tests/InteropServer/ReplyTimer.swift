internal import GRPCWire
internal import NIOConcurrencyHelpers
internal import RPC

/// Finishes parked calls after a delay, on their loop: what a handler with something to wait for
/// does.
final class ReplyTimer: Sendable {
    private let server = NIOLockedValueBox<Server?>(nil)

    /// Names the server whose calls are to be finished; once, before it starts.
    func start(on server: Server) {
        self.server.withLockedValue { $0 = server }
    }

    func finish(_ call: ParkedCall, with answer: UnaryAnswer, after delay: Duration) {
        guard let server = server.withLockedValue({ $0 }) else { return }
        Task {
            try await Task.sleep(for: delay)
            server.execute(onLoop: call.loop) { call.finish(answer) }
        }
    }
}
