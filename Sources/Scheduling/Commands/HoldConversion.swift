// What a slot that was found or held before brings along when it is booked.

extension Organization {
    /// A hold for moving a booking may lie over that booking's time, so it becomes another booking
    /// only once the first keeps none.
    func refuseIfMoving(_ hold: Hold) throws(Rejection) {
        guard let id = hold.moving, let booking = bookings[id], !booking.occupancies.isEmpty else {
            return
        }
        var rejection = Rejection(
            .holdMismatch, "hold_id: the hold is for moving a booking: reschedule that"
        ).about(hold.id)
        rejection.field = "hold_id"
        rejection.blocking = [id.description]
        throw rejection
    }
}

extension Rejection {
    /// The refusal of a slot that was offered at a position: it tells whether that is still where
    /// the organization stands.
    func ofSlot(foundAt position: Int64?, in organization: Organization) -> Rejection {
        guard let position else { return self }
        var copy = self
        copy.isSlotStale = position != organization.position
        return copy
    }
}

extension Booking {
    /// The rules that were broken for the hold were broken for the booking: whoever held it had the
    /// right, and said why.
    mutating func inheritOverrides(of hold: Hold) {
        guard !hold.overrides.isEmpty else { return }
        for reason in hold.overrides where !overrides.contains(reason) { overrides.append(reason) }
        overrideNote = hold.overrideNote
        overrideRole = hold.overrideRole
    }
}

extension Rejection {
    /// What is asked for beside a hold is not what the hold keeps.
    static func mismatch(_ field: String, with hold: Identifier<Hold>) -> Rejection {
        var rejection = Rejection(.holdMismatch, "\(field): the hold is for another one")
            .about(hold)
        rejection.field = field
        return rejection
    }
}
