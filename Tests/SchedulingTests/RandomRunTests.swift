import Intervals
import TestSupport
import Testing
import Workload

@testable import Scheduling

#if canImport(Glibc)
    import Glibc
#endif

/// Thousands of random commands, and what must be true after each, whatever was asked.
///
/// The checks are written against the records alone; `violations()` and the indexes are among
/// what is checked. `SLOTD_TEST_SEED` names another seed than the fixed ones, or `random` for a
/// fresh one; a failure prints the seed that replays it.
struct RandomRunTests {
    /// The seeds of this run.
    static let seeds: [UInt64] = {
        guard let wish = getenv("SLOTD_TEST_SEED").map({ String(cString: $0) }) else {
            return [1, 2]
        }
        return [UInt64(wish) ?? .random(in: 0 ... .max)]
    }()

    /// A run: the organization, the stream, and what was seen.
    private struct Run {
        var sandbox: Sandbox
        var stream: CommandStream
        var random: SplitMix64
        var events: [Event] = []
        var refusals: [Reason: Int] = [:]
        /// How often each kind of command changed something, and how often it was refused.
        var performed: [String: Int] = [:]
        var refused: [String: Int] = [:]

        init(seed: UInt64, activeProceduresPerSegment: Int32) throws {
            var settings = OrganizationProfile.Details()
            settings.activeProceduresPerSegment = activeProceduresPerSegment
            settings.earlyFinishFrees = true
            settings.noShowSweep = seed % 2 == 0 ? 60 : 0
            settings.cancellationFee = Money(minor: 2500, currency: "USD")
            let today = try day(2026, 10, 30)
            sandbox = Sandbox(
                settings, zones: TimeZoneDatabase(), now: Instant(try utc("2026-10-30T13:00Z")),
                seed: seed, hasTestClock: seed % 2 == 0)
            // Few of everything, so that commands meet. The clocks go back on the third day.
            var clinic = Clinic.medSpa(patients: 4, today: today, seed: seed)
            clinic.locations.removeLast(2)
            clinic.providers.removeAll { $0.hours.contains { $0.location > 1 } }
            for index in clinic.services.indices {
                clinic.services[index].providers = Array(clinic.providers.indices)
                clinic.services[index].details.notice = 0
                clinic.services[index].details.price = Price(
                    amount: Money(minor: 10_000, currency: "USD"), code: "S\(index)")
                if index % 2 == 0 {
                    clinic.services[index].details.requirements = [Requirement(.pool("rooms"))]
                }
            }
            let ids = try sandbox.open(clinic)
            for location in ids.locations {
                var room = Resource.Details(location: location)
                room.pool = "rooms"
                for _ in 0..<3 { try sandbox.perform(CreateRecord<Resource>(room)) }
            }
            stream = CommandStream(ids, daysAhead: 2, seed: seed &+ 1)
            random = SplitMix64(seed: seed &+ 2)
        }

        /// Each of these commands has changed something, and was refused where it can be.
        func hasSeen(_ all: Set<String>) -> Bool {
            all.isSubset(of: performed.keys)
                && all.subtracting(commandsNeverRefused).isSubset(of: refused.keys)
        }
    }

