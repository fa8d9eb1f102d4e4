internal import Intervals

// What is in the way of a start, as stretches of time: for people who look at a calendar.

extension Organization {
    /// The time that bookings and holds keep with their buffers, or that a closure, time off,
    /// outage or another visit of the patient lasts, as far as the failed rule is about it;
    /// merged.
    func spans(
        inTheWayBy failure: RuleFailure, _ candidate: Candidate, segment index: Int,
        _ question: SlotQuestion, at start: Minute
    ) -> [Interval] {
        let segment = question.segments[index]
        let own = start.clampedAdding(minutes: segment.offset)
        guard let part = VisitPart.hull(candidate.shape.parts(.all)).first,
            let reach = part.interval(ofVisitAt: own)
        else { return [] }
        let window = StartWindow(from: own, to: own.clampedAdding(minutes: 1))
        let spans: [Interval] =
            switch failure.reason {
            case .locationClosed:
                placeSchedule(question, window)?.closures.intervals ?? []
            case .timeOff:
                schedule(of: candidate.provider, question, window)?
                    .timeOff(for: segment.service.id).intervals ?? []
            case .slotTaken, .resourceTaken: taken(failure, .booking, candidate, question, reach)
            case .slotHeld: taken(failure, .hold, candidate, question, reach)
            case .buffer:
                taken(failure, .booking, candidate, question, reach)
                    + (placeSchedule(question, window)?.closures.intervals ?? [])
                    + (schedule(of: candidate.provider, question, window)?
                        .timeOff(for: segment.service.id).intervals ?? [])
            case .resourceOut: outages(failure, question, reach)
            case .patientOverlap: otherVisits(question, during: reach).map(\.interval)
            default: []
            }
        return Interval.merged(spans.filter { $0.overlaps(reach) })
    }

    private func taken(
        _ failure: RuleFailure, _ kind: Occupancy.Kind, _ candidate: Candidate,
        _ question: SlotQuestion, _ reach: Interval
    ) -> [Interval] {
        var keys: [CalendarKey] = [.provider(candidate.provider.id)]
        if let id = Identifier<Resource>(failure.resource), let resource = resources[id] {
            keys = [.resource(id)]
            if !resource.details.pool.isEmpty {
                keys.append(.pool(question.location.id, resource.details.pool))
            }
        } else if let id = Identifier<Provider>(failure.resource) {
            keys = [.provider(id)]
        } else if !failure.pool.isEmpty {
            let pool = CalendarKey.pool(question.location.id, failure.pool)
            keys = [pool] + (poolMembers[pool] ?? []).map { .resource($0) }
        }
        var spans: [Interval] = []
        for key in keys {
            calendar(key, question).forEachConflict(with: reach, question.view.only(kind)) {
                spans.append($0.padded)
            }
        }
        return spans
    }

    private func outages(
        _ failure: RuleFailure, _ question: SlotQuestion, _ reach: Interval
    ) -> [Interval] {
        var out: [Resource] = []
        if let id = Identifier<Resource>(failure.resource) {
            out = [resources[id]].compactMap { $0 }
        } else if !failure.pool.isEmpty {
            let pool = CalendarKey.pool(question.location.id, failure.pool)
            out = (poolMembers[pool] ?? []).compactMap { resources[$0] }
        }
        return out.flatMap { resource in
            schedules.schedule(
                of: resource, at: question.location, from: reach.start, to: reach.end)?
                .outages.intervals ?? []
        }
    }
}
