// Holds, and wishes for a time: availability.md 6 and procedures.md 8.

/// A hold.
struct Keep: Equatable {
    /// 0 is nobody, -1 the waitlist.
    var owner: Int
    var patient: Int?
    var parts: [Visit.Part]
    /// In milliseconds.
    var created: Int
    var expires: Int
    var moving: Int?
    /// That it expired is on record.
    var isOver = false

    /// What it keeps, to the end of what comes after it.
    var stretch: Range<Int> { parts.stretch ?? 0..<0 }
}

extension [Visit.Part] {
    var stretch: Range<Int>? {
        guard let first, let last else { return nil }
        return first.start..<last.end + last.after
    }
}

/// Somebody's wish for a time.
struct Wish: Equatable {
    enum Status: String { case waiting, offered, booked, left, lapsed }

    var patient: Int
    var service: Int
    var provider: Int
    var earliest: Int
    var latest: Int
    var priority: Int
    var seconds: Int
    var status = Status.waiting
    var hold: Int?
    var visit: Int?
    var declined: [Int] = []

    mutating func waitAgain(after start: Int) {
        status = .waiting
        hold = nil
        if !declined.contains(start) { declined.append(start) }
    }
}

extension Model {
    static func life(_ seconds: Int) -> Int {
        1000 * (seconds == 0 ? 300 : min(max(seconds, 15), 1800))
    }

    /// What somebody wants to be held.
    struct HoldWish {
        var owner = 0
        var patient: Int?
        var parts: [(service: Int, provider: Int)] = []
        var start = 0
        var seconds = 0
        var moving: Int?
        var replacing: Int?
    }

    /// Returns the hold, new or found.
    mutating func hold(_ wish: HoldWish, now: Int) -> (Verdict, Int?) {
        let before = wish.replacing.flatMap { holds[$0] }
        let moved = wish.moving.flatMap { visits[$0] }
        if wish.replacing != nil, before == nil { return (.refused(["unknownRecord"]), nil) }
        let patient = wish.patient.map { meant($0) } ?? before?.patient ?? moved?.patient
        if let moved, patient != moved.patient { return (.refused(["invalidValue"]), nil) }
        var keep = Keep(
            owner: wish.owner == 0 ? before?.owner ?? 0 : wish.owner, patient: patient,
            parts: parts(wish.parts, from: wish.start), created: clock,
            expires: clock + Model.life(wish.seconds), moving: wish.moving)
        let same = holds.first { id, other in
            keep.owner != 0 && id != wish.replacing && other.expires > clock
                && other.owner == keep.owner && other.patient == keep.patient
                && other.moving == keep.moving && other.parts[0].start == wish.start
                && other.parts.map(\.service) == keep.parts.map(\.service)
                && other.parts.map(\.provider) == keep.parts.map(\.provider)
        }
        if let same {
            if let old = wish.replacing { holds[old] = nil }
            return (.done(changes: wish.replacing != nil), same.key)
        }
        let why = slotReasons(keep.parts, now: now, but: wish.moving, hold: wish.replacing)
        if let refused = judge(why, stale: false) { return (refused, nil) }
        // Who goes on keeping some time does not keep it for longer than one may.
        if let before, before.expires > clock, before.created + 1_800_000 > clock,
            keep.parts.contains(where: { new in
                before.parts.contains { $0.provider == new.provider && $0.meets(new) }
            })
        {
            keep.created = before.created
            keep.expires = min(keep.expires, before.created + 1_800_000)
        }
        if let old = wish.replacing { holds[old] = nil }
        return (.changed, add(keep))
    }

    mutating func renew(_ id: Int, seconds: Int) -> Verdict {
        guard let keep = holds[id] else { return .refused(["unknownRecord"]) }
        if keep.expires <= clock { return .refused(["holdExpired"]) }
        let wish = clock + Model.life(seconds)
        let most = keep.created + 1_800_000
        if wish > most, keep.expires >= most { return .refused(["holdLifetime"]) }
        holds[id]?.expires = min(wish, most)
        return .changed
    }

    mutating func release(_ id: Int) -> Verdict {
        .done(changes: holds.removeValue(forKey: id) != nil)
    }

    mutating func sweepHolds() -> Verdict {
        let old = holds.filter { $0.value.isOver && $0.value.expires <= clock - 86_400_000 }
        for id in old.keys { holds[id] = nil }
        return .done(changes: !old.isEmpty)
    }

