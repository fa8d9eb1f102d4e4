import Intervals
import Testing
import Workload

@testable import Scheduling

// Whole visits, one call after another at once: what takes so many right calls in a row that single
// ones hardly ever meet it.

extension Play {
    /// A visit that comes to Billing before its time is over, and then goes on after all, or whose
    /// procedure is given up.
    mutating func shortVisit() throws {
        let now = now
        let early = someVisit {
            [.new, .confirmed, .checkIn].contains($0.column) && $0.end > now + 1
        }
        guard let visit = early else { return }
        if clinic.model.visits[visit]?.column != .checkIn { try go(visit, to: .checkIn) }
        try begin(on: visit)
        try go(visit, to: .inProcedure)
        for tie in clinic.model.active(visit: visit) { try consult(tie.treatment) }
        try go(visit, to: .billing)
        guard clinic.model.visits[visit]?.column == .billing else { return }
        switch random.pick(weights: [3, 3, 5]) {
        case 0: try go(visit, to: .inProcedure)
        case 1: try goBack(visit)
        default:
            let ties = clinic.model.active(visit: visit)
            guard let tie = random.pick(ties) else { return }
            settle()
            try giveUp(tie.treatment)
        }
    }

    /// What one call leaves is what the next one finds.
    private mutating func settle() {
        clinic.model.opened = []
        clinic.before = clinic.model
    }

    private mutating func go(_ visit: Int, to column: Column) throws {
        settle()
        let verdict = clinic.model.move(visit, to: column, now: now, stale: false)
        let command = MoveBooking(
            try record(visit: visit).id, expectedVersion: 0, to: try stage(column))
        _ = try perform(command, verdict, "bring \(visit) to \(column)")
    }

    private mutating func goBack(_ visit: Int) throws {
        settle()
        let verdict = clinic.model.undo(visit, now: now, stale: false)
        let command = UndoMove(
            try record(visit: visit).id, expectedVersion: 0, reason: "model")
        _ = try perform(command, verdict, "take \(visit) back")
    }

    private mutating func begin(on visit: Int) throws {
        settle()
        let part = random.pick(1...(clinic.model.visits[visit]?.parts.count ?? 1))
        let (verdict, treatment) = clinic.model.begin(
            on: visit, part: part, board: true, advance: true, stale: false)
        let command = StartProcedure(
            booking: try record(visit: visit).id, segment: Int32(part), view: .multiPage,
            expectedVersion: 0)
        let pair = try perform(command, verdict, "begin on \(visit).\(part)")
        if let pair, let treatment, clinic.treatments[treatment] == nil {
            clinic.know(treatment, pair.procedure.id)
        }
    }

    private mutating func consult(_ treatment: Int) throws {
        settle()
        let verdict = clinic.model.save(treatment, .nothing, consult: true, stale: false)
        var command = SaveStep(
            procedure: try record(treatment: treatment).id, .nothing, view: nil,
            expectedVersion: 0)
        command.isConsultOnly = true
        _ = try perform(command, verdict, "make a consultation of \(treatment)")
    }
}
