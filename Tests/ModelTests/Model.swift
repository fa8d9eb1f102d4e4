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
        /// Minutes after it that its provider needs.
        var after = 0
        /// It takes one of the rooms.
        var usesRoom = false
        /// The room that it was given by name.
        var room: Int?

        /// Their times meet, with what comes after them.
        func meets(_ other: Part) -> Bool {
            start < other.end + other.after && other.start < end + after
        }
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
    /// It may lie in time off, for all that anybody said.
    var knowsOff = false
    /// The bookings that were made together.
    var group: Int?
    /// The other system's name, and when it came from there.
    var imported: Imported?

    struct Imported: Equatable {
        var name: Int
        /// In milliseconds.
        var at: Int
    }

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
    /// The other system's name, and when it began there.
    var imported: Imported?

    struct Imported: Equatable {
        var name: Int
        var visit: Int
        var at: Int
    }

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
    struct Rules: Equatable {
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
        var after = 0
        var usesRoom = false
    }

    struct Kind {
        var services: Set<Int>
        var steps: Int
        var needsPhysician: Bool
    }

    var rules: Rules
    var services: [Service]
    let kinds: [Kind]
    var visits: [Int: Visit] = [:]
    var treatments: [Int: Treatment] = [:]
    var ties: [Tie] = []
    var bills: [Bill] = []
    var holds: [Int: Keep] = [:]
    var wishes: [Int: Wish] = [:]
    /// Who was merged into whom; nil: nobody. One for each patient there ever was.
    var mergedInto: [Int?]
    /// When providers do not work.
    var off: [[Range<Int>]]
    var groups = 0
    /// The clock, in milliseconds.
    var clock = 0
    /// What the present call has opened for those who wait, besides what it set free.
    var opened: [Range<Int>] = []
    private var lastHold = 0
    private var lastVisit = 0
    private var lastTreatment = 0

    init(_ rules: Rules, services: [Service], kinds: [Kind]) {
        self.rules = rules
        self.services = services
        self.kinds = kinds
        mergedInto = Array(repeating: nil, count: Model.people)
        off = Array(repeating: [], count: Model.providers)
    }

    static let people = 6
    static let providers = 3
    static let rooms = 12

    // MARK: Looking

    func active(visit: Int) -> [Tie] { ties.filter { $0.isActive && $0.visit == visit } }
    func active(visit: Int, part: Int) -> [Tie] { active(visit: visit).filter { $0.part == part } }
    func active(treatment: Int) -> Tie? {
        ties.first { $0.isActive && $0.treatment == treatment }
    }

    /// Who is meant by a patient's number.
    func meant(_ patient: Int) -> Int {
        mergedInto[patient].map { meant($0) } ?? patient
    }

    /// Who else has the time of a part of a visit, but for what is ignored.
    func taken(_ part: Visit.Part, but visit: Int? = nil, hold: Int? = nil) -> Set<String> {
        var why: Set<String> = []
        for (id, other) in visits where id != visit && other.column.keepsTime {
            for kept in other.kept where kept.meets(part) {
                if kept.provider == part.provider { why.formUnion(["slotTaken", "buffer"]) }
                if kept.room != nil, kept.room == part.room { why.insert("resourceTaken") }
            }
        }
        for (id, keep) in holds where id != hold && keep.expires > clock {
            for kept in keep.parts where kept.provider == part.provider && kept.meets(part) {
                why.insert("slotHeld")
            }
        }
        return why
    }

    /// Why a part of a visit cannot have its time.
    func clashes(_ part: Visit.Part, but visit: Int? = nil, hold: Int? = nil) -> Set<String> {
        var why = taken(part, but: visit, hold: hold)
        let padded = part.start..<part.end + part.after
        if off[part.provider].contains(where: { $0.overlaps(padded) }) {
            why.formUnion(["timeOff", "buffer"])
        }
        return why
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

    mutating func add(_ hold: Keep) -> Int {
        lastHold += 1
        holds[lastHold] = hold
        return lastHold
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

    /// The card goes back to Check-in, from Billing too, when the attachment that brought it on has
    /// ended and nothing else is attached; what else is attached takes that over (procedures.md, 6
    /// and 8).
    mutating func goBack(_ visit: Int, after tie: Tie) {
        guard tie.moved else { return }
        let others = active(visit: visit)
        if let other = others.first, let index = ties.firstIndex(of: other) {
            if !others.contains(where: \.moved) { ties[index].moved = true }
            return
        }
        if visits[visit]?.column == .billing {
            visits[visit]?.enter(.inProcedure, undo: true)
            regain(visit)
        }
        if visits[visit]?.column == .inProcedure { visits[visit]?.enter(.checkIn, undo: true) }
    }

    /// A visit that goes on has the time again that it had given up, if all of it is free.
    mutating func regain(_ id: Int) {
        guard var whole = visits[id], whole.released != nil else { return }
        whole.released = nil
        if whole.kept.allSatisfy({ clashes($0, but: id).isEmpty }) { visits[id] = whole }
    }

    /// The open charges follow their procedure.
    mutating func follow(_ treatment: Int) {
        guard let due = treatments[treatment]?.due else { return }
        for index in bills.indices where bills[index].treatment == treatment {
            if bills[index].isOpen { bills[index].due = due }
        }
    }
}
