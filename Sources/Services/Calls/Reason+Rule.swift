internal import Scheduling

extension Reason {
    /// The rule of availability that a start breaks, by the setting that mends it; nil where the
    /// reason is about something else. Several reasons can belong to one rule: the reason tells
    /// what happened, the rule where to look.
    var rule: String? {
        switch self {
        case .locationClosed, .outsideHours: "hours"
        case .timeOff, .resourceOut: "absence"
        case .slotTaken, .resourceTaken: "bookings"
        case .slotHeld: "holds"
        case .buffer: "buffers"
        case .offStep: "step"
        case .tooSoon: "notice"
        case .tooFar: "horizon"
        case .dailyCap: "daily_cap"
        case .patientOverlap: "patient_overlap"
        default: nil
        }
    }
}
