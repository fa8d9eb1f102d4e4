import Intervals
import Testing
import Workload

@testable import Scheduling

// What an office does with its records, and imports.

extension Play {
    mutating func office() throws {
        switch random.pick(weights: [2, 5, 4, 6, 6, 4, 1]) {
        case 0: try merge()
        case 1: try person()
        case 2: try settings()
        case 3: try timeOff()
        case 4: try buffers()
        case 5: try pin()
        default:
            _ = try perform(
                MoveClock(.by(milliseconds: 1000)), .refused(["testClockOff"]), "move the clock")
        }
    }

    private mutating func merge() throws {
        let (old, into) = (somePatient(), somePatient())
        let organization = try bench.organization(clinic.name)
        // There must be somebody left.
        guard clinic.model.mergedInto.count(where: { $0 == nil }) > 3 || random.chance(5) else {
            return
        }
        let mine = version(organization.patients[clinic.patients[old]]?.version)
        let survivor = clinic.patients[clinic.model.meant(into)]
        let theirs = version(organization.patients[survivor]?.version)
        let verdict = clinic.model.merge(old, into: into, stale: mine.isStale || theirs.isStale)
        let command = MergePatients(
            clinic.patients[old], expectedVersion: mine.expected, into: clinic.patients[into],
            expectedIntoVersion: theirs.expected, reason: "model")
        _ = try perform(command, verdict, "merge \(old) into \(into)")
    }

    private mutating func person() throws {
        var details = Patient.Details()
        let number = clinic.patients.count
        let isTaken = random.chance(20)
        details.externalRef = "patient-\(isTaken ? 0 : number)"
        details.name = "Patient \(number)"
        if random.chance(50) {
            let verdict: Verdict = isTaken ? .refused(["externalRefTaken"]) : .changed
            if !isTaken { clinic.model.mergedInto.append(nil) }
            guard
                let made = try perform(
                    CreateRecord<Patient>(details), verdict, "a new patient")
            else { return }
            clinic.patients.append(made.id)
            clinic.names.patients[made.id] = number
        } else if random.chance(70) {
            // One that is new, or that is known and comes as it is.
            if isTaken {
                details.externalRef = "patient-1"
                details.name = "Patient 1"
            } else {
                clinic.model.mergedInto.append(nil)
            }
            let made = try perform(
                ImportRecord<Patient>(details), isTaken ? .same : .changed,
                "import \(details.externalRef)")
            if !isTaken, let made {
                clinic.patients.append(made.0)
                clinic.names.patients[made.0] = number
            }
        } else {
            var provider = Provider.Details()
            provider.schedules = [ProviderSchedule(location: Identifier(value: 1), hours: [])]
            _ = try perform(
                ImportRecord<Provider>(provider), .refused(["unknownRecord"]),
                "a provider of nowhere")
        }
    }

    private mutating func settings() throws {
        var details = try bench.organization(clinic.name).profile.details
        let (expected, isStale) = version(
            try bench.organization(clinic.name).profile.version)
        let verdict: Verdict
        switch random.pick(0...2) {
        case 0:
            details.earlyFinishFrees.toggle()
            verdict = clinic.model.set({ $0.earlyFinishFrees.toggle() }, stale: isStale)
        case 1:
            details.isProcedureOptional.toggle()
            verdict = clinic.model.set({ $0.isProcedureOptional.toggle() }, stale: isStale)
        default:
            let minutes = 30 * random.pick(0...2)
            details.noShowSweep = Int32(minutes)
            verdict = clinic.model.set({ $0.sweep = minutes }, stale: isStale)
        }
        _ = try perform(
            UpdateOrganization(expectedVersion: expected, details: details), verdict, "settings")
    }

    private mutating func timeOff() throws {
        let number = random.pick(0...Model.providers - 1)
        let organization = try bench.organization(clinic.name)
        let (expected, isStale) = version(
            organization.providers[clinic.providers[number]]?.version)
        // On one day, and never twice the same.
        let start = now / 15 * 15 + 15 * random.pick(1...24)
        let end = min(start + 15 * random.pick(1...4), (start / 1440 + 1) * 1440)
        let adds = random.chance(55) && !clinic.model.off[number].contains(start..<end)
        let isTrial = random.chance(15)
        // What was off before, and who broke that on purpose, makes it hard to foretell.
        let isPlain = clinic.model.off[number].isEmpty && !clinic.model.hasKnownOff
        let isStrict = adds && isPlain && random.chance(60)
        let date = LocalDate(dayNumber: Int32(start / 1440))
        let off = TimeOff(
            startDate: date, startMinute: Int32(start % 1440), endDate: date,
            endMinute: Int32(end - start / 1440 * 1440))
        let command = ChangeSchedule<Provider>(
            clinic.providers[number], expectedVersion: expected, isDryRun: isTrial,
            policy: isStrict ? .refuseIfAny : .keepAndFlag
        ) { details in
            if adds {
                details.timeOff.append(off)
            } else if !details.timeOff.isEmpty {
                details.timeOff.removeFirst()
            }
        }
        let verdict = clinic.model.changeOff(
            of: number, adding: adds ? start..<end : nil, strict: isStrict, trial: isTrial,
            stale: isStale)
        _ = try perform(
            command, verdict, "\(adds ? "add" : "take") time off of \(number) \(start)-\(end)")
    }

