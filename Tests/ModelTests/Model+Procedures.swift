// Procedures, what they are attached to, and what is charged for them.

extension Model {
    /// The part of a booking that is meant; 0 is the only one.
    private func part(_ wish: Int, of visit: Visit) -> (Int?, Set<String>) {
        if wish == 0 {
            return visit.parts.count == 1 ? (1, []) : (nil, ["segmentNeeded"])
        }
        return (1...visit.parts.count).contains(wish) ? (wish, []) : (nil, ["invalidValue"])
    }

    /// Why a booking takes no procedure (procedures.md, 6).
    private func unattachable(_ id: Int, _ visit: Visit, part: Int) -> Set<String> {
        var why: Set<String> = []
        if ![.new, .confirmed, .checkIn, .inProcedure].contains(visit.column) {
            why.insert(visit.column == .cancelled ? "cancelled" : "stage")
        }
        if rules.most > 0, active(visit: id, part: part).count >= rules.most {
            why.insert("alreadyAttached")
        }
        return why
    }

    /// The type that a service leads to, if it is exactly one.
    private func onlyKind(of service: Int) -> Int? {
        let found = kinds.indices.filter { kinds[$0].services.contains(service) }
        return found.count == 1 ? found[0] : nil
    }

    private func isOdd(_ service: Int, for kind: Int?) -> Bool {
        guard let kind else { return false }
        return !kinds[kind].services.isEmpty && !kinds[kind].services.contains(service)
    }

    /// Attaches a booking to a treatment that is known, or made, by the caller.
    private func attaching(
        _ treatment: Treatment, _ number: Int?, to id: Int, _ visit: Visit, part: Int
    ) -> Set<String> {
        var why = unattachable(id, visit, part: part)
        if treatment.patient != visit.patient { why.insert("patientMismatch") }
        if let number, active(treatment: number) != nil { why.insert("procedureAttached") }
        let service = visit.parts[part - 1].service
        let kind = treatment.type ?? onlyKind(of: service)
        if isOdd(service, for: kind), rules.refusesWrongService {
            why.insert("wrongServiceForType")
        }
        return why
    }

    private mutating func attach(_ number: Int, to id: Int, part: Int, advance: Bool) {
        guard let visit = visits[id] else { return }
        let service = visit.parts[part - 1].service
        if treatments[number]?.type == nil, let kind = onlyKind(of: service) {
            choose(kind, for: number)
        }
        var tie = Tie(treatment: number, visit: id, part: part)
        if advance, visit.column == .checkIn {
            tie.moved = true
            visits[id]?.enter(.inProcedure)
        }
        ties.append(tie)
        if services[service].hasPrice, let treatment = treatments[number] {
            bills.append(
                Bill(treatment: number, visit: id, part: part, due: treatment.due))
        }
    }

    private mutating func choose(_ kind: Int, for number: Int) {
        treatments[number]?.type = kind
    }

    // MARK: Beginning

    /// From the board, or from the bookings list; returns the procedure, new or found.
    mutating func begin(
        on id: Int, part wish: Int, board: Bool, advance: Bool, stale: Bool
    ) -> (Verdict, Int?) {
        guard let visit = visits[id] else { return (.refused(["unknownRecord"]), nil) }
        let (part, wrong) = part(wish, of: visit)
        guard let part else { return (.refused(wrong), nil) }
        let open = active(visit: id, part: part).first { tie in
            let work = treatments[tie.treatment]?.work
            return work == .draft || rules.most == 1 && work == .inProgress
        }
        if let open {
            guard board || advance, visit.column == .checkIn else { return (.same, open.treatment) }
            visits[id]?.enter(.inProcedure)
            if let index = ties.firstIndex(of: open) { ties[index].moved = true }
            return (.changed, open.treatment)
        }
        let treatment = Treatment(patient: visit.patient)
        var why = attaching(treatment, nil, to: id, visit, part: part)
        if board, visit.column != .checkIn, visit.column != .inProcedure {
            why.insert(visit.column == .cancelled ? "cancelled" : "stage")
        }
        if let refused = judge(why, stale: stale) { return (refused, nil) }
        let number = add(treatment)
        attach(number, to: id, part: part, advance: board || advance)
        return (.changed, number)
    }

    mutating func begin(patient: Int) -> Int { add(Treatment(patient: meant(patient))) }

    // MARK: Attaching

    mutating func attach(
        _ number: Int, to id: Int, part wish: Int, advance: Bool, stale: Bool
    ) -> Verdict {
        guard let treatment = treatments[number], let visit = visits[id] else {
            return .refused(["unknownRecord", "procedureStatus"])
        }
        guard treatment.work == .draft else { return .refused(["procedureStatus"]) }
        let (part, wrong) = part(wish, of: visit)
        guard let part else { return .refused(wrong) }
        if let tie = active(treatment: number), tie.visit == id, tie.part == part { return .same }
        let why = attaching(treatment, number, to: id, visit, part: part)
        if let refused = judge(why, stale: stale) { return refused }
        attach(number, to: id, part: part, advance: advance)
        return .changed
    }

