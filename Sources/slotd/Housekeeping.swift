internal import Engine
internal import RPC
internal import Storage

/// The names of health that are no service's.
enum Health {
    /// Whether writes are taken, as they are while the disk has room.
    static let write = "slotd.write"
}

/// What runs by the clock and not by a call.
enum Housekeeping {
    /// Every ten minutes removes holds that expired a day ago; every half a minute makes no-shows
    /// of the bookings that nobody came to, where an organization wants that; every second puts on
    /// record which holds expired, lets offers go on and wishes lapse, and, while the disk is full,
    /// looks whether it still is: a balancer that sends no more writes would never learn.
    static func start(
        engine: Engine, health: HealthService, dataDirectory: String
    ) -> Task<Void, Never> {
        Task {
            var seconds = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                seconds += 1
                if engine.isDiskFull {
                    let hasRoom = Storage.hasRoom(in: dataDirectory)
                    // The sweeps below, too, use up the one try of each second: without this a
                    // client would have to be lucky.
                    if hasRoom { engine.foundRoom() }
                    health.set(Health.write, isServing: hasRoom)
                }
                var due: Set<Sweep> = [.expireHolds, .lapseWishes]
                if seconds % 600 == 0 { due.insert(.removeHolds) }
                if seconds % 30 == 1 { due.insert(.makeNoShows) }
                // What is refused, for a full disk or too much that waits, is due next time.
                try? engine.sweep(due)
            }
        }
    }
}
