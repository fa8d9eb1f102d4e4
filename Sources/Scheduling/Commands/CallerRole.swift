/// In which role a caller asks: it decides which rules may be broken on purpose.
///
/// Rooms, devices and what others hold are never overridden: there is only one laser.
public enum CallerRole: String, CaseIterable, Sendable {
    /// Books without staff: breaks no rule.
    case patient
    /// Works at the desk.
    case staff
    /// Answers for the schedule.
    case manager

    /// The rules that the role may break.
    public var overrides: Set<Reason> {
        switch self {
        case .patient: []
        case .staff: [.outsideHours, .buffer, .offStep, .tooSoon, .patientOverlap]
        case .manager:
            [
                .locationClosed, .outsideHours, .timeOff, .slotTaken, .buffer, .offStep, .tooSoon,
                .tooFar, .dailyCap, .patientOverlap,
            ]
        }
    }
}

/// Rules that a caller would break, and why.
public struct OverrideWish: Equatable, Sendable {
    /// Which.
    public var rules: [Reason] = []
    /// Why; needed where there are rules.
    public var note = ""

    /// No wish to break any.
    public init() {}

    /// The rules, when the role may break them all.
    func allowed(to role: CallerRole) throws(Rejection) -> Set<Reason> {
        if rules.isEmpty { return [] }
        for (index, rule) in rules.enumerated() {
            guard CallerRole.manager.overrides.contains(rule) else {
                throw .invalid("allow[\(index)]", "this rule cannot be broken")
            }
            guard role.overrides.contains(rule) else {
                var rejection = Rejection(
                    .overrideNotAllowed, "as \(role.rawValue) you may not break this rule")
                rejection.field = "allow[\(index)]"
                throw rejection
            }
        }
        guard note.contains(where: { !$0.isWhitespace }) else {
            throw .invalid("override_note", "must say why the rules are broken")
        }
        return Set(rules)
    }
}