    private mutating func buffers() throws {
        let isOne = random.chance(70)
        let number = isOne ? 1 : random.pick(0...Play.services.count - 1)
        let service = clinic.services[number]
        if random.chance(60) {
            let isTrial = random.chance(20)
            if random.chance(10) {
                _ = try perform(
                    ReapplyBuffers(Identifier(value: 1), at: nil, isDryRun: isTrial),
                    .refused(["unknownRecord"]), "reapply nothing's buffers")
                return
            }
            let verdict = clinic.model.reapply(number, trial: isTrial)
            _ = try perform(
                ReapplyBuffers(service, at: clinic.location, isDryRun: isTrial), verdict,
                "reapply \(number)")
            return
        }
        let row = try #require(try bench.organization(clinic.name).services[service])
        let (expected, isStale) = version(row.version)
        let minutes = 5 * random.pick(0...3)
        var details = row.details
        details.bufferAfter = Int32(minutes)
        guard random.chance(90) else {
            _ = try perform(
                UpdateRecord<Service>(
                    Identifier(value: 1), expectedVersion: 0, details: details),
                .refused(["unknownRecord"]), "change no service")
            return
        }
        let verdict = clinic.model.setAfter(minutes, of: number, stale: isStale)
        _ = try perform(
            UpdateRecord<Service>(service, expectedVersion: expected, details: details), verdict,
            "\(minutes) after \(number)")
    }

    private mutating func pin() throws {
        let isFit = random.chance(85)
        let wanted = someVisit { visit in
            !isFit || visit.column.keepsTime && visit.parts.contains(where: \.usesRoom)
        }
        guard let visit = wanted ?? someVisit(), let parts = clinic.model.visits[visit]?.parts
        else { return }
        let record = try record(visit: visit)
        let (expected, isStale) = version(record.version)
        let index = parts.firstIndex(where: \.usesRoom) ?? 0
        let segment = random.chance(90) ? index + 1 : 0
        // Few, so that they are wanted twice.
        let room = random.chance(80) ? random.pick(0...1) : nil
        let verdict = clinic.model.pin(visit, part: segment, room: room, stale: isStale)
        let command = PinResources(
            record.id, expectedVersion: expected, segment: Int32(segment),
            resources: room.map { [clinic.rooms[$0]] } ?? [])
        _ = try perform(command, verdict, "pin \(room ?? -1) to \(visit).\(segment)")
    }

    // MARK: Imports

    mutating func importing() throws {
        if random.chance(40) { return try importTreatment() }
        let known = clinic.model.visits.values.compactMap(\.imported)
        if random.chance(20), let again = random.pick(known.sorted { $0.name < $1.name }) {
            let row = clinic.model.visits.values.first { $0.imported == again }
            if let row { return try importVisit(again.name, row.first()) }
        }
        let start = now + random.pick(-240...360)
        let part = Visit.Part(
            provider: random.pick(0...2), service: random.pick(0...3), start: start,
            end: start + random.pick(5...90))
        let column = random.pick(Column.allCases) ?? .new
        let name = random.pick(0...60)
        try importVisit(
            name,
            Visit(
                patient: somePatient(), column: column, log: [column], trail: [column],
                parts: [part],
                imported: Visit.Imported(name: name, at: Int(bench.now.milliseconds))))
    }

    private mutating func importVisit(_ name: Int, _ visit: Visit) throws {
        let part = visit.parts[0]
        let (verdict, number) = clinic.model.importVisit(name, visit)
        let command = ImportBooking(
            externalRef: "import-\(name)", patient: clinic.patients[visit.patient],
            location: try #require(clinic.location), provider: clinic.providers[part.provider],
            service: clinic.services[part.service],
            interval: try #require(
                Interval(
                    Minute(sinceEpoch: Int32(part.start)), Minute(sinceEpoch: Int32(part.end)))),
            stageHistory: [
                StageChange(
                    stage: try stage(visit.log[0]),
                    at: Instant(milliseconds: Int64(visit.imported?.at ?? 0)), actor: "model")
            ], note: "")
        let outcome = try perform(command, verdict, "import \(name) \(visit)")
        if let number, let outcome { clinic.know(number, outcome.0) }
    }

    private mutating func importTreatment() throws {
        guard let visit = someVisit(), let patient = clinic.model.visits[visit]?.patient else {
            return
        }
        let name = random.pick(0...40)
        let kind = random.pick(0...3)
        let status = random.pick([ProcedureStatus.inProgress, .completed]) ?? .completed
        var new = Treatment(patient: random.chance(85) ? patient : somePatient(), type: kind)
        new.work = status == .completed ? .completed : .inProgress
        new.imported = Treatment.Imported(
            name: name, visit: visit, at: Int(bench.now.milliseconds))
        let (verdict, number) = clinic.model.importTreatment(new, to: visit)
        let command = ImportProcedure(
            externalRef: "import-\(name)", patient: clinic.patients[new.patient],
            booking: try record(visit: visit).id, type: clinic.kinds[kind], status: status,
            startedAt: bench.now, completedAt: nil)
        let outcome = try perform(command, verdict, "import the treatment \(name) of \(visit)")
        if let number, let outcome { clinic.know(number, outcome.0) }
    }
}

extension Visit {
    /// As it was when it came in, for all that is known.
    func first() -> Visit {
        var copy = self
        copy.column = log[0]
        copy.log = [log[0]]
        copy.trail = copy.log
        return copy
    }
}

extension Model {
    /// Somebody has booked over time off on purpose.
    var hasKnownOff: Bool { visits.values.contains { $0.knowsOff } }
}
