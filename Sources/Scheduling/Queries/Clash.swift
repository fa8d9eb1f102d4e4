internal import Intervals

extension Record {
    /// Whether this booking or hold and another take one provider at one time although no rule lets
    /// them, and nobody asked for it. False of other kinds, and of a record and itself.
    ///
    /// What both have frozen decides, and nothing else: buffers count against visits alone, since
    /// neighbors may have shared them, and whoever was booked over another on purpose is passed
    /// over. Costs their segments multiplied.
    public func clashes(with other: Record) -> Bool {
        guard key != other.key, !isDeliberate, !other.isDeliberate, !isMove(of: other),
            !other.isMove(of: self)
        else { return false }
        let theirs = other.providerTimes
        return providerTimes.contains { mine in
            theirs.contains { $0.key == mine.key && $0.occupancy.clashes(with: mine.occupancy) }
        }
    }

    private var providerTimes: [(key: CalendarKey, occupancy: Occupancy)] {
        let taken: [(key: CalendarKey, occupancy: Occupancy)] =
            switch self {
            case .booking(let booking):
                Organization.occupancies(
                    of: booking.occupancies, at: booking.location, owner: booking.id.value,
                    kind: .booking, expires: Occupancy.never)
            case .hold(let hold):
                Organization.occupancies(
                    of: hold.segments, at: hold.location, owner: hold.id.value, kind: .hold,
                    expires: hold.expiresAt.milliseconds)
            default: []
            }
        return taken.filter { taken in
            if case .provider = taken.key { true } else { false }
        }
    }

    private var isDeliberate: Bool {
        let broken =
            switch self {
            case .booking(let booking): booking.overrides
            case .hold(let hold): hold.overrides
            default: [Reason]()
            }
        return broken.contains(.slotTaken) || broken.contains(.buffer)
    }

    /// A hold keeps the time that a booking is to be moved to, and may lie over where it stands.
    private func isMove(of other: Record) -> Bool {
        guard case .hold(let hold) = self, case .booking(let booking) = other else { return false }
        return hold.moving == booking.id
    }
}

extension Occupancy {
    /// The visit of one meets the visit or the buffers of the other, one of the two tolerates none,
    /// and they are not one session.
    fileprivate func clashes(with other: Occupancy) -> Bool {
        let isOneSession = session != 0 && session == other.session && core == other.core
        return min(tolerance, other.tolerance) == 1 && !isOneSession
            && (!isBuffer && core.overlaps(other.padded)
                || !other.isBuffer && padded.overlaps(other.core))
    }
}
