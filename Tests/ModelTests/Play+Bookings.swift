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
        return random.chance(10) ? (current + 7, true) : (current, false)
    }

    func record(visit: Int) throws -> Booking {
        let id = try #require(clinic.visits[visit])
        return try #require(try bench.organization(clinic.name).bookings[id])
    }

    mutating func order() -> Model.Order {
        let patient = somePatient()
        let isWalkIn = random.chance(15)
        let count = random.chance(25) ? 2 : 1
        let parts = (0..<count).map { _ in
            (service: random.pick(0...3), provider: random.pick(0...2))
        }
        var order = Model.Order(
            patient: patient, parts: parts, start: isWalkIn ? now : someStart(),
            isWalkIn: isWalkIn, isConfirmed: random.chance(40))
        order.breaks = random.chance(8)
        order.isManager = random.chance(70)
        return order
    }

    /// Mostly one who is somebody still.
    mutating func somePatient() -> Int {
        let all = clinic.model.mergedInto
        let present = all.indices.filter { all[$0] == nil }
        return random.chance(90) ? random.pick(present) ?? 0 : random.pick(0...all.count - 1)
    }

    /// Rules that are broken on purpose, and who breaks them.
    func overrides(_ breaks: Bool, isManager: Bool) -> OverrideWish {
        var wish = OverrideWish()
        bench.role = breaks && isManager ? .manager : .staff
        guard breaks else { return wish }
        wish.rules = [.slotTaken, .buffer, .timeOff, .tooSoon, .offStep]
        wish.note = "model"
        return wish
    }

    /// Within the next hours as a rule; now and then past, or off the step. Never the minute that
    /// has begun.
    mutating func someStart() -> Int {
        let quarter = now / 15 * 15
        let start = quarter + 15 * random.pick(1...24)
        if random.chance(4) { return quarter - 15 * random.pick(2...9) }
        return random.chance(4) ? start + 7 : start
    }

    func newBooking(_ wish: Model.Order) -> NewBooking {
        var new = NewBooking()
        new.location = clinic.location
        new.start = Minute(sinceEpoch: Int32(wish.start))
        new.isWalkIn = wish.isWalkIn
        new.isConfirmed = wish.isConfirmed
        new.overrides = overrides(wish.breaks, isManager: wish.isManager)
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
        if random.chance(25), try bookHeld() { return }
        let order = order()
        let (verdict, visit) = clinic.model.book(order, now: now)
        let command = CreateBooking(patient: clinic.patients[order.patient], newBooking(order))
        let outcome = try perform(command, verdict, "book \(order)")
        if let visit, let outcome { clinic.know(visit, outcome.booking.id) }
    }

    /// Books a hold, an offer of the waitlist as well; false: there is none.
    private mutating func bookHeld() throws -> Bool {
        let model = clinic.model
        let late = Array(model.holds.keys.sorted().suffix(6))
        guard let hold = random.pick(late), let keep = model.holds[hold] else { return false }
        let patient = random.chance(85) ? keep.patient ?? somePatient() : somePatient()
        let fails = random.chance(50)
        let isConfirmed = random.chance(50)
        let (verdict, visit) = clinic.model.book(
            hold: hold, patient: patient, confirmed: isConfirmed, failsOnExpired: fails, now: now)
        var new = NewBooking()
        new.hold = try id(hold: hold)
        new.failsOnExpired = fails
        new.isConfirmed = isConfirmed
        let outcome = try perform(
            CreateBooking(patient: clinic.patients[patient], new), verdict,
            "book the hold \(hold) for \(patient)")
        if let visit, let outcome { clinic.know(visit, outcome.booking.id) }
        return true
    }

    mutating func bookGroup() throws {
        if random.chance(40), clinic.model.groups > 0 { return try rescheduleGroup() }
        let isManager = random.chance(70)
        let orders = (0..<random.pick(2...3)).map { _ in
            var order = order()
            order.isManager = isManager
            return order
        }
        let (verdict, visits) = clinic.model.book(all: orders, now: now)
        let members = orders.map {
            CreateBookingGroup.Member(patient: clinic.patients[$0.patient], newBooking($0))
        }
        bench.role = isManager ? .manager : .staff
        let outcome = try perform(
            CreateBookingGroup(members), verdict, "book all of \(orders)")
        for (visit, planned) in zip(visits, outcome ?? []) {
            clinic.know(visit, planned.booking.id)
            clinic.groups[clinic.model.groups] = planned.booking.group
        }
    }

    private mutating func newTime() -> Model.NewTime {
        var time = Model.NewTime(start: someStart())
        time.overStarted = random.chance(30)
        time.breaks = random.chance(10)
        time.isManager = random.chance(70)
        return time
    }

    private mutating func rescheduleGroup() throws {
        let group = random.pick(max(1, clinic.model.groups - 4)...clinic.model.groups)
        let time = newTime()
        let verdict = clinic.model.reschedule(group: group, to: time, now: now)
        var command = RescheduleBookingGroup(
            try #require(clinic.groups[group]), start: Minute(sinceEpoch: Int32(time.start)))
        command.overrides = overrides(time.breaks, isManager: time.isManager)
        _ = try perform(command, verdict, "reschedule the group \(group) to \(time)")
    }

    mutating func reschedule() throws {
        if random.chance(25), try rescheduleOntoHold() { return }
        guard let visit = someVisit() else { return }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        let time = newTime()
        var command = RescheduleBooking(
            record.id, expectedVersion: expected, start: Minute(sinceEpoch: Int32(time.start)),
            provider: nil)
        command.overridesStarted = time.overStarted
        command.overrides = overrides(time.breaks, isManager: time.isManager)
        let verdict = clinic.model.reschedule(visit, time, now: now, stale: isStale)
        _ = try perform(command, verdict, "reschedule \(visit) to \(time)")
    }

    /// To a hold that was made for it, or to any; false: there is none.
    private mutating func rescheduleOntoHold() throws -> Bool {
        let model = clinic.model
        let late = model.holds.keys.sorted().suffix(8)
        let hold = late.last { model.holds[$0]?.moving != nil } ?? random.pick(Array(late))
        guard let hold, let keep = model.holds[hold],
            let visit = random.chance(85) ? keep.moving ?? someVisit() : someVisit(),
            model.visits[visit] != nil
        else { return false }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        var command = RescheduleBooking(
            record.id, expectedVersion: expected,
            start: Minute(sinceEpoch: Int32(keep.parts[0].start)), provider: nil)
        command.hold = try id(hold: hold)
        command.overridesStarted = random.chance(30)
        let verdict = clinic.model.reschedule(
            visit, onto: hold, now: now, overStarted: command.overridesStarted, stale: isStale)
        _ = try perform(command, verdict, "reschedule \(visit) onto the hold \(hold)")
        return true
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
        let (override, overrides) = someOverride()
        let verdict = clinic.model.move(
            visit, to: column, now: now, stale: isStale, override: override)
        let command = MoveBooking(
            record.id, expectedVersion: expected, to: try stage(column), reason: "model",
            overrides: overrides)
        _ = try perform(command, verdict, "move \(visit) to \(column)")
    }

    private mutating func someOverride() -> (Model.Override?, [Reason]) {
        switch random.pick(weights: [6, 1, 2]) {
        case 0: (nil, [])
        case 1: (.chargeOpen, [.chargeOpen])
        default: (.procedureActive, [.procedureActive])
        }
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

    func stage(_ column: Column) throws -> Stage {
        try #require(Stage.allCases.first { "\($0)" == column.rawValue })
    }

    mutating func undo() throws {
        guard let visit = someVisit() else { return }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        let (override, overrides) = someOverride()
        let verdict = clinic.model.undo(visit, now: now, stale: isStale, override: override)
        let command = UndoMove(
            record.id, expectedVersion: expected, reason: "model", overrides: overrides)
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
