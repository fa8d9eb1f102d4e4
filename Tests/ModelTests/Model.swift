// What a clinic's bookings, procedures and charges do, once more and by the plainest means: written
// from procedures.md and decisions.md, without a line of the core. Records are numbers, times are
// minutes, and everything is looked for in whole lists.
//
// A call is answered with what the rules say: refused, for one of these reasons, or done. Where
// several rules are broken the pages do not say which is named, so each of them is right.

/// What the rules say of a call.
enum Verdict: Equatable {
    /// Refused, for one of these reasons; nothing has changed.
    case refused(Set<String>)
    /// Taken. Whether anything has changed.
    case done(changes: Bool)

    static let changed = Verdict.done(changes: true)
    static let same = Verdict.done(changes: false)
}

/// The board's columns (procedures.md, 7).
enum Column: String, CaseIterable {
    case waitlist, new, confirmed, checkIn, inProcedure, billing, checkout, noShow, cancelled
    case archived

    /// The table of procedures.md, 7; with what decisions.md says of archiving.
    var next: Set<Column> {
        switch self {
        case .waitlist: [.new, .cancelled, .archived]
        case .new: [.confirmed, .checkIn, .noShow, .cancelled, .waitlist, .archived]
        case .confirmed: [.checkIn, .noShow, .cancelled, .archived]
        case .checkIn: [.inProcedure, .confirmed, .cancelled, .noShow, .archived]
        case .inProcedure: [.billing, .checkIn]
        case .billing: [.checkout, .inProcedure]
        case .checkout: [.archived, .billing]
        case .noShow, .cancelled: [.new, .confirmed, .archived]
        // To where it was; the history says where.
        case .archived: Set(Column.allCases).subtracting([.archived])
        }
    }

    /// NEW to CHECKOUT keep the provider's time.
    var keepsTime: Bool {
        ![.waitlist, .noShow, .cancelled, .archived].contains(self)
    }

    /// The treatment has not begun.
    var isEarly: Bool { [.waitlist, .new, .confirmed, .checkIn].contains(self) }
}

enum Work: String {
    case draft, inProgress, completed, signed, abandoned, cancelled, enteredInError
}

enum Due: String { case planned, billable, notBillable, billed, void }

/// A booking.
struct Visit: Equatable {
    struct Part: Equatable {
        var provider: Int
        var service: Int
        var start: Int
        var end: Int
    }

    var patient: Int
    var column: Column
    /// Every column it has come to.
    var log: [Column]
    /// The moves that stand: what was undone is gone.
    var trail: [Column]
    var parts: [Part]
    /// From here on its time is others'.
    var released: Int?
    var deposit = 0
    var isPaid = false
    var refunded = 0

    var start: Int { parts[0].start }
    var end: Int { parts[parts.count - 1].end }

    /// What it keeps of its time.
    var kept: [Part] {
        parts.compactMap { part in
            var part = part
            part.end = min(part.end, released ?? part.end)
            return part.start < part.end ? part : nil
        }
    }

    mutating func enter(_ column: Column, undo: Bool = false) {
        self.column = column
        log.append(column)
        if !undo { return trail.append(column) }
        _ = trail.popLast()
        if trail.last != column { trail.append(column) }
    }
}

/// A procedure.
struct Treatment: Equatable {
    var patient: Int
    var type: Int?
    var work = Work.draft
    var isConsult = false
    var steps: Set<Int> = []

    /// What its open charges are.
    var due: Due {
        isConsult ? .notBillable : [.completed, .signed].contains(work) ? .billable : .planned
    }
}

/// An attachment.
struct Tie: Equatable {
    var treatment: Int
    var visit: Int
    /// From 1.
    var part: Int
    var isActive = true
    var isSuperseded = false
    /// It brought the card from Check-in to In Procedure.
    var moved = false
}

/// A charge.
struct Bill: Equatable {
    var treatment: Int
    var visit: Int
    var part: Int
    var due: Due
    var reference = ""

    var isOpen: Bool { [.planned, .billable, .notBillable].contains(due) }
}

/// One organization.
struct Model {
    /// The settings that differ between the organizations.
    struct Rules {
        /// Active procedures on one segment; 0 is any number.
        var most = 1
        var isProcedureOptional = false
        var refusesWrongService = false
        var earlyFinishFrees = false
        /// Minutes after the start; 0 is never.
        var sweep = 0
        let grace = 15
    }

