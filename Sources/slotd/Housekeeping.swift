internal import Engine
internal import RPC
internal import Scheduling

/// What runs by the clock and not by a call.
enum Housekeeping {
    /// Every ten minutes removes holds that expired a day ago; every second tells health whether
    /// writes are taken.
    static func start(engine: Engine, health: HealthService) -> Task<Void, Never> {
        Task {
            var seconds = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                seconds += 1
                health.set("slotd.write", isServing: engine.isWritable)
                if seconds % 600 == 0 { sweep(engine) }
            }
        }
    }

    private static func sweep(_ engine: Engine) {
        for cell in engine.organizations() {
            let call = MutationCall(
                actor: "slotd", rpc: "sweep", loop: 0, requestID: "", fingerprint: 0)
            _ = engine.perform(
                in: cell, call, command: { _, _ in SweepHolds() }, encode: { _, _ in [] },
                release: { _ in })
        }
    }
}
