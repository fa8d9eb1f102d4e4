internal import SlotdAPI
internal import SwiftProtobuf

extension Session {
    /// What time it is for the daemon: its test clock's, where it has one, else this machine's.
    func daemonTime() async throws(CommandFailure) -> Moment {
        let clock = try await api.call(Methods.AdminService.getClock, .init()).clock
        return clock.testClock ? Moment(clock.now) : now
    }

    /// Reads and writes local times of a zone, where today is the daemon's today.
    func daemonTimes(in zone: Zone) async throws(CommandFailure) -> TimeExpression {
        TimeExpression(zone: zone, now: try await daemonTime())
    }
}
