// Bookings: made, moved in time, ended.

extension Model {
    /// What somebody wants to book. A walk-in is here now.
    struct Order {
        var patient: Int
        /// Service and provider, one after another.
        var parts: [(service: Int, provider: Int)]
        var start: Int
        var isWalkIn = false
        var isConfirmed = false
        /// Breaks what rules a manager may break.
        var breaks = false
        /// A manager asks, who may.
        var isManager = false
    }

    /// Why a time cannot be had.
    func slotReasons(
        _ parts: [Visit.Part], now: Int, but ignored: Int? = nil, hold: Int? = nil,
        waived: Bool = false, breaks: Bool = false
    ) -> Set<String> {
        var why: Set<String> = []
        if !waived {
            if parts[0].start < now { why.insert("tooSoon") }
            if parts[0].start % 15 != 0 { why.insert("offStep") }
        }
        for part in parts { why.formUnion(clashes(part, but: ignored, hold: hold)) }
        return breaks ? why.subtracting(Model.breakable) : why
    }

    /// What a manager may break, of what can be broken here.
    static let breakable: Set<String> = ["tooSoon", "offStep", "slotTaken", "buffer", "timeOff"]

    /// The parts of an order, one after another.
    func parts(_ order: [(service: Int, provider: Int)], from start: Int) -> [Visit.Part] {
        var minute = start
        return order.map { service, provider in
            defer { minute += services[service].minutes }
            return Visit.Part(
                provider: provider, service: service, start: minute,
                end: minute + services[service].minutes, after: services[service].after,
                usesRoom: services[service].usesRoom)
        }
    }

    private func visit(_ wish: Order) -> Visit {
        let column: Column = wish.isWalkIn ? .checkIn : wish.isConfirmed ? .confirmed : .new
        return Visit(
            patient: meant(wish.patient), column: column, log: [column], trail: [column],
            parts: parts(wish.parts, from: wish.start))
    }

    mutating func book(_ wish: Order, now: Int) -> (Verdict, Int?) {
        var visit = visit(wish)
        visit.knowsOff = wish.breaks
        if wish.breaks, !wish.isManager { return (.refused(["overrideNotAllowed"]), nil) }
        let why = slotReasons(
            visit.parts, now: now, waived: wish.isWalkIn, breaks: wish.breaks)
        if !why.isEmpty { return (.refused(why), nil) }
        return (.changed, add(visit))
    }

    /// All of them or none.
    mutating func book(all wishes: [Order], now: Int) -> (Verdict, [Int]) {
        var copy = self
        copy.groups += 1
        var made: [Int] = []
        for wish in wishes {
            let (verdict, id) = copy.book(wish, now: now)
            guard let id else { return (verdict, []) }
            copy.visits[id]?.group = copy.groups
            made.append(id)
        }
        self = copy
        return (.changed, made)
    }

    /// How a visit is moved in time.
    struct NewTime {
        var start: Int
        /// Although its procedure has begun.
        var overStarted = false
        var breaks = false
        var isManager = false
    }

    mutating func reschedule(_ id: Int, _ time: NewTime, now: Int, stale: Bool) -> Verdict {
        guard var visit = visits[id] else { return .refused(["unknownRecord"]) }
        if visit.start == time.start, visit.column != .waitlist { return .same }
        if time.breaks, !time.isManager { return .refused(["overrideNotAllowed"]) }
        visit.shift(to: time.start)
        var why = unmovable(id, overStarted: time.overStarted)
        // Whether the time is free matters only where it may be moved at all.
        if why.isEmpty {
            why = slotReasons(visit.parts, now: now, but: id, breaks: time.breaks)
        }
        if let refused = judge(why, stale: stale) { return refused }
        visits[id] = visit.moved()
        visits[id]?.knowsOff = time.breaks
        return .changed
    }

    /// Why a visit cannot be moved in time, whatever the time.
    private func unmovable(_ id: Int, overStarted: Bool) -> Set<String> {
        guard let column = visits[id]?.column else { return ["unknownRecord"] }
        if ![.new, .confirmed, .waitlist].contains(column) {
            return [column == .cancelled ? "cancelled" : "stage"]
        }
        return overStarted ? settled(id) : begun(id)
    }

    /// To the time that a hold keeps, which is gone by that.
    mutating func reschedule(
        _ id: Int, onto hold: Int, now: Int, overStarted: Bool, stale: Bool
    ) -> Verdict {
        guard var visit = visits[id], let keep = holds[hold] else {
            return .refused(["unknownRecord"])
        }
        guard keep.patient ?? visit.patient == visit.patient, keep.moving ?? id == id,
            keep.parts.map(\.service) == visit.parts.map(\.service)
        else { return .refused(["holdMismatch"]) }
        let isThere =
            visit.start == keep.parts[0].start
            && visit.parts.map(\.provider) == keep.parts.map(\.provider)
        if isThere, visit.column != .waitlist {
            holds[hold] = nil
            return .changed
        }
        let isLive = keep.expires > clock
        visit.shift(to: keep.parts[0].start)
        for index in visit.parts.indices {
            visit.parts[index].provider = keep.parts[index].provider
            visit.parts[index].usesRoom = keep.parts[index].usesRoom
            visit.parts[index].room = nil
        }
        var why = unmovable(id, overStarted: overStarted)
        if why.isEmpty {
            why = slotReasons(visit.parts, now: now, but: id, hold: hold)
            if isLive { why.remove("tooSoon") } else if !why.isEmpty { why = ["holdExpired"] }
        }
        if let refused = judge(why, stale: stale) { return refused }
        holds[hold] = nil
        visits[id] = visit.moved()
        return .changed
    }

