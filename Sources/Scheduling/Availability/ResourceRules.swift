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
        let inHours = candidate.partsInHours(need.phases)
        switch need.source {
        case .resource(let resource):
            var starts = open(resource, parts, inHours: inHours, question, in: window)
            if rule == .free {
                starts.narrow {
                    free(resource, need.quantity, parts, inner: inner, question, in: window)
                }
            }
            if !resource.details.pool.isEmpty {
                starts.narrow {
                    pool(
                        resource.details.pool, need, rule, of: segment, with: candidate, question,
                        in: window)
                }
            }
            return starts
        case .pool(let name, _):
            return pool(name, need, rule, of: segment, with: candidate, question, in: window)
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
        _ resource: Resource, _ parts: VisitParts, inHours: VisitParts,
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

    /// When a room or device that is taken by name is free of others who take it by name.
    private func free(
        _ resource: Resource, _ quantity: Int32, _ parts: VisitParts, inner: VisitParts,
        _ question: SlotQuestion, in window: StartWindow
    ) -> StartRanges {
        let claim = Claim(units: quantity, capacity: resource.details.units, tolerance: .max)
        let claimed = Claimed(
            calendar: calendar(.resource(resource.id), question), claim: claim,
            sharesBuffers: profile.details.sharedBuffers.contains(resource.details.kind),
            view: question.view)
        return claimed.starts(parts, withoutBuffers: inner, in: window)
    }

    /// When a pool has what a need takes of it, by name or openly, beside those who are there, the
    /// needs of the segment before it, and the segments before that: what each of them could have
    /// alone, they may not all have together.
    private func pool(
        _ name: String, _ need: ResourceNeed, _ rule: NeedRule, of segment: SegmentQuestion,
        with candidate: Candidate, _ question: SlotQuestion, in window: StartWindow
    ) -> StartRanges {
        let needs = need.besideInPool + [need]
        var wishes = needs.flatMap { $0.poolWishes(candidate, segment) }
        if segment.index > 0 { wishes += question.poolWishes(of: name, before: segment) }
        let key = CalendarKey.pool(question.location.id, name)
        let members = (poolMembers[key] ?? []).compactMap { resources[$0] }
            .filter { !$0.details.isArchived }
        let isFree = rule == .free
        let pool = Pool(
            open: isFree ? calendar(key, question) : ResourceCalendar(), view: question.view,
            members: members.map { member in
                Pool.Member(
                    resource: member,
                    byName: isFree ? calendar(.resource(member.id), question) : ResourceCalendar(),
                    sharesBuffers: profile.details.sharedBuffers.contains(member.details.kind))
            },
            schedule: { member, hull in
                self.schedule(of: member, question, StartWindow(from: hull.start, to: hull.end))
            })
        return pool.starts(wishes, in: window)
    }

    /// When a further provider works and is free.
    func free(
        _ provider: Provider, _ rule: NeedRule, _ phases: PhaseSet, _ segment: SegmentQuestion,
        _ candidate: Candidate, _ question: SlotQuestion, in window: StartWindow
    ) -> StartRanges {
        let parts = candidate.shape.parts(phases)
        let inner = candidate.shape.parts(phases.withoutBuffers)
        let inHours = candidate.partsInHours(phases)
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
