/// Puts on record that holds have expired, lets the offers among them go on to the next who wait,
/// and offers the time of the others: at most 250 holds, the first that expired first.
///
/// Housekeeping: whether a hold counts is decided by comparing with the clock. A hold that expired
/// stays for its owner to ask what became of it, or to book it if its time is still free, until
/// `SweepHolds` takes it; an offer's goes at once, since its entry waits again. Costs a look at
/// those that expired and are not on record; nothing is written when there is none.
public struct ExpireHolds: Command {
    /// Needs nothing but the clock, which the context has.
    public init() {}

    /// What bounds the time that one event takes.
    private static var holdsMax: Int { 250 }

    /// Refuses nothing. The outcome is how many expired.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Int> {
        var expired: [Hold] = []
        organization.holdsByDue.forEach { due in
            guard due.at <= context.now, expired.count < Self.holdsMax else { return false }
            if let hold = organization.holds[due.id], !hold.hasExpired { expired.append(hold) }
            return true
        }
        var writes: [RecordWrite] = []
        for var hold in expired {
            hold.hasExpired = true
            writes.append(.put(.hold(hold)))
            guard let id = organization.waitlistByHold[hold.id],
                var entry = organization.waitlist[id]
            else { continue }
            entry.waitAgain(after: hold.start)
            writes.append(.put(.waitlistEntry(entry)))
            writes.append(.remove(RecordKey(kind: .hold, id: hold.id.value)))
        }
        return Decision(writes, expired.count)
    }
}

/// Orders holds by when there is something to do about them.
struct HoldDue: Comparable, Sendable {
    /// When it expires; of one whose end is on record, when it is removed.
    var at: Instant
    /// Decides between holds of one moment.
    var id: Identifier<Hold>

    init(_ hold: Hold) {
        at = hold.hasExpired ? hold.expiresAt.adding(seconds: 86_400) : hold.expiresAt
        id = hold.id
    }

    static func < (left: Self, right: Self) -> Bool {
        left.at != right.at ? left.at < right.at : left.id < right.id
    }
}