    mutating func bookAndAttach(_ number: Int, _ wish: Order, now: Int, stale: Bool)
        -> (Verdict, Int?)
    {
        guard let treatment = treatments[number] else {
            return (.refused(["unknownRecord"]), nil)
        }
        var why: Set<String> = treatment.work == .draft ? [] : ["procedureStatus"]
        if active(treatment: number) != nil { why.insert("procedureAttached") }
        var copy = self
        let (verdict, id) = copy.book(wish, now: now)
        if case .refused(let reasons) = verdict { why.formUnion(reasons) }
        if isOdd(wish.parts[0].service, for: treatment.type), rules.refusesWrongService {
            why.insert("wrongServiceForType")
        }
        if let refused = judge(why, stale: stale) { return (refused, nil) }
        guard let id else { return (verdict, nil) }
        copy.attach(number, to: id, part: 1, advance: false)
        self = copy
        return (.changed, id)
    }

    mutating func detach(_ number: Int, stale: Bool) -> Verdict {
        guard let treatment = treatments[number] else { return .refused(["unknownRecord"]) }
        guard treatment.work == .draft else { return .refused(["procedureStatus"]) }
        guard let tie = active(treatment: number) else { return .refused(["notAttached"]) }
        if let refused = judge([], stale: stale) { return refused }
        end(tie)
        goBack(tie.visit, after: tie)
        return .changed
    }

    mutating func reattach(
        _ number: Int, from: Int, to id: Int, part wish: Int, advance: Bool, stale: Bool
    ) -> Verdict {
        guard let treatment = treatments[number], visits[from] != nil, let visit = visits[id]
        else { return .refused(["unknownRecord"]) }
        let (part, wrong) = part(wish, of: visit)
        guard let part else { return .refused(wrong) }
        let tie = active(treatment: number)
        if let tie, tie.visit == id, tie.part == part {
            return from == id ? .refused(["alreadyAttached"]) : .same
        }
        var why = unattachable(id, visit, part: part).union(billed(number))
        if treatment.work == .signed { why.insert("procedureSigned") }
        if [.abandoned, .cancelled, .enteredInError].contains(treatment.work) {
            why.insert("procedureStatus")
        }
        if tie == nil { why.insert("notAttached") }
        if let tie, tie.visit != from { why.insert("procedureAttached") }
        if treatment.patient != visit.patient { why.insert("patientMismatch") }
        if isOdd(visit.parts[part - 1].service, for: treatment.type), rules.refusesWrongService {
            why.insert("wrongServiceForType")
        }
        if let refused = judge(why, stale: stale) { return refused }
        guard let tie, let index = ties.firstIndex(of: tie) else { return .same }
        ties[index].isActive = false
        ties[index].isSuperseded = true
        var new = Tie(treatment: number, visit: id, part: part)
        if from == id {
            new.moved = tie.moved
        } else {
            goBack(from, after: tie)
            if advance, visit.column == .checkIn {
                new.moved = true
                visits[id]?.enter(.inProcedure)
            }
        }
        ties.append(new)
        for index in bills.indices where bills[index].treatment == number && bills[index].isOpen {
            bills[index].visit = id
            bills[index].part = part
        }
        return .changed
    }

    // MARK: The wizard

    /// What a step is given.
    enum Content {
        case patient(Int)
        case kind(Int?)
        case payload(Int)
        case nothing
    }

    mutating func save(_ number: Int, _ content: Content, consult: Bool?, stale: Bool) -> Verdict {
        guard let old = treatments[number] else { return .refused(["unknownRecord"]) }
        var copy = self
        var why: Set<String> = []
        let notDraft: Set<String> = old.work == .draft ? [] : ["procedureStatus"]
        // A payload is stored anew, though nobody can tell from here what it holds.
        var changes = false
        switch content {
        case .patient(let patient):
            why = notDraft
            let patient = meant(patient)
            if patient != old.patient, active(treatment: number) != nil {
                why.insert("procedureAttached")
            }
            copy.treatments[number]?.patient = patient
        case .kind(let kind):
            why = notDraft
            if let kind { copy.choose(kind, for: number) }
        case .payload(let step):
            if old.work == .signed { why.insert("procedureSigned") }
            if ![.draft, .inProgress, .signed].contains(old.work) { why.insert("procedureStatus") }
            if active(treatment: number) == nil || old.type == nil { why.insert("stepIncomplete") }
            if let kind = old.type, !(3...kinds[kind].steps).contains(step) {
                why.insert("invalidValue")
            }
            if old.type == nil { why.insert("invalidValue") }
            copy.treatments[number]?.steps.insert(step)
            changes = true
        case .nothing:
            if old.work == .signed { why.insert("procedureSigned") }
            if ![.draft, .inProgress, .signed].contains(old.work) { why.insert("procedureStatus") }
        }
        if let consult {
            let column = active(treatment: number).flatMap { visits[$0.visit] }?.column
            if !consult, old.isConsult, ![.completed, .signed].contains(old.work),
                let column, [.billing, .checkout, .archived].contains(column)
            {
                why.insert("procedureOpen")
            }
            copy.treatments[number]?.isConsult = consult
        }
        if let refused = judge(why, stale: stale) { return refused }
        changes = changes || copy.treatments[number] != old
        copy.follow(number)
        self = copy
        return .done(changes: changes)
    }

