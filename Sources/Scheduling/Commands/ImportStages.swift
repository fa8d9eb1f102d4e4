internal import Intervals

/// A stage that an imported booking was in.
public struct ImportStage: Equatable, Sendable {
    /// Which.
    public var stage: Stage
    /// When it came there; nil: not known, so that it is told by the visit.
    public var at: Instant?
    /// Who moved it there; empty: not known.
    public var actor: String

    /// A stage with all that is known of it.
    public init(stage: Stage, at: Instant?, actor: String) {
        self.stage = stage
        self.at = at
        self.actor = actor
    }

    /// A stage of another booking.
    init(_ change: StageChange) {
        self.init(stage: change.stage, at: change.at, actor: change.actor)
    }
}

// An import tells what has been. What it dates after now has not, and a patient cannot have stayed
// away from a visit that is still to come. Where it knows a stage but not its time, the visit tells
// it, never later than now nor than the stages that follow.

extension ImportBooking {
    /// The stages with their times. Refuses what lies in the future, and a stage of the visit
    /// itself that says no time while the visit is to come: a patient who came early has one.
    func history(_ context: DecisionContext) throws(Rejection) -> [StageChange] {
        if let bookedAt, bookedAt > context.now {
            throw .invalid("booking.booked_at", "lies in the future")
        }
        guard let last = stageHistory.last else {
            return [
                StageChange(stage: .new, at: bookedAt ?? context.now, actor: context.actor)
            ]
        }
        let isToCome = Instant(start) > context.now
        if last.stage == .noShow, isToCome {
            var rejection = Rejection(.notStartedYet, "the visit is still to come")
            rejection.field = "booking.stage_history[\(stageHistory.count - 1)].stage"
            throw rejection
        }
        var history: [StageChange] = []
        for (index, change) in stageHistory.enumerated() {
            let path = "booking.stage_history[\(index)]"
            if let at = change.at, at > context.now {
                throw .invalid("\(path).at", "lies in the future")
            }
            if change.at == nil, isToCome, change.stage.isOfVisit {
                throw .invalid(
                    "\(path).stage",
                    "\(change.stage.label) of a visit that is still to come must say since when")
            }
            let before = history.last?.at
            let limit = stageHistory[index...].lazy.compactMap(\.at).first ?? context.now
            let usual = min(usualTime(of: change.stage, after: before), limit)
            history.append(
                StageChange(
                    stage: change.stage, at: change.at ?? max(usual, before ?? usual),
                    actor: change.actor))
        }
        return history
    }

    /// When a booking comes to a stage as a rule.
    private func usualTime(of stage: Stage, after before: Instant?) -> Instant {
        switch stage {
        case .waitlist, .new, .confirmed, .cancelled: before ?? bookedAt ?? Instant(start)
        case .checkIn, .inProcedure: Instant(start)
        case .billing, .checkout, .noShow, .archived: Instant(end)
        }
    }
}

extension Stage {
    /// The patient has come, or has not.
    fileprivate var isOfVisit: Bool {
        switch self {
        case .checkIn, .inProcedure, .billing, .checkout, .noShow: true
        case .waitlist, .new, .confirmed, .cancelled, .archived: false
        }
    }
}
