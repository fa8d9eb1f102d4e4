public import Scheduling

// What time alone brings about. The trail shows it as done by `slotd`, and only where something
// changed: an engine with nothing to do writes nothing.

/// Something that time brings about. Each kind can be due again and again.
public enum Sweep: Sendable, CaseIterable {
    /// Holds expire, offers go on to the next, and what came free is offered.
    case expireHolds
    /// Wishes lapse whose time has passed.
    case lapseWishes
    /// Holds go that expired a day ago.
    case removeHolds
    /// Bookings that nobody came to become no-shows, where an organization wants that.
    case makeNoShows
}

extension Engine {
    /// Does what is due by now in every organization, until nothing of it is left to do. Returns
    /// when it is decided, not when it is durable; refuses when no more changes are taken, after
    /// asking them all.
    ///
    /// Costs a look at what is due. Each event is of bounded size: no lock is held for long.
    ///
    /// - Parameter kinds: what to do; one follows from another in the order of the cases.
    public func sweep(_ kinds: Set<Sweep> = Set(Sweep.allCases)) throws(Rejection) {
        var refusal: Rejection?
        for cell in organizations() {
            do throws(Rejection) {
                for kind in Sweep.allCases where kinds.contains(kind) {
                    while try sweep(cell, kind) > 0 {}
                }
            } catch {
                refusal = refusal ?? error
            }
        }
        if let refusal { throw refusal }
    }

    private func sweep(_ cell: OrganizationCell, _ kind: Sweep) throws(Rejection) -> Int {
        switch kind {
        case .expireHolds: try sweep(cell, ExpireHolds(), as: "HoldExpired")
        case .lapseWishes: try sweep(cell, SweepWaitlist())
        case .removeHolds: try sweep(cell, SweepHolds())
        case .makeNoShows: try sweep(cell, SweepNoShows())
        }
    }

    /// Runs a sweep once, and returns how much it changed.
    private func sweep<C: Command>(
        _ cell: OrganizationCell, _ sweep: C, as name: String = "sweep"
    ) throws(Rejection) -> Int where C.Outcome == Int {
        var changed = 0
        let answer = perform(
            in: cell,
            MutationCall(actor: "slotd", rpc: name, loop: 0, requestID: "", fingerprint: 0),
            command: { _, _ in sweep },
            encode: { outcome, _ in
                changed = outcome
                return []
            }, release: { _ in })
        if case .refused(let rejection) = answer { throw rejection }
        return changed
    }
}