    /// Where a submitted procedure gets its booking.
    enum Place {
        case none
        case existing(Int, part: Int)
        case new(Order)
    }

    /// Ends a draft, or makes a whole procedure in one call; returns the two that it has made.
    mutating func submit(
        _ draft: Int?, patient: Int, _ place: Place, kind: Int?, consult: Bool, advance: Bool,
        now: Int, stale: Bool
    ) -> (Verdict, made: Int?, booked: Int?) {
        if let draft, treatments[draft]?.work != .draft {
            return (.refused(["procedureStatus", "unknownRecord"]), nil, nil)
        }
        var copy = self
        let number = draft ?? copy.add(Treatment(patient: meant(patient)))
        guard var treatment = copy.treatments[number] else {
            return (.refused(["unknownRecord"]), nil, nil)
        }
        if consult { copy.treatments[number]?.isConsult = true }
        if let kind { copy.choose(kind, for: number) }
        treatment = copy.treatments[number] ?? treatment
        var why: Set<String> = []
        var booked: Int?
        switch place {
        case .none:
            if active(treatment: number) == nil { why.insert("stepIncomplete") }
        case .existing(let id, let wish):
            guard let visit = visits[id] else { return (.refused(["unknownRecord"]), nil, nil) }
            let (part, wrong) = part(wish, of: visit)
            guard let part else { return (.refused(wrong), nil, nil) }
            if let tie = active(treatment: number), tie.visit == id, tie.part == part { break }
            why = attaching(treatment, number, to: id, visit, part: part)
            if why.isEmpty { copy.attach(number, to: id, part: part, advance: advance) }
        case .new(let wish):
            if active(treatment: number) != nil { why.insert("procedureAttached") }
            let (verdict, id) = copy.book(wish, now: now)
            if case .refused(let reasons) = verdict { why.formUnion(reasons) }
            if isOdd(wish.parts[0].service, for: treatment.type), rules.refusesWrongService {
                why.insert("wrongServiceForType")
            }
            if let id, why.isEmpty { copy.attach(number, to: id, part: 1, advance: advance) }
            booked = id
        }
        if copy.treatments[number]?.type == nil { why.insert("stepIncomplete") }
        if let refused = judge(why, stale: stale) { return (refused, nil, nil) }
        copy.treatments[number]?.work = .inProgress
        copy.follow(number)
        self = copy
        return (.changed, draft == nil ? number : nil, booked)
    }

    // MARK: Ending

    mutating func complete(_ number: Int, stale: Bool) -> Verdict {
        guard let treatment = treatments[number] else { return .refused(["unknownRecord"]) }
        switch treatment.work {
        case .completed, .signed: return .same
        case .draft, .abandoned, .cancelled, .enteredInError: return .refused(["procedureStatus"])
        case .inProgress: break
        }
        if let refused = judge([], stale: stale) { return refused }
        treatments[number]?.work = .completed
        follow(number)
        return .changed
    }

    mutating func sign(_ number: Int, permitted: Bool, stale: Bool) -> Verdict {
        guard let treatment = treatments[number] else { return .refused(["unknownRecord"]) }
        if treatment.work == .signed { return .same }
        var why: Set<String> = treatment.work == .completed ? [] : ["procedureStatus"]
        if let kind = treatment.type, kinds[kind].needsPhysician, !permitted {
            why.insert("mdPermission")
        }
        if let refused = judge(why, stale: stale) { return refused }
        treatments[number]?.work = .signed
        return .changed
    }

    mutating func close(_ number: Int, inError: Bool, stale: Bool) -> Verdict {
        guard let treatment = treatments[number] else { return .refused(["unknownRecord"]) }
        var why = billed(number)
        var work = Work.enteredInError
        if inError {
            if treatment.work == .enteredInError { return .same }
        } else {
            switch treatment.work {
            case .abandoned, .cancelled: return .same
            case .draft: work = .abandoned
            case .inProgress, .completed: work = .cancelled
            case .signed: why.insert("procedureSigned")
            case .enteredInError: why.insert("procedureStatus")
            }
        }
        if let refused = judge(why, stale: stale) { return refused }
        treatments[number]?.work = work
        if let tie = active(treatment: number) {
            end(tie)
            goBack(tie.visit, after: tie)
        }
        return .changed
    }

    // MARK: Money

    mutating func bill(_ index: Int, _ reference: String, stale: Bool) -> Verdict {
        if bills[index].due == .billed, bills[index].reference == reference { return .same }
        let why: Set<String> = bills[index].due == .billable ? [] : ["chargeStatus"]
        if let refused = judge(why, stale: stale) { return refused }
        bills[index].due = .billed
        bills[index].reference = reference
        return .changed
    }

    mutating func void(_ index: Int, stale: Bool) -> Verdict {
        if bills[index].due == .void { return .same }
        if let refused = judge([], stale: stale) { return refused }
        bills[index].due = .void
        return .changed
    }
}
