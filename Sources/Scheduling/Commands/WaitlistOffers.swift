internal import Intervals

// What follows for the waitlist when something else changes.

extension Organization {
    /// Whether writes could concern anyone who waits; cheap, since every command asks.
    func mayOffer(after writes: [RecordWrite]) -> Bool {
        if !waitlistByLocation.isEmpty || !waitlistByHold.isEmpty { return true }
        return writes.contains {
            if case .put(.waitlistEntry) = $0 { true } else { false }
        }
    }

    /// Settles the entries whose offers were taken or given back, and holds what came free by the
    /// writes for the first who wait for it. Looks at a hundred of them at most for each location.
    func offers(
        after writes: [RecordWrite], _ context: inout DecisionContext
    ) -> [RecordWrite] {
        var round = OfferRound(organization: self, writes: writes, context: context)
        round.settle()
        for location in round.freed.keys.sorted() {
            round.offer(at: location)
        }
        context = round.context
        return round.made
    }
}

/// The offers of one event.
private struct OfferRound {
    /// As the writes to the catalog leave it; bookings and holds are as they were, and `pending`
    /// tells what becomes of them.
    let organization: Organization
    let writes: [RecordWrite]
    var context: DecisionContext
    /// What came free at each location.
    var freed: [Identifier<Location>: [Interval]] = [:]
    /// What follows.
    var made: [RecordWrite] = []
    /// Entries as they are after the writes and what was made of them.
    private var entries: [Identifier<WaitlistEntry>: WaitlistEntry] = [:]
    private var pending = PendingBookings()
    /// Those that are new, or new where they are.
    private var newBookings: [Booking] = []

    private static var looks: Int { 100 }

    init(organization: Organization, writes: [RecordWrite], context: DecisionContext) {
        let changes = writes.filter(\.changesSchedules)
        self.organization = changes.isEmpty ? organization : organization.trial(changes)
        self.writes = writes
        self.context = context
        for write in writes { read(write) }
        for write in changes {
            let opened = organization.opened(by: write, now: context.now, self.organization)
            for (location, stretches) in opened {
                self.freed[location, default: []] += stretches
            }
        }
    }

    private mutating func read(_ write: RecordWrite) {
        switch write {
        case .put(.booking(let new)):
            let old = organization.bookings[new.id]
            if let old, old.occupancies != new.occupancies {
                free(old.occupancies, at: old.location)
            }
            if let old { pending.move(old, in: organization) }
            if old?.start != new.start { newBookings.append(new) }
            if new.stage.occupies { pending.add(new, in: organization) }
        case .put(.hold(let new)):
            let old = organization.holds[new.id]
            if let old { pending.remove(old, in: organization) }
            if !new.hasExpired {
                pending.add(new, in: organization)
            } else if old?.hasExpired == false {
                free(new.segments, at: new.location)
            }
        case .remove(let key) where key.kind == .booking:
            guard let old = organization.bookings[Identifier(value: key.id)] else { return }
            free(old.occupancies, at: old.location)
            pending.move(old, in: organization)
        case .remove(let key) where key.kind == .hold:
            guard let old = organization.holds[Identifier(value: key.id)] else { return }
            free(old.segments, at: old.location)
            pending.remove(old, in: organization)
        case .put(.waitlistEntry(let entry)):
            entries[entry.id] = entry
            // Someone who joins may find something free already.
            if entry.status == .waiting, let all = Interval(entry.earliest, entry.latest) {
                freed[entry.location, default: []].append(all)
            }
        default: break
        }
    }

    private mutating func free(_ segments: [BookingSegment], at location: Identifier<Location>) {
        if let stretch = segments.stretch { freed[location, default: []].append(stretch) }
    }

    /// Entries whose hold is gone: booked, when a booking of the patient took its place; else they
    /// wait again.
    mutating func settle() {
        for case .remove(let key) in writes where key.kind == .hold {
            let hold = Identifier<Hold>(value: key.id)
            guard let id = organization.waitlistByHold[hold], entries[id] == nil,
                var entry = organization.waitlist[id]
            else { continue }
            let offer = organization.holds[hold]
            let start = offer?.start
            // Others of a group may begin at the same time.
            let taken = newBookings.first { booking in
                booking.start == start && booking.patient == entry.patient
                    && booking.segments.map(\.provider) == offer?.segments.map(\.provider)
            }
            if let booking = taken {
                entry.status = .booked
                entry.booking = booking.id
                entry.hold = nil
                entry.version += 1
            } else {
                entry.waitAgain(after: start)
            }
            put(entry)
        }
    }

    private mutating func put(_ entry: WaitlistEntry) {
        entries[entry.id] = entry
        made.append(.put(.waitlistEntry(entry)))
    }

    mutating func offer(at location: Identifier<Location>) {
        let stretches = Interval.merged(freed[location] ?? [])
        var waiting: [WaitlistEntry] = []
        organization.waitlistByLocation[location]?.forEach(from: nil) { key in
            if let entry = entries[key.id] ?? organization.waitlist[key.id] {
                waiting.append(entry)
            }
            return waiting.count < Self.looks
        }
        let known = Set(waiting.map(\.id))
        waiting += entries.values.filter { $0.location == location && !known.contains($0.id) }
        waiting.sort { WaitlistKey($0) < WaitlistKey($1) }
        for entry in waiting where entry.status == .waiting {
            offer(one: entry, in: stretches)
        }
    }

    private mutating func offer(one entry: WaitlistEntry, in stretches: [Interval]) {
        var request = SlotRequest(location: entry.location, segments: entry.segments)
        request.patient = entry.patient
        guard var question = try? organization.question(request, now: context.now) else { return }
        question.pending = pending
        let reach = question.segments.reduce(Int32(0)) { sum, segment in
            sum + (segment.candidates.map { $0.shape.duration + $0.shape.bufferAfter }.max() ?? 0)
        }
        for stretch in stretches {
            // Only a visit that needs some of what came free can have become possible by it.
            let from = max(entry.earliest, stretch.start.clampedAdding(minutes: -reach))
            let to = min(entry.latest, stretch.end.clampedAdding(minutes: reach))
            guard from < to else { continue }
            let page = organization.findSlots(
                question, from: from, to: to, limit: entry.declined.count + 1)
            guard let start = page.starts.first(where: { !entry.declined.contains($0) }),
                let visit = try? organization.assign(question, at: start)
            else { continue }
            hold(visit.segments, for: entry)
            return
        }
    }

    private mutating func hold(_ segments: [BookingSegment], for entry: WaitlistEntry) {
        let hold = Hold(
            id: context.ids.next(), owner: "waitlist", patient: entry.patient,
            location: entry.location, segments: segments, createdAt: context.now,
            expiresAt: context.now.adding(seconds: Int64(entry.offerSeconds)))
        pending.add(hold, in: organization)
        made.append(.put(.hold(hold)))
        var offered = entry
        offered.status = .offered
        offered.hold = hold.id
        offered.version += 1
        put(offered)
    }
}

extension [BookingSegment] {
    /// From the first one's buffer to the last one's.
    var stretch: Interval? {
        guard let first, let last else { return nil }
        return Interval(first.padded.start, last.padded.end)
    }
}
