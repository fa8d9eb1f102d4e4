internal import Engine
internal import RPC
internal import Scheduling

/// What runs by the clock and not by a call.
enum Housekeeping {
    /// Every ten minutes removes holds that expired a day ago; every half a minute makes no-shows
    /// of the bookings that nobody came to, where an organization wants that; every second lets
    /// offers to the waitlist go on and offers the time of holds that ran out, and tells health
    /// whether writes are taken.
    static func start(engine: Engine, health: HealthService) -> Task<Void, Never> {
        Task {
            var seconds = 0
            var lastSweep = Instant(milliseconds: .min)
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                seconds += 1
                health.set("slotd.write", isServing: engine.isWritable)
                let now = engine.now
                sweep(engine) { SweepWaitlist(since: lastSweep) }
                lastSweep = now
                if seconds % 600 == 0 { sweep(engine) { SweepHolds() } }
                if seconds % 30 == 1 { sweep(engine) { SweepNoShows() } }
            }
        }
    }

    private static func sweep<C: Command>(_ engine: Engine, _ command: () -> C) {
        for cell in engine.organizations() {
            let call = MutationCall(
                actor: "slotd", rpc: "sweep", loop: 0, requestID: "", fingerprint: 0)
            _ = engine.perform(
                in: cell, call, command: { _, _ in command() }, encode: { _, _ in [] },
                release: { _ in })
        }
    }
}
