import Intervals
import Testing
import Workload

@testable import Scheduling

// What is asked of bookings.

extension Play {
    /// Mostly one of the late ones.
    mutating func someVisit(_ isWanted: (Visit) -> Bool = { _ in true }) -> Int? {
        let all = clinic.model.visits.filter { isWanted($0.value) }.keys.sorted()
        return random.pick(random.chance(80) ? Array(all.suffix(12)) : all)
    }

    mutating func someTreatment(_ isWanted: (Treatment) -> Bool = { _ in true }) -> Int? {
        let all = clinic.model.treatments.filter { isWanted($0.value) }.keys.sorted()
        return random.pick(random.chance(80) ? Array(all.suffix(10)) : all)
    }

    /// None, the right version, or now and then a stale one.
    mutating func version(_ current: Int64?) -> (expected: Int64, isStale: Bool) {
        guard let current, random.chance(60) else { return (0, false) }
        return random.chance(6) ? (current + 7, true) : (current, false)
    }

    func record(visit: Int) throws -> Booking {
        let id = try #require(clinic.visits[visit])
        return try #require(try bench.organization(clinic.name).bookings[id])
    }

    mutating func wish() -> Model.Wish {
        let patient = random.pick(0...2)
        let isWalkIn = random.chance(15)
        let count = random.chance(25) ? 2 : 1
        let parts = (0..<count).map { _ in
            (service: random.pick(0...3), provider: random.pick(0...2))
        }
        return Model.Wish(
            patient: patient, parts: parts, start: isWalkIn ? now : someStart(),
            isWalkIn: isWalkIn, isConfirmed: random.chance(40))
    }

    /// Within the next hours as a rule; now and then past, or off the step. Never the minute that
    /// has begun.
    private mutating func someStart() -> Int {
        let quarter = now / 15 * 15
        let start = quarter + 15 * random.pick(1...24)
        if random.chance(4) { return quarter - 15 * random.pick(2...9) }
        return random.chance(4) ? start + 7 : start
    }

    func newBooking(_ wish: Model.Wish) -> NewBooking {
        var new = NewBooking()
        new.location = clinic.location
        new.start = Minute(sinceEpoch: Int32(wish.start))
        new.isWalkIn = wish.isWalkIn
        new.isConfirmed = wish.isConfirmed
        if wish.parts.count == 1 {
            new.service = clinic.services[wish.parts[0].service]
            new.provider = clinic.providers[wish.parts[0].provider]
        } else {
            new.segments = wish.parts.map {
                SegmentRequest(
                    service: clinic.services[$0.service],
                    providers: [clinic.providers[$0.provider]])
            }
        }
        return new
    }

    mutating func book() throws {
        let wish = wish()
        let (verdict, visit) = clinic.model.book(wish, now: now)
        let command = CreateBooking(patient: clinic.patients[wish.patient], newBooking(wish))
        let outcome = try perform(command, verdict, "book \(wish)")
        if let visit, let outcome { clinic.know(visit, outcome.booking.id) }
    }

    mutating func bookGroup() throws {
        let wishes = (0..<random.pick(2...3)).map { _ in wish() }
        let (verdict, visits) = clinic.model.book(all: wishes, now: now)
        let command = CreateBookingGroup(
            wishes.map { .init(patient: clinic.patients[$0.patient], newBooking($0)) })
        let outcome = try perform(command, verdict, "book all of \(wishes)")
        for (visit, planned) in zip(visits, outcome ?? []) {
            clinic.know(visit, planned.booking.id)
        }
    }

    mutating func reschedule() throws {
        guard let visit = someVisit({ $0.column != .waitlist }) else { return }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        let start = someStart()
        var command = RescheduleBooking(
            record.id, expectedVersion: expected, start: Minute(sinceEpoch: Int32(start)),
            provider: nil)
        command.overridesStarted = random.chance(30)
        let verdict = clinic.model.reschedule(
            visit, to: start, now: now, override: command.overridesStarted, stale: isStale)
        _ = try perform(command, verdict, "reschedule \(visit) to \(start)")
    }

