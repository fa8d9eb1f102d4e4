internal import Intervals
internal import Scheduling

// What an office does with its records, and what that asks of bookings.

extension CommandStream {
    mutating func settling(_ organization: Organization, _ now: Instant) -> RandomCommand {
        switch random.pick(weights: [2, 5, 3, 5, 3, 3]) {
        case 0: return merge(organization)
        case 1: return person(organization, now)
        case 2: return settings(organization)
        case 3: return schedule(organization, now)
        case 4:
            return RandomCommand(
                ReapplyBuffers(
                    random.chance(90) ? service() : Identifier(value: 1),
                    at: random.chance(30) ? location() : nil,
                    isDryRun: random.chance(20)))
        default: return pin(organization)
        }
    }

    private mutating func merge(_ organization: Organization) -> RandomCommand {
        let (old, into) = (patient(), patient())
        return RandomCommand(
            MergePatients(
                old, expectedVersion: version(organization.patients[old]?.version), into: into,
                expectedIntoVersion: version(organization.patients[into]?.version),
                reason: "random"))
    }

    /// A patient who is new, changed, or sent by another system.
    private mutating func person(_ organization: Organization, _ now: Instant) -> RandomCommand {
        var details = Patient.Details()
        details.name = "Random \(random.pick(1...1000))"
        details.externalRef = random.chance(70) ? "random-\(random.pick(1...60))" : ""
        switch random.pick(weights: [3, 2, 2]) {
        case 0: return RandomCommand(CreateRecord<Patient>(details))
        case 1:
            let id = patient()
            return RandomCommand(
                UpdateRecord<Patient>(
                    id, expectedVersion: version(organization.patients[id]?.version),
                    details: details))
        default:
            if random.chance(60) { return RandomCommand(ImportRecord<Patient>(details)) }
            var provider = Provider.Details()
            provider.externalRef = "random"
            provider.isDisabled = true
            let off = closure(now.minute)
            provider.timeOff = [
                TimeOff(
                    location: random.chance(50) ? location() : Identifier(value: 1),
                    startDate: off.startDate, startMinute: off.startMinute,
                    endDate: off.endDate, endMinute: off.endMinute)
            ]
            return RandomCommand(ImportRecord<Provider>(provider))
        }
    }

    private mutating func settings(_ organization: Organization) -> RandomCommand {
        let profile = organization.profile
        var details = profile.details
        switch random.pick(0...5) {
        case 0: details.patientOverlap = random.pick(PatientOverlap.allCases) ?? .warn
        case 1: details.earlyFinishFrees.toggle()
        case 2: details.noShowSweep = Int32(random.pick(0...2)) * 45
        case 3: details.refusesWrongService.toggle()
        case 4: details.isProcedureOptional.toggle()
        default: details.noShowGrace = Int32(random.pick(0...4)) * 5
        }
        let stale = random.chance(15) ? profile.version + 1 : version(profile.version)
        return RandomCommand(UpdateOrganization(expectedVersion: stale, details: details))
    }

    // MARK: Hours

    /// Some hours of one of the days ahead, on the clock of UTC.
    private mutating func closure(_ now: Minute) -> Closure {
        let date = LocalDate(
            dayNumber: now.sinceEpoch / 1440 + Int32(random.pick(0...daysAhead)))
        let first = Int32(random.pick(7...17)) * 60
        return Closure(
            startDate: date, startMinute: first, endDate: date,
            endMinute: first + Int32(random.pick(1...4)) * 30)
    }

    /// A closure, time off or an outage more, or the first one less.
    private mutating func schedule(
        _ organization: Organization, _ now: Instant
    ) -> RandomCommand {
        let closure = closure(now.minute)
        let change = AnyScheduleChange(
            adds: random.chance(60), isTrial: random.chance(15),
            policy: random.chance(30) ? .refuseIfAny : .keepAndFlag)
        switch random.pick(weights: [2, 4, 3]) {
        case 0:
            let id = location()
            let version = version(organization.locations[id]?.version)
            return change.command(id, version, \.closures, closure)
        case 1:
            let id = provider()
            let off = TimeOff(
                location: random.chance(50) ? location() : nil, startDate: closure.startDate,
                startMinute: closure.startMinute, endDate: closure.endDate,
                endMinute: closure.endMinute)
            let version = version(organization.providers[id]?.version)
            return change.command(id, version, \.timeOff, off)
        default:
            let id = resource(organization)
            let version = version(organization.resources[id]?.version)
            return change.command(id, version, \.outages, closure)
        }
    }

    // MARK: Rooms

    private mutating func resource(_ organization: Organization) -> Identifier<Resource> {
        var all: [Identifier<Resource>] = []
        organization.resources.forEach { row in
            all.append(row.id)
            return true
        }
        guard !wrong(), let id = random.pick(all) else {
            return Identifier(value: UInt128(random.next()))
        }
        return id
    }

    private mutating func pin(_ organization: Organization) -> RandomCommand {
        let id = booking()
        let count = random.pick(weights: [2, 6, 1])
        return RandomCommand(
            PinResources(
                id, expectedVersion: version(organization.bookings[id]?.version),
                segment: segment(), resources: (0..<count).map { _ in resource(organization) }))
    }
}

/// What is to be done to a list of times in whichever record's schedule.
private struct AnyScheduleChange {
    /// One more; else the first one less.
    var adds: Bool
    var isTrial: Bool
    var policy: StrandedPolicy

    func command<Row: DetailedRecord, Element: Sendable>(
        _ id: Identifier<Row>, _ version: Int64,
        _ list: WritableKeyPath<Row.Details, [Element]> & Sendable, _ element: Element
    ) -> RandomCommand {
        RandomCommand(
            ChangeSchedule<Row>(
                id, expectedVersion: version, isDryRun: isTrial, policy: policy
            ) { [adds] details in
                if adds {
                    details[keyPath: list].append(element)
                } else if !details[keyPath: list].isEmpty {
                    details[keyPath: list].removeFirst()
                }
            })
    }
}
