internal import Intervals

/// Makes no-shows of the bookings that nobody came to, where the organization wants that: those in
/// New or Confirmed that began so many minutes ago. One whose procedure has begun is left to
/// people. At most `Limits.sweptAtOnce` at a time; the next sweep takes the others.
///
/// Cost: the bookings of the last `Limits.sweepDays` days.
public struct SweepNoShows: Command {
    /// A sweep; the organization says what it takes.
    public init() {}

    /// Decides, and changes nothing. The outcome is how many are moved.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Int> {
        let details = organization.profile.details
        guard details.noShowSweep > 0 else { return Decision([], 0) }
        let now = context.now.minute
        let wait = max(details.noShowSweep, details.noShowGrace)
        let last = now.clampedAdding(minutes: -wait)
        let first = BookingKey(
            start: now.clampedAdding(minutes: -Limits.sweepDays * 1440),
            id: Identifier(value: 0))
        var decision = Decision([], 0)
        for location in organization.bookingsByLocation.keys.sorted() {
            organization.bookingsByLocation[location]?.forEach(from: first) { key in
                guard key.start <= last, decision.outcome < Limits.sweptAtOnce else {
                    return false
                }
                // One that cannot be moved does not count: many of them must not hold up the rest.
                if let booking = organization.bookings[key.id],
                    booking.stage == .new || booking.stage == .confirmed,
                    let writes = missed(booking, organization, context)
                {
                    decision.writes += writes
                    decision.outcome += 1
                }
                return true
            }
        }
        return decision
    }

    /// What makes a no-show of a booking; nil where the rules leave it to people.
    private func missed(
        _ booking: Booking, _ organization: Organization, _ context: DecisionContext
    ) -> [RecordWrite]? {
        let move = MoveBooking(
            booking.id, expectedVersion: 0, to: .noShow, reason: "NO_SHOW_SWEEP")
        return try? organization.move(booking, move, isUndo: false, context).writes
    }
}