    mutating func cancel() throws {
        guard let visit = someVisit() else { return }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        var command = CancelBooking(record.id, expectedVersion: expected, reason: "model")
        command.cascades = random.chance(50)
        command.refund = random.chance(30) ? Int64(random.pick(1...60)) : 0
        if record.deposit == nil { command.currency = "USD" }
        let verdict = clinic.model.cancel(
            visit, refund: Int(command.refund), cascade: command.cascades, now: now,
            stale: isStale)
        _ = try perform(command, verdict, "cancel \(visit) cascade \(command.cascades)")
    }

    mutating func move() throws {
        guard let visit = someVisit() else { return }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        let column = someColumn(after: clinic.model.visits[visit]?.column)
        let overrides: [Reason] = random.chance(20) ? [.chargeOpen] : []
        let verdict = clinic.model.move(
            visit, to: column, now: now, stale: isStale, override: !overrides.isEmpty)
        let command = MoveBooking(
            record.id, expectedVersion: expected, to: try stage(column), reason: "model",
            overrides: overrides)
        _ = try perform(command, verdict, "move \(visit) to \(column)")
    }

    mutating func moveAll() throws {
        var moves: [(id: Int, column: Column, stale: Bool)] = []
        var commands: [MoveBooking] = []
        for _ in 0..<random.pick(1...3) {
            guard let visit = someVisit(), !moves.contains(where: { $0.id == visit }) else {
                continue
            }
            let record = try record(visit: visit)
            let (expected, isStale) = version(record.version)
            let column = someColumn(after: clinic.model.visits[visit]?.column)
            moves.append((visit, column, isStale))
            commands.append(
                MoveBooking(record.id, expectedVersion: expected, to: try stage(column)))
        }
        guard !moves.isEmpty else { return }
        let verdict = clinic.model.move(all: moves, now: now)
        _ = try perform(MoveBookings(commands), verdict, "move all of \(moves)")
    }

    /// Mostly where it may go from here.
    private mutating func someColumn(after column: Column?) -> Column {
        let next = Column.allCases.filter { column?.next.contains($0) ?? false }
        return random.pick(random.chance(85) ? next : Column.allCases) ?? .new
    }

    private func stage(_ column: Column) throws -> Stage {
        try #require(Stage.allCases.first { "\($0)" == column.rawValue })
    }

    mutating func undo() throws {
        guard let visit = someVisit() else { return }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        let verdict = clinic.model.undo(visit, now: now, stale: isStale)
        let command = UndoMove(record.id, expectedVersion: expected, reason: "model")
        _ = try perform(command, verdict, "undo \(visit)")
    }

    mutating func putAway() throws {
        guard let visit = someVisit() else { return }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        switch random.pick(weights: [3, 3, 1]) {
        case 0:
            let verdict = clinic.model.move(visit, to: .archived, now: now, stale: isStale)
            let command = ArchiveBooking(record.id, expectedVersion: expected, reason: "model")
            _ = try perform(command, verdict, "archive \(visit)")
        case 1:
            let verdict = clinic.model.restore(visit, now: now, stale: isStale)
            let command = RestoreBooking(record.id, expectedVersion: expected, reason: "model")
            _ = try perform(command, verdict, "restore \(visit)")
        default:
            let verdict = clinic.model.delete(visit, now: now, stale: isStale)
            let command = DeleteBooking(record.id, expectedVersion: expected, reason: "model")
            _ = try perform(command, verdict, "delete \(visit)")
        }
    }

    mutating func deposit() throws {
        guard let visit = someVisit() else { return }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        let amount = random.pick(1...5) * 10
        let isPaid = random.chance(60)
        let verdict = clinic.model.deposit(visit, amount, paid: isPaid, stale: isStale)
        let command = SetDeposit(
            record.id, expectedVersion: expected,
            amount: Money(minor: Int64(amount), currency: "USD"), isPaid: isPaid)
        _ = try perform(command, verdict, "deposit \(amount) for \(visit)")
    }

    mutating func sweep() throws {
        let verdict = clinic.model.sweep(now: now)
        _ = try perform(SweepNoShows(), verdict, "sweep")
    }
}
