import GRPCWire
import Synchronization

/// Parked calls collected from several loops, as a committer's queue would.
final class Mailbox: Sendable {
    private struct State {
        var calls: [(call: ParkedCall, request: [UInt8])] = []
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    func put(_ call: ParkedCall, _ request: [UInt8]) {
        let ready = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.calls.append((call, request))
            guard let waiter = state.waiter, state.calls.count >= waiter.count else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        ready?.resume()
    }

    /// Waits until so many calls have been put.
    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.calls.count < count else { return true }
                state.waiter = (count, continuation)
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    func byLoop() -> [Int: [(ParkedCall, [UInt8])]] {
        state.withLock { state in
            Dictionary(grouping: state.calls, by: \.call.loop).mapValues { calls in
                calls.map { ($0.call, $0.request) }
            }
        }
    }
}
