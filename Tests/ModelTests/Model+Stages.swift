// Visits on their way over the board, and back.

extension Model {
    /// A rule that a move may break.
    enum Override { case chargeOpen, procedureActive }

    mutating func move(
        _ id: Int, to column: Column, now: Int, stale: Bool,
        override: Override? = nil
    ) -> Verdict {
        guard let visit = visits[id] else { return .refused(["unknownRecord"]) }
        if visit.column == column { return .same }
        return go(id, to: column, now: now, stale: stale, override: override, undo: false)
    }

    mutating func undo(_ id: Int, now: Int, stale: Bool, override: Override? = nil) -> Verdict {
        guard let visit = visits[id] else { return .refused(["unknownRecord"]) }
        guard let before = visit.trail.last(where: { $0 != visit.column }) else {
            return .refused(["nothingToUndo"])
        }
        return go(id, to: before, now: now, stale: stale, override: override, undo: true)
    }

    mutating func restore(_ id: Int, now: Int, stale: Bool) -> Verdict {
        guard let visit = visits[id] else { return .refused(["unknownRecord"]) }
        let back: Column
        switch visit.column {
        case .archived: back = visit.log.dropLast().last ?? .new
        case .cancelled, .noShow:
            back = visit.log.last { $0 == .new || $0 == .confirmed } ?? .new
        default: return .same
        }
        return go(id, to: back, now: now, stale: stale, override: nil, undo: false)
    }

    mutating func go(
        _ id: Int, to column: Column, now: Int, stale: Bool, override: Override?, undo: Bool
    ) -> Verdict {
        guard let visit = visits[id] else { return .refused(["unknownRecord"]) }
        let from = visit.column
        var isLegal = undo ? column.next.contains(from) : from.next.contains(column)
        if from == .archived { isLegal = isLegal && visit.log.dropLast().last == column }
        guard isLegal else { return .refused([from == .cancelled ? "cancelled" : "stage"]) }
        let why = guards(id, visit, to: column, now: now, override: override)
        if let refused = judge(why, stale: stale) { return refused }
        if column.keepsTime, !from.keepsTime, column.isEarly { visits[id]?.released = nil }
        if !column.keepsTime, from.isEarly {
            for tie in active(visit: id)
            where column != .archived || treatments[tie.treatment]?.work == .draft {
                end(tie)
            }
        }
        if column.keepsTime, from.keepsTime, column.isEarly || column == .inProcedure {
            regain(id)
        }
        if column == .billing, rules.earlyFinishFrees, now < visit.end {
            visits[id]?.released = min(now, visit.released ?? now)
        }
        visits[id]?.enter(column, undo: undo)
        return .changed
    }

    private func guards(
        _ id: Int, _ visit: Visit, to column: Column, now: Int, override: Override?
    ) -> Set<String> {
        var why: Set<String> = []
        let attached = active(visit: id).compactMap { treatments[$0.treatment] }
        switch (visit.column, column) {
        case (.archived, _): break
        case (_, .noShow):
            // The clock's minute has begun; `now` is the one after it.
            if now - 1 < visit.start + rules.grace { why.insert("notStartedYet") }
            why.formUnion(begun(id))
        case (_, .cancelled): why = begun(id)
        // What has begun keeps its visit.
        case (_, .archived): break
        case (_, .waitlist): if !attached.isEmpty { why.insert("procedureActive") }
        case (.checkIn, .inProcedure):
            if attached.isEmpty, !rules.isProcedureOptional { why.insert("notAttached") }
        case (.inProcedure, .billing):
            let isOpen = { (row: Treatment) in
                ![.completed, .signed].contains(row.work) && !row.isConsult
            }
            if attached.contains(where: isOpen) { why.insert("procedureOpen") }
        case (.inProcedure, .checkIn):
            if attached.contains(where: { !$0.steps.isEmpty || $0.work != .draft }) {
                why = override == .procedureActive ? settled(id) : ["procedureActive"]
            }
        case (.billing, .checkout):
            let isOpen = bills.contains { $0.visit == id && $0.due == .billable }
            if isOpen, override != .chargeOpen { why.insert("chargeOpen") }
        default: break
        }
        if column.keepsTime, !visit.column.keepsTime {
            var back = visit
            if column.isEarly { back.released = nil }
            for part in back.kept { why.formUnion(clashes(part, but: id)) }
        }
        return why
    }

    /// All of them or none; each is judged as if the others had not been moved.
    mutating func move(
        all moves: [(id: Int, column: Column, stale: Bool)], now: Int
    ) -> Verdict {
        var isRefused = false
        var changes = false
        var after = self
        for move in moves {
            let before = visits[move.id]
            if move.column.keepsTime, before?.column.keepsTime == false, moves.count > 1 {
                isRefused = true
            }
            var alone = self
            switch alone.move(move.id, to: move.column, now: now, stale: move.stale) {
            case .refused: isRefused = true
            case .done(let didChange):
                changes = changes || didChange
                _ = after.move(move.id, to: move.column, now: now, stale: move.stale)
            }
        }
        if isRefused { return .refused(["bulkRefused"]) }
        self = after
        return .done(changes: changes)
    }

    /// Everybody who did not come in the last seven days, at most as many as there are here.
    mutating func sweep(now: Int) -> Verdict {
        guard rules.sweep > 0 else { return .same }
        var changes = false
        let wait = max(rules.sweep, rules.grace)
        for (id, visit) in visits.sorted(by: { $0.key < $1.key })
        where [.new, .confirmed].contains(visit.column)
            && (now - 1 - 7 * 1440...now - 1 - wait).contains(visit.start)
        {
            if move(id, to: .noShow, now: now, stale: false) == .changed { changes = true }
        }
        return .done(changes: changes)
    }
}
