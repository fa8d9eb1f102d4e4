// What becomes of a hold once it is made: it lives on, is given back, or is swept.

extension Hold {
    /// Seconds that a hold lives from now on for a wish; 0: the default.
    static func life(_ wish: Int32) -> Int64 {
        let seconds = wish == 0 ? Limits.holdSecondsDefault : wish
        return Int64(
            min(max(seconds, Limits.holdSeconds.lowerBound), Limits.holdSeconds.upperBound))
    }

    /// The moment that no renewal lets it pass.
    public var latestExpiry: Instant {
        createdAt.adding(seconds: Limits.holdLifetimeSeconds)
    }
}

/// Lets a hold live on from now. It keeps its slot, which was judged when it was made.
public struct RenewHold: Command {
    /// Which.
    public var id: Identifier<Hold>
    /// Cut to `Limits.holdSeconds`; 0: the default.
    public var seconds: Int32

    /// Renews a hold for so many seconds.
    public init(_ id: Identifier<Hold>, seconds: Int32) {
        self.id = id
        self.seconds = seconds
    }

    /// Refuses a hold that has expired or has lived as long as one may.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Hold> {
        guard var hold = organization.holds[id] else {
            throw .unknown("hold", id.description, field: "hold_id")
        }
        guard hold.expiresAt > context.now else {
            throw Rejection(.holdExpired, "the hold has expired").about(id)
        }
        let wish = context.now.adding(seconds: Hold.life(seconds))
        guard wish <= hold.latestExpiry || hold.expiresAt < hold.latestExpiry else {
            throw Rejection(.holdLifetime, "the hold has lived as long as one may").about(id)
        }
        hold.expiresAt = min(wish, hold.latestExpiry)
        return Decision([.put(.hold(hold))], hold)
    }
}

/// Gives a held slot back. The outcome tells whether it was still held.
public struct ReleaseHold: Command {
    /// Which; one that is not there is no mistake.
    public var id: Identifier<Hold>

    /// Names all that it needs.
    public init(_ id: Identifier<Hold>) {
        self.id = id
    }

    /// Refuses nothing: a hold that is gone, or was never there, keeps nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Bool> {
        guard let hold = organization.holds[id] else { return Decision([], false) }
        return Decision(
            [.remove(RecordKey(kind: .hold, id: id.value))], hold.expiresAt > context.now)
    }
}

/// Removes holds that expired a day ago or more, at most a thousand, after `ExpireHolds` has put on
/// record that they did. Housekeeping: whether a hold counts is decided by comparing with the
/// clock, and one that expired lately can still be booked. Costs a look at those that it removes.
public struct SweepHolds: Command {
    /// Needs nothing but the clock, which the context has.
    public init() {}

    /// Refuses nothing. The outcome is how many are removed.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Int> {
        var writes: [RecordWrite] = []
        organization.holdsByDue.forEach { due in
            guard due.at <= context.now, writes.count < 1000 else { return false }
            if organization.holds[due.id]?.hasExpired == true {
                writes.append(.remove(RecordKey(kind: .hold, id: due.id.value)))
            }
            return true
        }
        return Decision(writes, writes.count)
    }
}
