internal import Intervals
internal import Scheduling

extension CommandStream {
    mutating func move(_ organization: Organization, _ now: Instant) -> RandomCommand {
        let id = booking()
        let record = organization.bookings[id]
        // Mostly where it may go from here, so that bookings come to the end of the board.
        let stages = random.chance(85) ? record?.stage.successors ?? [] : Stage.allCases
        let stage = random.pick(stages) ?? .confirmed
        var move = MoveBooking(id, expectedVersion: version(record?.version), to: stage)
        if random.chance(15) {
            move.overrides = [random.chance(60) ? .procedureActive : .chargeOpen]
            move.reason = wrong() ? "" : "random"
        }
        return RandomCommand(move)
    }

    mutating func procedureCommand(_ organization: Organization, _ now: Instant) -> RandomCommand {
        let id = procedure()
        let expected = version(organization.procedures[id]?.version)
        let view: ProcedureView = random.chance(50) ? .multiPage : .singlePage
        switch random.pick(weights: [5, 3, 4, 4, 2, 3, 6, 5, 5, 4]) {
        case 0:
            let booking = booking()
            return RandomCommand(
                StartProcedure(
                    booking: booking, segment: segment(), view: view,
                    expectedVersion: version(organization.bookings[booking]?.version)))
        case 1:
            return RandomCommand(
                NewProcedure(
                    .patient(patient()), view: view, advancesStage: false, expectedVersion: 0,
                    externalRef: ""))
        case 2:
            let booking = booking()
            return RandomCommand(
                NewProcedure(
                    .booking(booking, segment: segment()), view: view,
                    advancesStage: random.chance(50),
                    expectedVersion: version(organization.bookings[booking]?.version),
                    externalRef: ""))
        case 3:
            let booking = booking(for: id, organization)
            return RandomCommand(
                AttachBooking(
                    procedure: id, booking: booking, segment: segment(),
                    advancesStage: random.chance(50), expectedVersion: expected,
                    expectedBookingVersion: version(organization.bookings[booking]?.version)))
        case 4:
            return RandomCommand(
                CreateBookingAndAttach(
                    procedure: id, newBooking(organization, now), expectedVersion: expected))
        case 5:
            return RandomCommand(
                DetachBooking(procedure: id, reason: "random", expectedVersion: expected))
        case 6:
            var save = SaveStep(
                procedure: id, stepContent(), view: random.chance(20) ? view : nil,
                expectedVersion: expected)
            if random.chance(15) { save.isConsultOnly = random.chance(60) }
            return RandomCommand(save)
        case 7: return submit(organization, now)
        case 9: return ending(organization)
        default:
            return RandomCommand(CompleteProcedure(procedure: id, expectedVersion: expected))
        }
    }

    mutating func segment() -> Int32 { wrong() ? 2 : random.chance(50) ? 0 : 1 }

    /// Mostly one of the procedure's own patient.
    mutating func booking(
        for procedure: Identifier<Procedure>, _ organization: Organization
    ) -> Identifier<Booking> {
        guard random.chance(80), let patient = organization.procedures[procedure]?.patient else {
            return booking()
        }
        var filter = BookingFilter()
        filter.patient = patient
        let own = organization.listBookings(filter, after: nil, limit: 50).rows
        return random.pick(own)?.id ?? booking()
    }

    private mutating func stepContent() -> StepContent {
        switch random.pick(weights: [1, 3, 6, 1]) {
        case 0: return .patient(patient())
        case 1: return .type(random.chance(90) ? type() : nil)
        case 3: return .nothing
        default:
            let payload = (0..<random.pick(0...40)).map { UInt8($0) }
            return .payload(
                StepEdit(
                    step: Int32(random.pick(2...8)), payload: random.chance(90) ? payload : nil,
                    isDone: random.chance(90) ? random.chance(70) : nil))
        }
    }

    private mutating func submit(_ organization: Organization, _ now: Instant) -> RandomCommand {
        let isDraft = random.chance(60)
        let id = procedure()
        var submit = SubmitProcedure(
            procedure: isDraft ? id : nil, patient: isDraft ? nil : patient())
        switch random.pick(weights: [4, 3, 3]) {
        case 0: submit.booking = .none
        case 1:
            let booking = booking(for: id, organization)
            if !isDraft { submit.patient = organization.bookings[booking]?.patient }
            submit.booking = .existing(
                booking, segment: segment(),
                expectedVersion: version(organization.bookings[booking]?.version))
        default: submit.booking = .new(newBooking(organization, now))
        }
        submit.type = random.chance(60) ? type() : nil
        submit.isConsultOnly = random.chance(15)
        submit.advancesStage = random.chance(50)
        submit.expectedVersion = version(organization.procedures[id]?.version)
        return RandomCommand(submit)
    }

    mutating func importing(_ organization: Organization, _ now: Instant) -> RandomCommand {
        let number = random.pick(0...400)
        guard random.chance(70), let start = start(now).adding(minutes: -20 * 1440),
            let visit = Interval(start: start, minutes: Int32(random.pick(1...3000))),
            let location = ids.locations.first, let patient = ids.patients.first
        else {
            let id = booking()
            return RandomCommand(
                ImportProcedure(
                    externalRef: "import-\(number)",
                    patient: organization.bookings[id]?.patient ?? patient(), booking: id,
                    type: type(), status: random.pick(ProcedureStatus.allCases) ?? .completed,
                    startedAt: now, completedAt: nil))
        }
        var row = ImportBooking(
            externalRef: "import-\(number)", patient: patient, location: location,
            provider: random.pick(ids.providers) ?? provider(),
            service: random.pick(ids.services) ?? service(), interval: visit,
            stageHistory: [
                StageChange(
                    stage: random.pick(Stage.allCases) ?? .new, at: now, actor: "import")
            ], note: "")
        if random.chance(30), let next = visit.end.adding(minutes: Int32(random.pick(0...60))),
            let further = Interval(start: next, minutes: 30)
        {
            row.segments.append(
                ImportSegment(provider: provider(), service: service(), interval: further))
        }
        if random.chance(50) { row.bookedAt = now }
        if random.chance(20) { row.releasedAt = visit.start.adding(minutes: 1) }
        return RandomCommand(row)
    }

    /// Switches something of the catalog off and on, and moves buffers about.
    mutating func catalogCommand(_ organization: Organization, _ now: Instant) -> RandomCommand {
        let provider = provider()
        let service = service()
        let location = location()
        if random.chance(40), let row = organization.providers[provider] {
            var details = row.details
            details.isDisabled = random.chance(20)
            return RandomCommand(
                UpdateRecord(provider, expectedVersion: version(row.version), details: details))
        }
        if random.chance(70), let row = organization.services[service] {
            var details = row.details
            details.bufferBefore = Int32(random.pick(0...2) * 5)
            details.bufferAfter = Int32(random.pick(0...4) * 5)
            details.isArchived = random.chance(10)
            return RandomCommand(
                UpdateRecord(service, expectedVersion: version(row.version), details: details))
        }
        guard let row = organization.locations[location] else { return RandomCommand(SweepHolds()) }
        var details = row.details
        details.isArchived = random.chance(20)
        return RandomCommand(
            UpdateRecord(location, expectedVersion: version(row.version), details: details))
    }
}
