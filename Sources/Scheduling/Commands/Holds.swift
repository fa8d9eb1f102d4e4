public import Intervals

/// Keeps a slot for a while.
public struct PlaceHold: Command {
    public var request: SlotRequest
    public var start: Minute
    public var patient: Identifier<Patient>?
    /// Empty: nobody; then each call makes another hold.
    public var owner: String
    /// Cut to `Limits.holdSeconds`; 0: the default.
    public var seconds: Int32

    public init(
        _ request: SlotRequest, start: Minute, patient: Identifier<Patient>?, owner: String,
        seconds: Int32
    ) {
        self.request = request
        self.start = start
        self.patient = patient
        self.owner = owner
        self.seconds = seconds
    }

    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Hold> {
        var patient = patient
        if let named = patient { patient = try organization.patient(named) }
        var request = request
        request.patient = patient
        if context.role == .patient { request.isSelfService = true }
        let question = try organization.question(request, now: context.now)
        let own = (organization.holdsByOwner[owner] ?? []).compactMap { organization.holds[$0] }
            .filter { $0.expiresAt > context.now }
        if let same = own.first(where: { isSame($0, question) }) { return Decision([], same) }
        guard own.count < Limits.holdsPerOwner else {
            throw Rejection(
                .tooManyHolds, "\(owner) has \(own.count) live holds, the most that are allowed")
        }
        let visit = try organization.assign(question, at: start)
        let hold = Hold(
            id: context.ids.next(), owner: owner, patient: patient, location: request.location,
            segments: visit.segments, createdAt: context.now,
            expiresAt: context.now.adding(seconds: Hold.life(seconds)))
        return Decision([.put(.hold(hold))], hold)
    }

    private func isSame(_ hold: Hold, _ question: SlotQuestion) -> Bool {
        hold.location == request.location && hold.start == start
            && hold.segments.count == request.segments.count
            && zip(hold.segments, zip(request.segments, question.segments)).allSatisfy {
                held, asked in
                let (wish, segment) = asked
                return held.service == wish.service
                    && (wish.providers.isEmpty || wish.providers == [held.provider])
                    && segment.candidates.contains {
                        $0.provider.id == held.provider
                            && Int($0.shape.duration) == held.interval.durationMinutes
                    }
            }
    }
}

extension Hold {
    /// Seconds that a hold lives from now on for a wish; 0: the default.
    fileprivate static func life(_ wish: Int32) -> Int64 {
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
    public var id: Identifier<Hold>

    public init(_ id: Identifier<Hold>) {
        self.id = id
    }

    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Bool> {
        guard let hold = organization.holds[id] else { return Decision([], false) }
        return Decision(
            [.remove(RecordKey(kind: .hold, id: id.value))], hold.expiresAt > context.now)
    }
}

/// Removes holds that expired a day ago or more, at most a thousand. Housekeeping: whether a hold
/// counts is decided by comparing with the clock, and one that expired lately can still be booked.
public struct SweepHolds: Command {
    public init() {}

    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Int> {
        var writes: [RecordWrite] = []
        let threshold = context.now.adding(seconds: -86_400)
        organization.holds.forEach { hold in
            if hold.expiresAt <= threshold {
                writes.append(.remove(RecordKey(kind: .hold, id: hold.id.value)))
            }
            return writes.count < 1000
        }
        return Decision(writes, writes.count)
    }
}