    struct Service {
        var minutes: Int
        var hasPrice: Bool
    }

    struct Kind {
        var services: Set<Int>
        var steps: Int
        var needsPhysician: Bool
    }

    var rules: Rules
    let services: [Service]
    let kinds: [Kind]
    var visits: [Int: Visit] = [:]
    var treatments: [Int: Treatment] = [:]
    var ties: [Tie] = []
    var bills: [Bill] = []
    private var lastVisit = 0
    private var lastTreatment = 0

    init(_ rules: Rules, services: [Service], kinds: [Kind]) {
        self.rules = rules
        self.services = services
        self.kinds = kinds
    }

    // MARK: Looking

    func active(visit: Int) -> [Tie] { ties.filter { $0.isActive && $0.visit == visit } }
    func active(visit: Int, part: Int) -> [Tie] { active(visit: visit).filter { $0.part == part } }
    func active(treatment: Int) -> Tie? {
        ties.first { $0.isActive && $0.treatment == treatment }
    }

    /// The one that a booking's time is asked of, minute by minute.
    func isFree(_ part: Visit.Part, but ignored: Int?) -> Bool {
        var isTaken = [Bool](repeating: false, count: part.end - part.start)
        for (id, visit) in visits where id != ignored && visit.column.keepsTime {
            for other in visit.kept where other.provider == part.provider {
                for minute in other.start..<other.end
                where part.start <= minute && minute < part.end {
                    isTaken[minute - part.start] = true
                }
            }
        }
        return !isTaken.contains(true)
    }

    /// Why what has begun on a booking stands in the way of its going (procedures.md, 8).
    func begun(_ visit: Int) -> Set<String> {
        var why: Set<String> = []
        for tie in active(visit: visit) {
            guard let treatment = treatments[tie.treatment], treatment.work != .draft else {
                continue
            }
            why.insert("procedureActive")
            why.formUnion(settled(visit))
        }
        return why
    }

    /// The part of it that nothing overrides.
    func settled(_ visit: Int) -> Set<String> {
        var why: Set<String> = []
        for tie in active(visit: visit) where treatments[tie.treatment]?.work != .draft {
            if treatments[tie.treatment]?.work == .signed { why.insert("procedureSigned") }
            why.formUnion(billed(tie.treatment))
        }
        return why
    }

    func billed(_ treatment: Int) -> Set<String> {
        bills.contains { $0.treatment == treatment && $0.due == .billed } ? ["chargeBilled"] : []
    }

    // MARK: Making

    mutating func add(_ visit: Visit) -> Int {
        lastVisit += 1
        visits[lastVisit] = visit
        return lastVisit
    }

    mutating func add(_ treatment: Treatment) -> Int {
        lastTreatment += 1
        treatments[lastTreatment] = treatment
        return lastTreatment
    }

    /// The answer to a call that breaks these rules, or none; a version is looked at last.
    func judge(_ why: Set<String>, stale: Bool) -> Verdict? {
        if !why.isEmpty { return .refused(why) }
        return stale ? .refused(["versionMismatch"]) : nil
    }

    // MARK: What attachments bring about

    /// Ends an attachment: its charges that are not billed are void.
    mutating func end(_ tie: Tie) {
        guard let index = ties.firstIndex(of: tie) else { return }
        ties[index].isActive = false
        for index in bills.indices where bills[index].treatment == tie.treatment {
            if bills[index].isOpen { bills[index].due = .void }
        }
    }

    /// The card goes back to Check-in when the attachment that brought it on has ended and nothing
    /// else is attached; what else is attached takes that over (procedures.md, 6).
    mutating func goBack(_ visit: Int, after tie: Tie) {
        guard tie.moved, visits[visit]?.column == .inProcedure else { return }
        let others = active(visit: visit)
        if let other = others.first, let index = ties.firstIndex(of: other) {
            ties[index].moved = true
            return
        }
        visits[visit]?.enter(.checkIn, undo: true)
    }

    /// The open charges follow their procedure.
    mutating func follow(_ treatment: Int) {
        guard let due = treatments[treatment]?.due else { return }
        for index in bills.indices where bills[index].treatment == treatment {
            if bills[index].isOpen { bills[index].due = due }
        }
    }
}
