internal import Intervals

/// Moves the test clock of a development directory forward, so that a portal's own tests can let
/// holds expire, notice run out and patients not come.
///
/// What the clock shows is journaled with the organization, like any change. An organization that
/// was not created with a test clock has none, and nothing gives it one.
public struct MoveClock: Command {
    /// Where to.
    public enum Target: Sendable {
        /// To this reading.
        case to(Instant)
        /// So many milliseconds further than it shows; more than 0.
        case by(milliseconds: Int64)
    }

    /// Where the clock shall go.
    public var target: Target

    /// Moves the clock there.
    public init(_ target: Target) {
        self.target = target
    }

    /// The readings that a test clock may show: 1970 to 4999.
    public static let readings: ClosedRange<Instant> = {
        let first = Instant(milliseconds: 0)
        return first...first.adding(seconds: 95_617_583_999)
    }()

    /// Refuses to go back. The outcome is what the clock shows then. A move is a change of the
    /// organization's record, whose version grows.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Instant> {
        let old = organization.profile
        guard let recorded = old.testClock else {
            throw Rejection(
                .testClockOff, "the clock is the real one: this is no development directory")
        }
        // Two moves at a time: the second counts from where the first goes.
        let present = max(recorded, context.now)
        let new: Instant
        let field: String
        switch target {
        case .to(let instant):
            field = "now"
            new = instant
            guard new >= present else {
                throw .invalid(
                    field,
                    "lies before \(present.minute), which the clock shows; it only goes forward")
            }
        case .by(let milliseconds):
            field = "by"
            guard milliseconds > 0 else { throw .invalid(field, "must be more than 0") }
            let (sum, isTooLarge) = present.milliseconds.addingReportingOverflow(milliseconds)
            new = Instant(milliseconds: isTooLarge ? .max : sum)
        }
        guard Self.readings.contains(new) else {
            throw .invalid(field, "leads out of the years 1970 to 4999")
        }
        guard new > recorded else { return Decision([], new) }
        let profile = OrganizationProfile(
            id: old.id, version: old.version + 1, details: old.details, testClock: new)
        return Decision([.put(.organization(profile))], new)
    }
}
