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
        if let patient, organization.patients[patient] == nil {
            throw .unknown("patient", patient.description, field: "patient_id")
        }
        let question = try organization.question(request, now: context.now)
        let own = (organization.holdsByOwner[owner] ?? []).compactMap { organization.holds[$0] }
            .filter { $0.expiresAt > context.now }
        let same = own.first { hold in
            let segment = hold.segments[0]
            return hold.location == request.location && segment.service == request.service
                && segment.interval.start == start
                && segment.interval.durationMinutes == Int(question.need.duration)
                && (request.providers.isEmpty || request.providers == [segment.provider])
        }
        if let same { return Decision([], same) }
        guard own.count < Limits.holdsPerOwner else {
            throw Rejection(
                .tooManyHolds, "\(owner) has \(own.count) live holds, the most that are allowed")
        }
        let provider = try organization.assign(question, at: start)
        let wish = seconds == 0 ? Limits.holdSecondsDefault : seconds
        let life = min(max(wish, Limits.holdSeconds.lowerBound), Limits.holdSeconds.upperBound)
        let hold = Hold(
            id: context.ids.next(), owner: owner, patient: patient, location: request.location,
            segments: [
                try question.segment(provider, at: start, anyProvider: !question.isNamed)
            ],
            createdAt: context.now, expiresAt: context.now.adding(seconds: Int64(life)))
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

extension SlotQuestion {
    /// The segment that a booking or hold of this slot has.
    func segment(
        _ provider: Identifier<Provider>, at start: Minute, anyProvider: Bool
    ) throws(Rejection) -> BookingSegment {
        guard let visit = Interval(start: start, minutes: need.duration) else {
            throw .invalid("start", "the visit would end after the end of time")
        }
        return BookingSegment(
            service: service.id, provider: provider, anyProvider: anyProvider, interval: visit,
            bufferBefore: need.bufferBefore, bufferAfter: need.bufferAfter)
    }
}