    /// Books what is held.
    mutating func book(
        hold id: Int, patient: Int, confirmed: Bool, failsOnExpired: Bool, now: Int
    ) -> (Verdict, Int?) {
        guard let keep = holds[id] else { return (.refused(["unknownRecord"]), nil) }
        var why: Set<String> = []
        if let other = keep.patient, other != meant(patient) { why.insert("holdMismatch") }
        if let moved = keep.moving.flatMap({ visits[$0] }), moved.column.keepsTime,
            !moved.kept.isEmpty
        {
            why.insert("holdMismatch")
        }
        var parts = keep.parts
        if keep.expires <= clock {
            parts = self.parts(parts.map { ($0.service, $0.provider) }, from: parts[0].start)
            if failsOnExpired || !slotReasons(parts, now: now, hold: id).isEmpty {
                why.insert("holdExpired")
            }
        }
        if let refused = judge(why, stale: false) { return (refused, nil) }
        holds[id] = nil
        let column: Column = confirmed ? .confirmed : .new
        let visit = Visit(
            patient: meant(patient), column: column, log: [column], trail: [column],
            parts: parts)
        return (.changed, add(visit))
    }

    // MARK: Waiting

    mutating func join(_ wish: Wish) -> (Verdict, Int?) {
        if wish.latest <= clock / 60_000 { return (.refused(["invalidValue"]), nil) }
        var wish = wish
        wish.patient = meant(wish.patient)
        opened.append(wish.earliest..<wish.latest)
        let number = wishes.count + 1
        wishes[number] = wish
        return (.changed, number)
    }

    mutating func leave(_ id: Int, stale: Bool) -> Verdict {
        guard let wish = wishes[id] else { return .refused(["unknownRecord"]) }
        if wish.status == .left { return .same }
        let isOver = ![.waiting, .offered].contains(wish.status)
        if let refused = judge(isOver ? ["stage"] : [], stale: stale) { return refused }
        if let hold = wish.hold { holds[hold] = nil }
        wishes[id]?.status = .left
        wishes[id]?.hold = nil
        return .changed
    }

    /// Each hold's end is told once: what it kept is offered, and an offer that ran out goes on.
    mutating func expireHolds() -> Verdict {
        let over = holds.filter { !$0.value.isOver && $0.value.expires <= clock }
        for (hold, keep) in over {
            holds[hold]?.isOver = true
            opened.append(keep.stretch)
            for (id, wish) in wishes where wish.hold == hold {
                wishes[id]?.waitAgain(after: keep.parts[0].start)
                holds[hold] = nil
                opened.append(wish.earliest..<wish.latest)
            }
        }
        return .done(changes: !over.isEmpty)
    }

    mutating func sweepWaitlist() -> Verdict {
        let past = wishes.filter {
            $0.value.status == .waiting && $0.value.latest <= clock / 60_000
        }
        for id in past.keys { wishes[id]?.status = .lapsed }
        return .done(changes: !past.isEmpty)
    }

    /// What a call has set free is held for those who wait, in the same event; `old` is how things
    /// were before the call.
    mutating func offer(after old: Model, now: Int) {
        settle(old)
        var freed = opened
        for (id, visit) in old.visits where visit.column.keepsTime {
            let kept = visits[id].map { $0.column.keepsTime ? $0.kept : [] } ?? []
            if kept != visit.kept, let stretch = visit.kept.stretch { freed.append(stretch) }
        }
        freed += old.holds.filter { holds[$0.key] == nil }.map(\.value.stretch)
        freed.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        let waiting = wishes.filter { $0.value.status == .waiting }
            .sorted { (-$0.value.priority, $0.key) < (-$1.value.priority, $1.key) }
        for (id, wish) in waiting {
            guard let start = start(for: wish, in: freed, now: now) else { continue }
            let keep = Keep(
                owner: -1, patient: wish.patient,
                parts: parts([(wish.service, wish.provider)], from: start), created: clock,
                expires: clock + 1000 * wish.seconds)
            let hold = add(keep)
            wishes[id]?.status = .offered
            wishes[id]?.hold = hold
        }
    }

    /// Offers that are gone: booked, or somebody gave them back.
    private mutating func settle(_ old: Model) {
        for (id, wish) in wishes {
            guard let hold = wish.hold, holds[hold] == nil, let keep = old.holds[hold] else {
                continue
            }
            let booked = visits.first { number, visit in
                let isNew = old.visits[number]?.start != visit.start
                return isNew && visit.start == keep.parts[0].start
                    && visit.patient == wish.patient
                    && visit.parts.map(\.provider) == keep.parts.map(\.provider)
            }
            if let booked {
                wishes[id]?.status = .booked
                wishes[id]?.visit = booked.key
                wishes[id]?.hold = nil
            } else {
                wishes[id]?.waitAgain(after: keep.parts[0].start)
            }
        }
    }

    /// The first start that a visit could have near what came free.
    private func start(for wish: Wish, in freed: [Range<Int>], now: Int) -> Int? {
        let reach = services[wish.service].minutes + services[wish.service].after
        for stretch in freed {
            let first = max(wish.earliest, stretch.lowerBound - reach, now)
            let end = min(wish.latest, stretch.upperBound + reach)
            for start in stride(from: (first + 14) / 15 * 15, to: max(first, end), by: 15)
            where start < end && !wish.declined.contains(start) {
                let part = parts([(wish.service, wish.provider)], from: start)[0]
                if clashes(part).isEmpty { return start }
            }
        }
        return nil
    }
}
