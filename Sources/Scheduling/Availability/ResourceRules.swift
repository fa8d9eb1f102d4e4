internal import Intervals

// The rules for rooms, devices and further providers.

/// What of a need is asked: its hours and outages, or also what is taken.
enum NeedRule {
    /// RESOURCE_OUT: it is in use at all.
    case open
    /// RESOURCE_TAKEN: it is free besides.
    case free
}

extension Organization {
    /// The starts at which a need of a segment can be met, with a provider who cannot meet it
    /// themselves.
    func starts(
        _ need: ResourceNeed, _ rule: NeedRule, of segment: SegmentQuestion,
        with candidate: Candidate, _ question: SlotQuestion, in window: StartWindow
    ) -> StartRanges {
        let parts = candidate.shape.parts(need.phases)
        let inner = candidate.shape.parts(need.phases.withoutBuffers)
        let inHours = segment.partsInHours(candidate.shape, need.phases)
        switch need.source {
        case .resource(let resource):
            var starts = open(resource, parts, inHours: inHours, question, in: window)
            guard rule == .free else { return starts }
            starts.narrow {
                free(resource, need.quantity, parts, inner: inner, question, in: window)
            }
            return starts
        case .pool(let name, let members):
            return pool(
                name, members, need, rule, VisitPart.hull(parts), inHours: inHours, question,
                in: window)
        case .providers(let providers):
            let lists = need.beside + [ProviderList(providers: providers, phases: need.phases)]
            return free(
                lists[...], besides: [candidate.provider.id], rule, of: segment, with: candidate,
                question, in: window)
        }
    }

    /// The starts at which each list has somebody free who is not used already and stands in for no
    /// other list. Every choice is tried: lists are few, and mostly one.
    private func free(
        _ lists: ArraySlice<ProviderList>, besides used: [Identifier<Provider>], _ rule: NeedRule,
        of segment: SegmentQuestion, with candidate: Candidate, _ question: SlotQuestion,
        in window: StartWindow
    ) -> StartRanges {
        guard let list = lists.first else { return window.all }
        var starts = StartRanges()
        for provider in list.providers where !used.contains(provider.id) {
            var own = free(provider, rule, list.phases, segment, candidate, question, in: window)
            own.narrow {
                free(
                    lists.dropFirst(), besides: used + [provider.id], rule, of: segment,
                    with: candidate, question, in: window)
            }
            starts = starts.union(own)
        }
        return starts
    }

    /// When a room or device is in use.
    private func open(
        _ resource: Resource, _ parts: [VisitPart], inHours: [VisitPart],
        _ question: SlotQuestion, in window: StartWindow
    ) -> StartRanges {
        guard let schedule = schedule(of: resource, question, window) else { return StartRanges() }
        var starts = window.all
        if let hours = schedule.hours {
            for part in inHours {
                starts.narrow { hours.starts(part, from: window.from, to: window.to) }
            }
        }
        for part in parts { starts.narrow { schedule.outages.starts(part, in: window) } }
        return starts
    }

    private func schedule(
        of resource: Resource, _ question: SlotQuestion, _ window: StartWindow
    ) -> ResourceSchedule? {
        schedules.schedule(
            of: resource, at: question.location,
            from: window.from.clampedAdding(minutes: -1440),
            to: window.to.clampedAdding(minutes: question.duration + 1440))
    }

    /// When a room or device that is taken by name is free: of others who take it by name, and of
    /// what its pool needs it for.
    private func free(
        _ resource: Resource, _ quantity: Int32, _ parts: [VisitPart], inner: [VisitPart],
        _ question: SlotQuestion, in window: StartWindow
    ) -> StartRanges {
        let claim = Claim(units: quantity, capacity: resource.details.units, tolerance: .max)
        let claimed = Claimed(
            calendar: calendar(.resource(resource.id), question), claim: claim,
            sharesBuffers: profile.details.sharedBuffers.contains(resource.details.kind),
            view: question.view)
        var starts = claimed.starts(parts, withoutBuffers: inner, in: window)
        let name = resource.details.pool
        if name.isEmpty || starts.isEmpty { return starts }
        let key = CalendarKey.pool(question.location.id, name)
        let members = (poolMembers[key] ?? []).compactMap { resources[$0] }
            .filter { !$0.details.isArchived }
        let pool = pool(key, members, question, window)
        guard let index = members.firstIndex(where: { $0.id == resource.id }) else { return starts }
        for part in VisitPart.hull(parts) {
            guard let reach = window.reach(part), pool.isTaken(in: reach) else { continue }
            starts = starts.filtered { start in
                part.interval(ofVisitAt: start)
                    .map { pool.isFeasible(without: $0, of: index) } ?? false
            }
        }
        return starts
    }

