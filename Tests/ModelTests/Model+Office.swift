// What an office does with its records, what that asks of bookings, and imports.

extension Model {
    /// Makes two patients one.
    mutating func merge(_ old: Int, into: Int, stale: Bool) -> Verdict {
        let survivor = meant(into)
        if mergedInto[old] != nil {
            return meant(old) == survivor ? .same : .refused(["patientMerged"])
        }
        if old == survivor { return .refused(["invalidValue"]) }
        if let refused = judge([], stale: stale) { return refused }
        mergedInto[old] = survivor
        for id in visits.keys where visits[id]?.patient == old { visits[id]?.patient = survivor }
        for id in treatments.keys where treatments[id]?.patient == old {
            treatments[id]?.patient = survivor
        }
        for id in holds.keys where holds[id]?.patient == old { holds[id]?.patient = survivor }
        for (id, wish) in wishes where wish.patient == old {
            wishes[id]?.patient = survivor
            // It is asked anew, as if it came only now.
            if wish.status == .waiting { opened.append(wish.earliest..<wish.latest) }
        }
        return .changed
    }

    mutating func set(_ change: (inout Rules) -> Void, stale: Bool) -> Verdict {
        var new = rules
        change(&new)
        if let refused = judge([], stale: stale) { return refused }
        let changes = new != rules
        rules = new
        return .done(changes: changes)
    }

    /// Until when somebody waits for something.
    private var waitedFor: Range<Int>? {
        let latest = wishes.values.filter { $0.status == .waiting }.map(\.latest).max()
        guard let latest, latest > clock / 60_000 else { return nil }
        return clock / 60_000..<latest
    }

    mutating func setAfter(_ minutes: Int, of service: Int, stale: Bool) -> Verdict {
        if let refused = judge([], stale: stale) { return refused }
        if services[service].after == minutes { return .same }
        services[service].after = minutes
        if let all = waitedFor { opened.append(all) }
        return .changed
    }

    /// A provider's time off: one more, or the first one less.
    mutating func changeOff(
        of provider: Int, adding new: Range<Int>?, strict: Bool, trial: Bool, stale: Bool
    ) -> Verdict {
        var after = off[provider]
        if let new { after.append(new) } else if !after.isEmpty { after.removeFirst() }
        if let refused = judge([], stale: stale) { return refused }
        if after == off[provider] || trial && !strict { return .same }
        if strict, !trial, let new, !stranded(by: new, of: provider).isEmpty {
            return .refused(["strandedBookings"])
        }
        if trial { return .same }
        let gone = off[provider].filter { !after.contains($0) }
        off[provider] = after
        if let all = waitedFor { opened += gone.map { $0.clamped(to: all) }.filter { !$0.isEmpty } }
        return .changed
    }

    /// Visits to come that a provider's time off would meet.
    func stranded(by off: Range<Int>, of provider: Int) -> [Int] {
        visits.filter { _, visit in
            [.new, .confirmed, .checkIn].contains(visit.column) && visit.end > clock / 60_000
                && visit.parts.contains {
                    $0.provider == provider && off.overlaps($0.start..<$0.end)
                }
        }.map(\.key)
    }

    /// Visits to come get the minutes after them that their service has today, where there is room.
    mutating func reapply(_ service: Int, trial: Bool) -> Verdict {
        var copy = self
        let toCome = visits.filter { _, visit in
            [.new, .confirmed, .checkIn].contains(visit.column)
                && visit.start > clock / 60_000
                && visit.parts.contains { $0.service == service }
        }.sorted { ($0.value.start, $0.key) < ($1.value.start, $1.key) }
        for (id, visit) in toCome {
            var parts = visit.parts
            for index in parts.indices where parts[index].service == service {
                parts[index].after = services[service].after
            }
            if parts == visit.parts { continue }
            let isBlocked = zip(parts, visit.parts).contains { new, old in
                let added = old.end + old.after..<max(new.end + new.after, old.end + old.after)
                let meetsOff = off[new.provider].contains { $0.overlaps(added) }
                return meetsOff || !copy.taken(new, but: id).isEmpty
            }
            if !isBlocked { copy.visits[id]?.parts = parts }
        }
        let changes = copy.visits != visits
        if !trial { self = copy }
        return .done(changes: changes && !trial)
    }

    /// Gives a visit's part a room by name, or takes it back.
    mutating func pin(_ id: Int, part wish: Int, room: Int?, stale: Bool) -> Verdict {
        guard let visit = visits[id] else { return .refused(["unknownRecord"]) }
        if wish == 0, visit.parts.count > 1 { return .refused(["segmentNeeded"]) }
        let index = max(wish, 1) - 1
        guard visit.parts.indices.contains(index) else { return .refused(["invalidValue"]) }
        guard visit.column.keepsTime, visit.column != .checkout, visit.released == nil else {
            return .refused([visit.column == .cancelled ? "cancelled" : "stage"])
        }
        guard visit.parts[index].usesRoom || room == nil else { return .refused(["invalidValue"]) }
        if visit.parts[index].room == room { return .same }
        var part = visit.parts[index]
        part.room = room
        let why = clashes(part, but: id).intersection(["resourceTaken"])
        if let refused = judge(why, stale: stale) { return refused }
        visits[id]?.parts[index].room = room
        return .changed
    }

    // MARK: Imports

    /// A booking of another system: only that its time is taken stands in its way.
    mutating func importVisit(_ name: Int, _ visit: Visit) -> (Verdict, Int?) {
        var new = visit
        new.patient = meant(visit.patient)
        new.knowsOff = true
        if let old = visits.first(where: { $0.value.imported?.name == name })?.value {
            let isSame =
                old.patient == new.patient && old.parts.count == 1
                && old.parts[0].provider == new.parts[0].provider
                && old.parts[0].service == new.parts[0].service
                && old.start == new.start && old.end == new.end && old.log[0] == new.log[0]
                && old.imported?.at == new.imported?.at
            return (isSame ? .same : .refused(["externalRefTaken"]), nil)
        }
        var why: Set<String> = []
        if new.column == .noShow, new.start * 60_000 > clock { why.insert("notStartedYet") }
        if new.column.keepsTime {
            for part in new.parts { why.formUnion(taken(part)) }
        }
        if let refused = judge(why, stale: false) { return (refused, nil) }
        return (.changed, add(new))
    }

    /// A procedure of another system, attached in any stage; it charges nothing.
    mutating func importTreatment(_ new: Treatment, to visit: Int) -> (Verdict, Int?) {
        var new = new
        new.patient = meant(new.patient)
        if let (id, old) = treatments.first(where: {
            $0.value.imported?.name == new.imported?.name
        }) {
            let isSame =
                old.patient == new.patient && old.type == new.type && old.work == new.work
                && old.imported?.at == new.imported?.at && active(treatment: id)?.visit == visit
                && active(treatment: id)?.part == 1
            return (isSame ? .same : .refused(["externalRefTaken"]), nil)
        }
        guard let booking = visits[visit] else { return (.refused(["unknownRecord"]), nil) }
        var why: Set<String> = []
        if booking.patient != new.patient { why.insert("patientMismatch") }
        if rules.most > 0, active(visit: visit, part: 1).count >= rules.most {
            why.insert("alreadyAttached")
        }
        if let refused = judge(why, stale: false) { return (refused, nil) }
        let number = add(new)
        ties.append(Tie(treatment: number, visit: visit, part: 1))
        return (.changed, number)
    }
}
