internal import Engine
internal import Storage

/// What runs by the clock and not by a call.
enum Housekeeping {
    /// Every ten minutes removes holds that expired a day ago; every half a minute makes no-shows
    /// of the bookings that nobody came to, where an organization wants that; every second puts on
    /// record which holds expired, lets offers go on and wishes lapse, and, while the disk is full,
    /// looks whether it still is: a balancer that sends no more writes would never learn.
    static func start(engine: Engine, dataDirectory: String) -> Task<Void, Never> {
        Task {
            var seconds = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                seconds += 1
                // The sweeps below, too, use up the one try of each second: without this a client
                // would have to be lucky.
                if engine.isDiskFull, Storage.hasRoom(in: dataDirectory) { engine.foundRoom() }
                var due: Set<Sweep> = [.expireHolds, .lapseWishes]
                if seconds % 600 == 0 { due.insert(.removeHolds) }
                if seconds % 30 == 1 { due.insert(.makeNoShows) }
                // What is refused, for a full disk or too much that waits, is due next time.
                try? engine.sweep(due)
            }
        }
    }
}