    /// All of a group that are still to come, by the same time.
    mutating func reschedule(group: Int, to time: NewTime, now: Int) -> Verdict {
        let all = visits.filter { $0.value.group == group }
        if all.isEmpty { return .refused(["unknownRecord"]) }
        if time.breaks, !time.isManager { return .refused(["overrideNotAllowed"]) }
        let movable = all.filter { [.new, .confirmed].contains($0.value.column) }
        guard let first = movable.map(\.value.start).min() else { return .refused(["stage"]) }
        if first == time.start { return .same }
        var copy = self
        var why: Set<String> = []
        for id in movable.keys { why.formUnion(begun(id)) }
        // None stands in another's way where it was.
        for (id, visit) in movable {
            copy.visits[id]?.shift(to: visit.start + time.start - first)
            copy.visits[id] = copy.visits[id]?.moved()
            copy.visits[id]?.knowsOff = time.breaks
        }
        for id in movable.keys {
            guard let parts = copy.visits[id]?.parts else { continue }
            why.formUnion(copy.slotReasons(parts, now: now, but: id, breaks: time.breaks))
        }
        if let refused = judge(why, stale: false) { return refused }
        self = copy
        return .changed
    }

    // MARK: Ending

    mutating func cancel(_ id: Int, refund: Int, cascade: Bool, now: Int, stale: Bool) -> Verdict {
        guard let visit = visits[id] else { return .refused(["unknownRecord"]) }
        if visit.column == .cancelled { return .same }
        let left = visit.isPaid ? visit.deposit - visit.refunded : 0
        guard refund <= left else {
            // What else is wrong might be said first.
            return .refused(["refundTooLarge"])
        }
        let works = active(visit: id).compactMap { treatments[$0.treatment]?.work }
        let verdict: Verdict
        if cascade, visit.column == .inProcedure || works.contains(where: { $0 != .draft }) {
            verdict = cancelAll(id, visit, stale: stale)
        } else {
            verdict = go(
                id, to: .cancelled, now: now, stale: stale, override: nil, undo: false)
        }
        if verdict == .changed { visits[id]?.refunded += refund }
        return verdict
    }

    private mutating func cancelAll(_ id: Int, _ visit: Visit, stale: Bool) -> Verdict {
        var why = settled(id)
        if visit.column != .inProcedure, !visit.column.next.contains(.cancelled) {
            why.insert("stage")
        }
        if let refused = judge(why, stale: stale) { return refused }
        for tie in active(visit: id) {
            end(tie)
            if treatments[tie.treatment]?.work != .draft {
                treatments[tie.treatment]?.work = .cancelled
            }
        }
        if visit.column == .inProcedure { visits[id]?.enter(.checkIn, undo: true) }
        visits[id]?.enter(.cancelled)
        return .changed
    }

    /// Gone without a trace, or archived.
    mutating func delete(_ id: Int, now: Int, stale: Bool) -> Verdict {
        guard let visit = visits[id] else { return .refused(["unknownRecord"]) }
        let wasVisit = visit.log.contains { [.inProcedure, .billing, .checkout].contains($0) }
        if ties.contains(where: { $0.visit == id }) || visit.isPaid || wasVisit {
            return move(id, to: .archived, now: now, stale: stale)
        }
        if let refused = judge([], stale: stale) { return refused }
        visits[id] = nil
        return .changed
    }

    mutating func deposit(_ id: Int, _ amount: Int, paid: Bool, stale: Bool) -> Verdict {
        guard let visit = visits[id] else { return .refused(["unknownRecord"]) }
        let isPaid = paid && amount > 0
        let isHeld = visit.isPaid && visit.refunded < visit.deposit
        if visit.deposit == amount, visit.isPaid == isPaid, isHeld == isPaid { return .same }
        var why: Set<String> = []
        if isHeld || visit.isPaid && !isPaid { why.insert("depositPaid") }
        if [.cancelled, .noShow, .archived].contains(visit.column) { why.insert("stage") }
        if let refused = judge(why, stale: stale) { return refused }
        visits[id]?.deposit = amount
        visits[id]?.isPaid = isPaid
        visits[id]?.refunded = 0
        return .changed
    }
}

extension Visit {
    /// To another start; nothing else changes.
    mutating func shift(to start: Int) {
        let minutes = start - self.start
        for index in parts.indices {
            parts[index].start += minutes
            parts[index].end += minutes
        }
    }

    /// It has got its time, all of it.
    func moved() -> Visit {
        var copy = self
        copy.released = nil
        if column == .waitlist { copy.enter(.new) }
        return copy
    }
}
