internal import Intervals

// A booking moves to the time that its caller holds.

extension RescheduleBooking {
    /// Moves the booking to a hold, which is gone by that. The rules are asked as ever, with the
    /// hold out of the way; of a live hold notice counts as of when it was made, and what was
    /// allowed for it is allowed.
    func decide(
        _ booking: Booking, onto id: Identifier<Hold>, in organization: Organization,
        _ context: DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard let hold = organization.holds[id] else {
            throw .unknown("hold", id.description, field: "hold_id")
        }
        try checkAgreement(booking, with: hold)
        let release = RecordWrite.remove(RecordKey(kind: .hold, id: id.value))
        if booking.stage != .waitlist, booking.start == hold.start,
            booking.segments.map(\.provider) == hold.segments.map(\.provider)
        {
            return Decision([release], booking)
        }
        let isLive = hold.expiresAt > context.now
        var allowed = try overrides.allowed(to: context.role)
        let asked = allowed
        if isLive { allowed.formUnion(hold.overrides + [.tooSoon]) }
        var moved: Booking
        do throws(Rejection) {
            moved = try organization.rescheduled(
                booking, to: hold.start, provider: nil, allowing: allowed, note: overrides.note,
                overStarted: overridesStarted, onto: hold, context)
        } catch {
            guard !isLive, error.reason.isAboutTime else { throw error }
            var expired = error
            expired.reason = .holdExpired
            expired.message = "the hold has expired, and \(error.message)"
            throw expired
        }
        try organization.check(version: booking.version, expected: expectedVersion, of: self.id)
        if isLive { moved.take(overridesOf: hold, besides: asked) }
        let told = organization.procedureWrites(following: moved, from: booking, context)
        return Decision([release, .put(.booking(moved))] + told, moved)
    }

    private func checkAgreement(_ booking: Booking, with hold: Hold) throws(Rejection) {
        let differs: String? =
            if start != hold.start {
                "start"
            } else if let provider, hold.segments.count > 1 || provider != hold.segments[0].provider
            {
                "provider_id"
            } else if hold.location != booking.location
                || hold.patient ?? booking.patient
                    != booking.patient
                || hold.moving ?? booking.id != booking.id
                || hold.segments.map(\.service) != booking.segments.map(\.service)
            {
                "hold_id"
            } else {
                nil
            }
        if let differs { throw .mismatch(differs, with: hold.id) }
    }
}

extension Booking {
    /// Notice that was kept when the hold was made was not broken; what the hold broke stays told
    /// with its own reason, unless the caller gave one.
    fileprivate mutating func take(overridesOf hold: Hold, besides asked: Set<Reason>) {
        overrides.removeAll {
            $0 == .tooSoon && !asked.contains($0) && !hold.overrides.contains($0)
        }
        guard !overrides.contains(where: asked.contains) else { return }
        let isBroken = overrides.contains(where: hold.overrides.contains)
        overrideNote = isBroken ? hold.overrideNote : ""
        overrideRole = isBroken ? hold.overrideRole : ""
    }
}

extension Reason {
    /// One of the rules that decide on a time.
    var isAboutTime: Bool { Self.evaluationOrder.contains(self) }
}