    private func pool(
        _ name: String, _ members: [Resource], _ need: ResourceNeed, _ rule: NeedRule,
        _ parts: [VisitPart], inHours: [VisitPart], _ question: SlotQuestion,
        in window: StartWindow
    ) -> StartRanges {
        guard let part = parts.first else { return window.all }
        if rule == .open {
            let open = Pool(
                open: ResourceCalendar(), view: question.view,
                members: members.map { member in
                    (member.details.units, { self.out(member, question, window, in: $0) })
                })
            return open.starts(part, quantity: need.quantity, in: window)
        }
        let key = CalendarKey.pool(question.location.id, name)
        return pool(key, members, question, window)
            .starts(part, quantity: need.quantity, in: window)
    }

    private func pool(
        _ key: CalendarKey, _ members: [Resource], _ question: SlotQuestion, _ window: StartWindow
    ) -> Pool {
        Pool(
            open: calendar(key, question), view: question.view,
            members: members.map { member in
                (
                    member.details.units,
                    { hull in
                        let byName = self.calendar(.resource(member.id), question)
                        let claim = Claim(units: 1, capacity: 1, tolerance: .max)
                        return Interval.merged(
                            self.out(member, question, window, in: hull)
                                + byName.blocked(in: hull, for: claim, question.view))
                    }
                )
            })
    }

    /// When a member is closed or out of use inside an interval. Its buffers count as the visit
    /// does: what it is kept for is one stretch.
    private func out(
        _ member: Resource, _ question: SlotQuestion, _ window: StartWindow, in hull: Interval
    ) -> [Interval] {
        let reach = StartWindow(from: hull.start, to: hull.end)
        guard let schedule = schedule(of: member, question, reach) else { return [hull] }
        var out = schedule.outages.intervals.filter { $0.overlaps(hull) }
        if let hours = schedule.hours {
            var closed = hull.start
            var index = hours.firstRun(endingAfter: hull.start)
            while index < hours.runs.count, hours.runs[index].interval.start < hull.end {
                let run = hours.runs[index].interval
                if let gap = Interval(closed, run.start) { out.append(gap) }
                closed = run.end
                index += 1
            }
            if let gap = Interval(closed, hull.end) { out.append(gap) }
        }
        return out
    }

    /// When a further provider works and is free.
    func free(
        _ provider: Provider, _ rule: NeedRule, _ phases: PhaseSet, _ segment: SegmentQuestion,
        _ candidate: Candidate, _ question: SlotQuestion, in window: StartWindow
    ) -> StartRanges {
        let parts = candidate.shape.parts(phases)
        let inner = candidate.shape.parts(phases.withoutBuffers)
        let inHours = segment.partsInHours(candidate.shape, phases)
        guard let schedule = schedule(of: provider, question, window) else { return StartRanges() }
        var starts = window.all
        for part in inHours {
            starts.narrow { schedule.hours.starts(part, from: window.from, to: window.to) }
        }
        let blocked = schedule.blocked(for: segment.service.id)
        for part in parts { starts.narrow { blocked.starts(part, in: window) } }
        guard rule == .free else { return starts }
        starts.narrow {
            claimed(provider.id, Claim(), question)
                .starts(parts, withoutBuffers: inner, in: window)
        }
        return starts
    }
}

extension StartRanges {
    /// The starts that satisfy a predicate, asked one by one.
    func filtered(_ accept: (Minute) -> Bool) -> StartRanges {
        var result = StartRanges()
        for range in ranges {
            for minute in range.first.sinceEpoch...range.last.sinceEpoch {
                let start = Minute(sinceEpoch: minute)
                if accept(start), let one = Range(start, start) { result.append(one) }
            }
        }
        return result
    }
}
