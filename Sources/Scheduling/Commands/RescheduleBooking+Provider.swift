internal import Intervals

// With whom a booking that moves goes on.

extension Organization {
    /// The visit at its new time. Moving changes the time alone, so the present providers come
    /// first, with what the caller allows; only where that is refused do segments whose provider
    /// slotd chose go to others (availability.md 2, step 12).
    func visit(
        moving booking: Booking, to start: Minute, provider: Identifier<Provider>?,
        onto hold: Hold?, allowing allowed: Set<Reason>, _ context: DecisionContext,
        _ pending: PendingBookings
    ) throws(Rejection) -> AssignedVisit {
        let isSelfService = context.role == .patient
        let refusal: Rejection
        do throws(Rejection) {
            var question = try question(
                moving: booking, provider: provider, now: context.now,
                isSelfService: isSelfService, among: hold?.segments.map { [$0.provider] },
                onto: hold)
            question.pending = pending
            return try assign(question, at: start, allowing: allowed)
        } catch {
            refusal = error
        }
        guard hold == nil, provider == nil, booking.segments.contains(where: \.anyProvider),
            let open = openQuestion(
                moving: booking, pending, now: context.now, isSelfService: isSelfService)
        else { throw refusal }
        return try assign(
            open, at: start, preferring: booking.segments.map(\.provider), allowing: allowed)
    }

    /// The question about a booking whose segments may go to anyone who offers them for as long as
    /// they take, where slotd chose the provider; nil when that cannot be asked.
    private func openQuestion(
        moving booking: Booking, _ pending: PendingBookings, now: Instant, isSelfService: Bool
    ) -> SlotQuestion? {
        var question = try? question(
            moving: booking, now: now, isSelfService: isSelfService,
            among: booking.segments.map { $0.anyProvider ? [] : [$0.provider] })
        guard question != nil else { return nil }
        question?.pending = pending
        guard let location = locations[booking.location] else { return question }
        for (index, segment) in booking.segments.enumerated() where segment.anyProvider {
            let duration = Int32(clamping: segment.interval.durationMinutes)
            question?.segments[index].candidates.removeAll { candidate in
                candidate.provider.id != segment.provider
                    && services[segment.service].map {
                        !rules(of: $0.details, provider: candidate.provider.id, at: location)
                            .durations.contains(duration)
                    } ?? true
            }
        }
        return question
    }
}
