internal import SlotdAPI
internal import SwiftProtobuf

extension Session {
    /// What time it is for the daemon: its test clock's, where it has one, else this machine's.
    func daemonTime() async throws(CommandFailure) -> Moment {
        let clock = try await api.call(Methods.AdminService.getClock, .init()).clock
        return clock.testClock ? Moment(clock.now) : now
    }
}
