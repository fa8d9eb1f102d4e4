import Intervals
import Testing
import Workload

@testable import Scheduling

// What is asked of procedures and charges.

extension Play {
    func record(treatment: Int) throws -> Procedure {
        let id = try #require(clinic.treatments[treatment])
        return try #require(try bench.organization(clinic.name).procedures[id])
    }

    private mutating func somePart(of visit: Int) -> Int {
        let count = clinic.model.visits[visit]?.parts.count ?? 1
        return random.chance(5)
            ? 3 : random.chance(count == 1 ? 50 : 10) ? 0 : random.pick(1...count)
    }

    /// Mostly one of the treatment's patient.
    private mutating func visit(for treatment: Int) -> Int? {
        let patient = clinic.model.treatments[treatment]?.patient
        return random.chance(85) ? someVisit { $0.patient == patient } : someVisit()
    }

    mutating func start() throws {
        let isReady = random.chance(70)
        guard let visit = someVisit({ !isReady || $0.column == .checkIn }) ?? someVisit() else {
            return
        }
        let booking = try record(visit: visit)
        let (expected, isStale) = version(booking.version)
        let part = somePart(of: visit)
        let isBoard = random.chance(60)
        let advances = isBoard || random.chance(50)
        let (verdict, treatment) = clinic.model.begin(
            on: visit, part: part, board: isBoard, advance: advances, stale: isStale)
        let text = "start on \(visit).\(part) board \(isBoard) advance \(advances)"
        let pair: AttachedPair?
        if isBoard {
            pair = try perform(
                StartProcedure(
                    booking: booking.id, segment: Int32(part), view: .multiPage,
                    expectedVersion: expected), verdict, text)
        } else {
            pair = try perform(
                NewProcedure(
                    .booking(booking.id, segment: Int32(part)), view: .multiPage,
                    advancesStage: advances, expectedVersion: expected, externalRef: ""),
                verdict, text)
        }
        guard let pair, let treatment else { return }
        if let known = clinic.treatments[treatment] {
            try #require(
                known == pair.procedure.id, "\(place): another procedure than the open one")
        } else {
            clinic.know(treatment, pair.procedure.id)
        }
    }

    mutating func startFromPatient() throws {
        let patient = somePatient()
        let treatment = clinic.model.begin(patient: patient)
        let command = NewProcedure(
            .patient(clinic.patients[patient]), view: .singlePage, advancesStage: false,
            expectedVersion: 0, externalRef: "")
        if let pair = try perform(command, .changed, "new for \(patient)") {
            clinic.know(treatment, pair.procedure.id)
        }
    }

    mutating func attach() throws {
        guard let treatment = someTreatment({ $0.work == .draft }) ?? someTreatment(),
            let visit = visit(for: treatment)
        else { return }
        let procedure = try record(treatment: treatment)
        let booking = try record(visit: visit)
        let mine = version(procedure.version)
        let theirs = version(booking.version)
        let part = somePart(of: visit)
        let advances = random.chance(50)
        let verdict = clinic.model.attach(
            treatment, to: visit, part: part, advance: advances,
            stale: mine.isStale || theirs.isStale)
        let command = AttachBooking(
            procedure: procedure.id, booking: booking.id, segment: Int32(part),
            advancesStage: advances, expectedVersion: mine.expected,
            expectedBookingVersion: theirs.expected)
        _ = try perform(command, verdict, "attach \(treatment) to \(visit).\(part)")
    }

    mutating func bookAndAttach() throws {
        guard let treatment = someTreatment({ $0.work == .draft }) ?? someTreatment() else {
            return
        }
        let procedure = try record(treatment: treatment)
        let (expected, isStale) = version(procedure.version)
        var wish = order()
        wish.parts = [wish.parts[0]]
        wish.patient = clinic.model.treatments[treatment]?.patient ?? 0
        let (verdict, visit) = clinic.model.bookAndAttach(
            treatment, wish, now: now, stale: isStale)
        let command = CreateBookingAndAttach(
            procedure: procedure.id, newBooking(wish), expectedVersion: expected)
        let pair = try perform(command, verdict, "book and attach \(treatment) \(wish)")
        if let visit, let booking = pair?.booking { clinic.know(visit, booking.id) }
    }

    mutating func detach() throws {
        guard let treatment = someTreatment({ $0.work == .draft }) ?? someTreatment() else {
            return
        }
        let procedure = try record(treatment: treatment)
        let (expected, isStale) = version(procedure.version)
        let verdict = clinic.model.detach(treatment, stale: isStale)
        let command = DetachBooking(
            procedure: procedure.id, reason: "model", expectedVersion: expected)
        _ = try perform(command, verdict, "detach \(treatment)")
    }

    mutating func reattach() throws {
        guard let treatment = someTreatment(), let visit = visit(for: treatment),
            let from = clinic.model.active(treatment: treatment)?.visit ?? someVisit()
        else { return }
        let procedure = try record(treatment: treatment)
        let (expected, isStale) = version(procedure.version)
        let part = somePart(of: visit)
        let advances = random.chance(50)
        let verdict = clinic.model.reattach(
            treatment, from: from, to: visit, part: part, advance: advances, stale: isStale)
        let command = ReattachBooking(
            procedure: procedure.id, from: try record(visit: from).id,
            to: try record(visit: visit).id, segment: Int32(part), reason: "model",
            advancesStage: advances, expectedVersion: expected, expectedFromVersion: 0,
            expectedToVersion: 0)
        _ = try perform(command, verdict, "reattach \(treatment) from \(from) to \(visit).\(part)")
    }

    mutating func save() throws {
        guard let treatment = someTreatment() else { return }
        let procedure = try record(treatment: treatment)
        let (expected, isStale) = version(procedure.version)
        let consult: Bool? = random.chance(20) ? random.chance(50) : nil
        let told: Model.Content
        let content: StepContent
        switch random.pick(weights: [1, 3, 6, 1]) {
        case 0:
            let patient = somePatient()
            told = .patient(patient)
            content = .patient(clinic.patients[patient])
        case 1:
            let kind: Int? = random.chance(90) ? random.pick(0...3) : nil
            told = .kind(kind)
            content = .type(kind.map { clinic.kinds[$0] })
        case 3:
            (told, content) = (.nothing, .nothing)
        default:
            let number = random.pick(2...6)
            told = .payload(number)
            // Never what is there already.
            let payload = withUnsafeBytes(of: UInt64(step)) { Array($0) }
            content = .payload(
                StepEdit(step: Int32(number), payload: payload, isDone: random.chance(70)))
        }
        let verdict = clinic.model.save(treatment, told, consult: consult, stale: isStale)
        var command = SaveStep(
            procedure: procedure.id, content, view: nil, expectedVersion: expected)
        command.isConsultOnly = consult
        _ = try perform(
            command, verdict, "save \(treatment) \(told) consult \(String(describing: consult))")
    }

    mutating func submit() throws {
        let draft =
            random.chance(60) ? someTreatment({ $0.work == .draft }) ?? someTreatment() : nil
        let patient = draft.flatMap { clinic.model.treatments[$0]?.patient } ?? somePatient()
        let meant = clinic.model.meant(patient)
        var command = SubmitProcedure(
            procedure: try draft.map { try record(treatment: $0).id },
            patient: draft == nil ? clinic.patients[patient] : nil)
        var place = Model.Place.none
        var staleBooking = false
        switch random.pick(weights: [4, 3, 3]) {
        case 0: break
        case 1:
            guard let visit = someVisit({ $0.patient == meant }) else { return }
            let booking = try record(visit: visit)
            let part = somePart(of: visit)
            // Whether it is there already decides whether its version counts.
            let isThere = draft.flatMap { clinic.model.active(treatment: $0) }?.visit == visit
            let known = isThere ? (0, false) : version(booking.version)
            staleBooking = known.1
            place = .existing(visit, part: part)
            command.booking = .existing(
                booking.id, segment: Int32(part), expectedVersion: known.0)
        default:
            var wish = order()
            wish.parts = [wish.parts[0]]
            wish.patient = patient
            place = .new(wish)
            command.booking = .new(newBooking(wish))
        }
        let kind: Int? = random.chance(60) ? random.pick(0...3) : nil
        let known = version(try draft.map { try record(treatment: $0).version })
        command.expectedVersion = known.expected
        command.type = kind.map { clinic.kinds[$0] }
        command.isConsultOnly = random.chance(15)
        command.advancesStage = random.chance(50)
        let result = clinic.model.submit(
            draft, patient: patient, place, kind: kind, consult: command.isConsultOnly,
            advance: command.advancesStage, now: now, stale: known.isStale || staleBooking)
        let text = "submit \(draft ?? -1) of \(patient) at \(place) type \(kind ?? -1)"
        guard let pair = try perform(command, result.0, text) else { return }
        if let made = result.made { clinic.know(made, pair.procedure.id) }
        if let booked = result.booked, let booking = pair.booking {
            clinic.know(booked, booking.id)
        }
    }

    mutating func finish() throws {
        guard
            let treatment = someTreatment({ [.inProgress, .completed].contains($0.work) })
                ?? someTreatment()
        else { return }
        let procedure = try record(treatment: treatment)
        let (expected, isStale) = version(procedure.version)
        if random.chance(60) {
            let verdict = clinic.model.complete(treatment, stale: isStale)
            let command = CompleteProcedure(procedure: procedure.id, expectedVersion: expected)
            _ = try perform(command, verdict, "complete \(treatment)")
        } else {
            let isPermitted = random.chance(60)
            let verdict = clinic.model.sign(treatment, permitted: isPermitted, stale: isStale)
            let command = SignProcedure(
                procedure: procedure.id, expectedVersion: expected,
                permittedBy: isPermitted ? "dr-1" : "")
            _ = try perform(command, verdict, "sign \(treatment) permitted \(isPermitted)")
        }
    }

    mutating func giveUp() throws {
        guard let treatment = someTreatment() else { return }
        try giveUp(treatment)
    }

    mutating func giveUp(_ treatment: Int) throws {
        let procedure = try record(treatment: treatment)
        let (expected, isStale) = version(procedure.version)
        let isInError = random.chance(30)
        let verdict = clinic.model.close(treatment, inError: isInError, stale: isStale)
        let text = "give up \(treatment) in error \(isInError)"
        if isInError {
            let command = MarkProcedureInError(
                procedure: procedure.id, expectedVersion: expected, reason: "model")
            _ = try perform(command, verdict, text)
        } else {
            let command = CancelProcedure(
                procedure: procedure.id, expectedVersion: expected, reason: "model")
            _ = try perform(command, verdict, text)
        }
    }

    mutating func charge() throws {
        let all = clinic.model.bills.indices
        guard !all.isEmpty else { return }
        let index = random.pick(max(0, all.count - 12)...all.count - 1)
        // The charges of a procedure are told apart by their order.
        let treatment = clinic.model.bills[index].treatment
        let place = clinic.model.bills[..<index].count { $0.treatment == treatment }
        let procedure = try #require(clinic.treatments[treatment])
        let charges = try bench.organization(clinic.name).charges(of: procedure)
        try #require(charges.indices.contains(place), "\(self.place): a charge is missing")
        let (expected, isStale) = version(charges[place].version)
        if random.chance(75) {
            let reference = "INV-\(random.pick(1...3))"
            let verdict = clinic.model.bill(index, reference, stale: isStale)
            let command = MarkBilled(
                charges[place].id, expectedVersion: expected, externalRef: reference)
            _ = try perform(command, verdict, "bill \(index) of \(treatment)")
        } else {
            let verdict = clinic.model.void(index, stale: isStale)
            let command = VoidCharge(
                charges[place].id, expectedVersion: expected, reason: "model")
            _ = try perform(command, verdict, "void \(index) of \(treatment)")
        }
    }
}
