internal import Intervals

/// Puts a patient on the waitlist. When something is free already, it is offered at once.
public struct JoinWaitlist: Command {
    /// Everything but what the core decides: id, version, status, and what follows from offers.
    public var wish: WaitlistEntry

    /// A wish; its id is replaced.
    public init(_ wish: WaitlistEntry) {
        self.wish = wish
    }

    /// Refuses a wish that no time could meet.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Identifier<WaitlistEntry>> {
        let patient = try organization.patient(wish.patient)
        var request = SlotRequest(location: wish.location, segments: wish.segments)
        request.patient = patient
        _ = try organization.question(request, now: context.now)
        guard wish.latest > context.now.minute else {
            throw .invalid("latest", "lies in the past")
        }
        var entry = WaitlistEntry(
            id: context.ids.next(), patient: patient, location: wish.location,
            segments: wish.segments, earliest: wish.earliest, latest: wish.latest,
            createdAt: context.now)
        entry.priority = wish.priority
        entry.offerSeconds = wish.offerSeconds
        entry.note = wish.note
        entry.createdBy = context.actor
        return Decision([.put(.waitlistEntry(entry))], entry.id)
    }
}

/// Takes a patient off the waitlist; what was offered is free again.
public struct LeaveWaitlist: Command {
    /// Which.
    public var id: Identifier<WaitlistEntry>
    /// The version to be changed; 0: whichever it is.
    public var expectedVersion: Int64

    /// Takes this entry off.
    public init(_ id: Identifier<WaitlistEntry>, expectedVersion: Int64) {
        self.id = id
        self.expectedVersion = expectedVersion
    }

    /// Leaving twice changes nothing; what was booked or has lapsed is refused.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Identifier<WaitlistEntry>> {
        guard var entry = organization.waitlist[id] else {
            throw .unknown("waitlist", id.description, field: "entry_id")
        }
        if entry.status == .left { return Decision([], id) }
        guard entry.status == .waiting || entry.status == .offered else {
            throw Rejection(.stage, "the wish is over").about(id)
        }
        try organization.check(version: entry.version, expected: expectedVersion, of: id)
        var writes: [RecordWrite] = []
        if let hold = entry.hold, organization.holds[hold] != nil {
            writes.append(.remove(RecordKey(kind: .hold, id: hold.value)))
        }
        entry.status = .left
        entry.hold = nil
        entry.version += 1
        return Decision([.put(.waitlistEntry(entry))] + writes, id)
    }
}

/// Lets wishes whose time has passed lapse, at most a hundred. Housekeeping.
public struct SweepWaitlist: Command {
    /// Needs nothing but the clock, which the context has.
    public init() {}

    /// Never refuses.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Int> {
        var writes: [RecordWrite] = []
        var lapsed: [WaitlistEntry] = []
        for index in organization.waitlistByLocation.values {
            index.forEach(from: nil) { key in
                if let entry = organization.waitlist[key.id],
                    entry.latest <= context.now.minute
                {
                    lapsed.append(entry)
                }
                return lapsed.count < 100
            }
        }
        for var entry in lapsed.sorted(by: { $0.id < $1.id }) {
            entry.status = .lapsed
            entry.version += 1
            writes.append(.put(.waitlistEntry(entry)))
        }
        return Decision(writes, writes.count)
    }
}

extension Command {
    /// Decides, and adds what follows for the waitlist: one event, so that no crash and no other
    /// caller comes between a slot that is freed and its offer.
    public func decideWithOffers(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Outcome> {
        var decision = try decide(on: organization, &context)
        if !decision.writes.isEmpty, organization.mayOffer(after: decision.writes) {
            decision.writes += organization.offers(after: decision.writes, &context)
        }
        return decision
    }
}