    @Test("whatever is asked, in any order, the rules hold after each step", arguments: seeds)
    func rulesHold(seed: UInt64) throws {
        var run = try Run(seed: seed, activeProceduresPerSegment: seed % 2 == 0 ? 0 : 1)
        let start = run.sandbox.organization
        var all = try commandNames()
        if run.sandbox.organization.profile.testClock == nil { all.remove("MoveClock") }
        // What is rare is waited for.
        for step in 0..<40_000 where step < 8000 || !run.hasSeen(all) {
            run.sandbox.now = run.sandbox.now.adding(seconds: Int64(run.random.pick(0...240)))
            let before = run.sandbox.organization
            run.sandbox.role = run.random.pick([.staff, .staff, .manager, .patient]) ?? .staff
            let command = run.stream.next(for: before, now: run.sandbox.now)
            do {
                try run.sandbox.perform(command)
            } catch {
                run.refusals[error.reason, default: 0] += 1
                run.refused[command.kind, default: 0] += 1
                try #require(
                    run.sandbox.lastEvent == nil, "seed \(seed) step \(step): refused and changed")
                continue
            }
            guard let event = run.sandbox.lastEvent else { continue }
            run.stream.note(event)
            run.events.append(event)
            run.performed[command.kind, default: 0] += 1
            var broken = run.sandbox.organization.violations()
            broken += run.sandbox.organization.strandedCards()
            broken += check(event, before: before, after: run.sandbox.organization)
            if step % 64 == 0 { broken += checkUndo(run.sandbox, before: before) }
            try #require(broken.isEmpty, "seed \(seed) step \(step): \(broken) by \(command)")
        }
        checkReplay(run, from: start, seed: seed)
        // A run that refuses nearly everything, or nothing, would prove little.
        #expect(
            run.events.count > 1000, "seed \(seed): \(run.events.count) events, \(run.refusals)")
        #expect(run.refusals.count > 15, "seed \(seed): \(run.refusals)")
        let never = all.subtracting(run.performed.keys)
        #expect(never.isEmpty, "seed \(seed): \(never) changed nothing")
        let always = all.subtracting(run.refused.keys).subtracting(commandsNeverRefused)
        #expect(always.isEmpty, "seed \(seed): \(always) were not refused")
        #expect(Set(run.refused.keys).isDisjoint(with: commandsNeverRefused))
    }

    // MARK: After each event

    /// The records that an event wrote, against the records alone.
    private func check(_ event: Event, before: Organization, after: Organization) -> [String] {
        var broken: [String] = []
        var seen: Set<RecordKey> = []
        // A wish that comes, or comes back, to the waitlist may be offered something at once.
        var wishes: [RecordKey: Int64] = [:]
        for (index, write) in event.writes.enumerated() {
            let found = wishes[write.key] ?? before.record(write.key)?.version ?? 0
            if write.key.kind == .waitlistEntry { wishes[write.key] = write.version }
            if event.versionBefore(index) != found { broken.append("found another version") }
            let isCounted = write.key.kind != .hold && write.key.kind != .attachment
            if isCounted, write.version != 0, write.version != found + 1 {
                broken.append("makes version \(write.version) of version \(found)")
            }
            switch write {
            case .remove(let key):
                if before.record(key) == nil { broken.append("removes what is not there") }
                broken += check(removed: key, before: before)
            case .put(let record):
                if !seen.insert(record.key).inserted,
                    record.key.kind != .waitlistEntry
                {
                    broken.append("writes a record twice")
                }
                if before.record(record.key) == record { broken.append("writes what is there") }
                broken += check(record, before: before, after: after, at: event.at)
            }
        }
        return broken
    }

    private func check(
        _ record: Record, before: Organization, after: Organization, at now: Instant
    ) -> [String] {
        switch record {
        case .booking(let booking):
            return check(booking, was: before.bookings[booking.id], after, at: now)
        case .hold(let hold):
            // One for moving a booking may lie over that booking's own time.
            // One that has run out keeps nothing, but follows its patient all the same.
            if isDeliberate(hold.overrides) || hold.moving != nil || hold.expiresAt <= now {
                return []
            }
            return hold.segments.flatMap {
                overlaps($0, owner: hold.id.value, in: after, at: now)
            }
        case .procedure(let procedure):
            return check(procedure, was: before.procedures[procedure.id], after)
        case .attachment(let attachment):
            let key = SegmentKey(booking: attachment.booking, segment: attachment.segment)
            let most = after.profile.details.activeProceduresPerSegment
            let count = after.activeAttachments(of: key).count
            return most == 0 || count <= most ? [] : ["\(count) procedures on one segment"]
        default:
            return []
        }
    }

    /// Only holds go, and bookings that left no trace.
    private func check(removed key: RecordKey, before: Organization) -> [String] {
        switch key.kind {
        case .hold: return []
        case .booking:
            let id = Identifier<Booking>(value: key.id)
            let isTraceless =
                before.attachments.all.allSatisfy { $0.booking != id }
                && before.bookings[id]?.deposit?.isPaid != true
            return isTraceless ? [] : ["removes a booking that was attached or paid for"]
        default: return ["removes a \(key.kind)"]
        }
    }

    /// Every change of stage that a booking's history got is a legal one.
    private func checkStages(of booking: Booking, was old: Booking) -> [String] {
        let added = (0...3).first { count in
            let kept = booking.stageHistory.dropLast(count)
            return kept == old.stageHistory.suffix(kept.count)
        }
        guard let added else { return ["history was rewritten"] }
        var stage = old.stage
        for change in booking.stageHistory.suffix(added) {
            let isLegal =
                change.isUndo
                ? change.stage.successors.contains(stage) : stage.successors.contains(change.stage)
            if !isLegal { return ["\(stage) to \(change.stage)"] }
            stage = change.stage
        }
        return stage == booking.stage ? [] : ["history lags"]
    }

    private func check(
        _ booking: Booking, was old: Booking?, _ after: Organization, at now: Instant
    ) -> [String] {
        var broken: [String] = []
        if booking.version != (old?.version ?? 0) + 1, old != nil {
            broken.append("version \(booking.version) follows \(old?.version ?? 0)")
        }
        if booking.stageHistory.last?.stage != booking.stage { broken.append("history lags") }
        if (booking.cancellation != nil) != (booking.stage == .cancelled),
            booking.stage != .archived
        {
            broken.append("cancellation in \(booking.stage)")
        }
        if let old {
            // A merge takes the visits along.
            if after.survivor(of: old.patient) != booking.patient
                || old.location != booking.location
            {
                broken.append("patient or location changed")
            }
            broken += checkStages(of: booking, was: old)
            // A visit that goes on may have its time again.
            let goesOn: [Stage] = [.new, .confirmed, .checkIn, .inProcedure]
            if let minute = old.releasedAt, old.stage.occupies, booking.stage.occupies,
                booking.segments == old.segments,
                booking.releasedAt.map({ $0 > minute }) ?? !goesOn.contains(booking.stage)
            {
                broken.append("took back what it had released")
            }
        }
        if booking.stage.occupies, !isDeliberate(booking.overrides) {
            for segment in booking.occupancies {
                broken += overlaps(segment, owner: booking.id.value, in: after, at: now)
            }
        }
        return broken
    }

    /// It was laid over something else on purpose.
    private func isDeliberate(_ overrides: [Reason]) -> Bool {
        overrides.contains(.slotTaken) || overrides.contains(.buffer)
    }

    /// Whatever else keeps the provider's time, buffers included, found by looking at every record.
    private func overlaps(
        _ segment: BookingSegment, owner: UInt128, in organization: Organization, at now: Instant
    ) -> [String] {
        func meets(_ other: BookingSegment) -> Bool {
            let gap = other.interval.start.minutes(until: segment.interval.end)
            let behind = segment.interval.start.minutes(until: other.interval.end)
            return other.provider == segment.provider
                && gap > -Int(segment.bufferAfter + other.bufferBefore)
                && behind > -Int(segment.bufferBefore + other.bufferAfter)
        }
        let bookings = organization.bookings.all.filter { booking in
            booking.id.value != owner && booking.stage.occupies && !isDeliberate(booking.overrides)
                && booking.occupancies.contains(where: meets)
        }
        let holds = organization.holds.all.filter { hold in
            hold.id.value != owner && hold.expiresAt > now && hold.moving?.value != owner
                && !isDeliberate(hold.overrides) && hold.segments.contains(where: meets)
        }
        return bookings.map { "overlaps \($0.id)" } + holds.map { "overlaps \($0.id)" }
    }

    private func check(
        _ procedure: Procedure, was old: Procedure?, _ after: Organization
    ) -> [String] {
        var broken: [String] = []
        if let old {
            if procedure.version != old.version + 1 { broken.append("procedure version jumps") }
            if procedure.status.rawValue < old.status.rawValue { broken.append("status goes back") }
        }
        if procedure.steps.map(\.step) != Set(procedure.steps.map(\.step)).sorted() {
            broken.append("steps out of order")
        }
        if procedure.status == .inProgress, procedure.entry != .imported,
            after.activeAttachment(of: procedure.id) == nil || procedure.type == nil
        {
            broken.append("submitted without step 2")
        }
        return broken
    }

    // MARK: Undo and replay

    /// Taking the event back gives the state before, and applying it again the state after.
    private func checkUndo(_ sandbox: Sandbox, before: Organization) -> [String] {
        guard let event = sandbox.lastEvent else { return [] }
        var organization = sandbox.organization
        let after = Snapshot(organization)
        organization.undo(event, inverse: sandbox.lastInverse)
        var broken: [String] = []
        if Snapshot(organization) != Snapshot(before) { broken.append("undo does not restore") }
        organization.apply(event)
        if Snapshot(organization) != after { broken.append("applying again differs") }
        if Snapshot(sandbox.organization.rebuilt()) != after {
            broken.append("indexes do not follow from the records")
        }
        return broken
    }

    /// The events alone lead to the same state, and all of them can be taken back.
    private func checkReplay(_ run: Run, from start: Organization, seed: UInt64) {
        let live = Snapshot(run.sandbox.organization)
        var replayed = start
        var inverses: [[RecordWrite]] = []
        for event in run.events { inverses.append(replayed.apply(event)) }
        #expect(Snapshot(replayed) == live, "seed \(seed)")
        #expect(Snapshot(run.sandbox.organization.rebuilt()) == live, "seed \(seed)")
        for (event, inverse) in zip(run.events, inverses).reversed() {
            replayed.undo(event, inverse: inverse)
        }
        #expect(Snapshot(replayed) == Snapshot(start), "seed \(seed)")
        #expect(replayed.violations().isEmpty)
    }
}
