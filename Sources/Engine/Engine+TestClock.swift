internal import NIOConcurrencyHelpers
public import Scheduling

// What a moved clock brings about is done before the caller hears of the move: a test that advances
// the clock past a hold's end sees the world as it is then.

extension Engine {
    /// Moves the test clock, runs every sweep to its end, and answers when all of that is durable.
    ///
    /// The move is durable before anybody sees the new time, so that nothing is ever decided at a
    /// time that a crash could take back. A repeated request moves nothing, and is answered when
    /// the sweeps have run as well. Refuses without a test clock. Of what would have happened on
    /// the way, all happens at the time that is reached. Answers as `perform` does.
    public func moveClock(
        _ move: MoveClock, in cell: OrganizationCell, _ call: MutationCall,
        encode: (Instant, Organization) -> [UInt8],
        release: @escaping @Sendable (MutationAnswer) -> Void
    ) -> MutationAnswer? {
        let reached = NIOLockedValueBox<Instant?>(nil)
        let answer = perform(
            in: cell, call, command: { _, _ in move },
            encode: { instant, organization in
                reached.withLockedValue { $0 = instant }
                return encode(instant, organization)
            },
            release: { [self] answer in
                let reached = reached.withLockedValue { $0 }
                if let now = settleClock(answer, reached, cell, call.loop, release: release) {
                    release(now)
                }
            })
        guard let answer else { return nil }
        let now = reached.withLockedValue { $0 }
        return settleClock(answer, now, cell, call.loop, release: release)
    }

    /// Lets everybody see the new time, and does what is due by then.
    private func settleClock(
        _ answer: MutationAnswer, _ reached: Instant?, _ cell: OrganizationCell, _ loop: Int,
        release: @escaping @Sendable (MutationAnswer) -> Void
    ) -> MutationAnswer? {
        if case .refused = answer { return answer }
        if let reached { testClock?.advance(to: reached) }
        do throws(Rejection) {
            try sweep()
        } catch {
            // The clock has moved; a repeated call tells so, and sweeps again.
            return .refused(error)
        }
        // The committer's queue is in order: whoever stands behind the sweeps waits for them all.
        let seen: Result<Void, Rejection>? = cell.withLock { _ in
            wait(behind: cell, loop: loop, .success(())) { result in
                switch result {
                case .success: release(answer)
                case .failure(let rejection): release(.refused(rejection))
                }
            }
        }
        if case .failure(let rejection) = seen { return .refused(rejection) }
        return nil
    }
}
