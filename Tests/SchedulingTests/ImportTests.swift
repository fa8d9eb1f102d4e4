import Intervals
import Testing
import Workload

@testable import Scheduling

/// Records of other systems: in the past, out of hours, of any length; never over another booking.
struct ImportTests {
    private func row(
        _ spa: Spa, _ ref: String, _ interval: Interval, history: [StageChange] = []
    ) -> ImportBooking {
        ImportBooking(
            externalRef: ref, patient: spa.mina, location: spa.location, provider: spa.ada,
            service: spa.facial, interval: interval, stageHistory: history, note: "")
    }

    private func span(_ start: String, _ end: String) throws -> Interval {
        try #require(Interval(utc(start), utc(end)))
    }

    @Test("a booking of 1928 and one of 27 days are taken, and what they break is noted")
    func farAndLong() throws {
        var spa = try Spa()
        let old = try spa.sandbox.perform(
            row(spa, "old", span("1928-03-04T01:07Z", "1928-03-04T01:22Z")))
        #expect(old.1 == .created)
        let first = try spa.booking(old.0)
        #expect(
            Set(first.overrides) == [.durationNotOffered, .outsideHours, .tooSoon])
        #expect(first.utcOffset == -300 && first.stage == .new)
        let long = try spa.sandbox.perform(
            row(spa, "long", span("2023-01-01T00:00Z", "2023-01-28T00:00Z")))
        #expect(try spa.booking(long.0).end == utc("2023-01-28T00:00Z"))
        let within = spa.sandbox.refusal(
            of: row(spa, "within", try span("2023-01-20T15:00Z", "2023-01-20T15:01Z")))
        #expect(within?.reason == .slotTaken && within?.blocking == [long.0.description])
        #expect(
            spa.sandbox.refusal(
                of: row(spa, "touching", try span("2023-01-28T00:00Z", "2023-01-28T00:15Z"))) == nil
        )
        #expect(try spa.slots().count == 31, "today is not touched by any of it")
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("an ordinary visit in the future breaks no rule")
    func ordinary() throws {
        var spa = try Spa()
        let id = try spa.sandbox.perform(
            row(spa, "a", #require(Interval(start: spa.at(10), minutes: 30)))
        ).0
        #expect(try spa.booking(id).overrides.isEmpty)
    }

    @Test("a second run changes nothing and says so; other fields are refused")
    func again() throws {
        var spa = try Spa()
        let interval = try span("2023-01-01T00:00Z", "2023-01-01T00:15Z")
        let history = [
            StageChange(stage: .checkout, at: Instant(interval.end), actor: "import")
        ]
        let first = try spa.sandbox.perform(row(spa, "a", interval, history: history))
        let second = try spa.sandbox.perform(row(spa, "a", interval, history: history))
        #expect(second.0 == first.0 && second.1 == .unchanged && spa.sandbox.lastEvent == nil)
        #expect(try spa.sandbox.perform(row(spa, "a", interval)).1 == .unchanged)
        let other = row(spa, "a", try span("2023-01-02T00:00Z", "2023-01-02T00:15Z"))
        let refusal = spa.sandbox.refusal(of: other)
        #expect(refusal?.reason == .externalRefTaken)
        #expect(refusal?.resource?.id == first.0.description)
    }

    @Test("what has freed its time may lie over others")
    func freed() throws {
        var spa = try Spa()
        let interval = try span("2023-01-01T00:00Z", "2023-01-01T00:15Z")
        try spa.sandbox.perform(row(spa, "a", interval))
        for (index, stage) in [Stage.cancelled, .noShow, .archived, .waitlist].enumerated() {
            let history = [StageChange(stage: stage, at: Instant(interval.end), actor: "i")]
            let id = try spa.sandbox.perform(row(spa, "b\(index)", interval, history: history)).0
            #expect(try (spa.booking(id).cancellation != nil) == (stage == .cancelled))
        }
        let refusal = spa.sandbox.refusal(of: row(spa, "c", interval))
        #expect(refusal?.reason == .slotTaken)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a booking that does not say when it was made was made when its history begins")
    func bookedWithHistory() throws {
        var spa = try Spa()
        let visit = try span("2023-01-10T09:00Z", "2023-01-10T09:15Z")
        let made = Instant(try utc("2023-01-02T00:00Z"))
        let history = [StageChange(stage: .new, at: made, actor: "i")]
        let id = try spa.sandbox.perform(row(spa, "a", visit, history: history)).0
        #expect(try spa.booking(id).createdAt == made)
        let late = try span("2023-01-11T09:00Z", "2023-01-11T09:15Z")
        let other = try spa.sandbox.perform(row(spa, "b", late)).0
        #expect(try spa.booking(other).createdAt == spa.sandbox.now)
    }

    @Test("nothing is taken that lies after now, nor a no-show of a visit that is still to come")
    func future() throws {
        var spa = try Spa()
        let visit = try #require(Interval(start: spa.at(18), minutes: 30))
        let now = spa.sandbox.now
        let later = now.adding(seconds: 1)
        let path = "booking.stage_history[1]"
        func row(
            _ stage: Stage, at: Instant?, booked: Instant? = nil
        ) -> ImportBooking {
            var row = self.row(spa, "\(stage)", visit)
            row.stageHistory = [
                ImportStage(stage: .new, at: now, actor: ""),
                ImportStage(stage: stage, at: at, actor: ""),
            ]
            row.bookedAt = booked
            return row
        }
        #expect(spa.sandbox.refusal(of: row(.confirmed, at: later))?.field == "\(path).at")
        let made = spa.sandbox.refusal(of: row(.confirmed, at: now, booked: later))
        #expect(made?.field == "booking.booked_at")
        let missed = spa.sandbox.refusal(of: row(.noShow, at: now))
        #expect(missed?.reason == .notStartedYet && missed?.field == "\(path).stage")
        for stage in [Stage.checkIn, .inProcedure, .billing, .checkout] {
            #expect(spa.sandbox.refusal(of: row(stage, at: nil))?.field == "\(path).stage")
        }
        let early = try spa.sandbox.perform(row(.checkIn, at: now)).0
        try spa.sandbox.perform(CancelBooking(early, expectedVersion: 0, reason: "x"))
        let planned = try spa.sandbox.perform(row(.confirmed, at: nil)).0
        try spa.sandbox.perform(CancelBooking(planned, expectedVersion: 0, reason: "x"))
        let id = try spa.sandbox.perform(row(.archived, at: nil)).0
        #expect(try spa.booking(id).stageHistory.map(\.at) == [now, now])
    }

    @Test("a stage that does not say since when is dated by the visit, and by its neighbours")
    func undated() throws {
        var spa = try Spa()
        let visit = try span("2023-01-10T09:00Z", "2023-01-10T09:15Z")
        let (start, end) = (Instant(visit.start), Instant(visit.end))
        let day = Instant(try utc("2023-01-02T00:00Z"))
        func times(
            _ ref: String, booked: Instant? = nil, _ stages: [(Stage, Instant?)]
        ) throws -> [Instant] {
            var row = row(spa, ref, visit)
            row.bookedAt = booked
            row.stageHistory = stages.map { ImportStage(stage: $0.0, at: $0.1, actor: "") }
            let id = try spa.sandbox.perform(row).0
            #expect(try spa.sandbox.perform(row).1 == .unchanged)
            let times = try spa.booking(id).stageHistory.map(\.at)
            try spa.sandbox.perform(ArchiveBooking(id, expectedVersion: 0, reason: "x"))
            return times
        }
        #expect(try times("a", [(.new, nil), (.checkout, nil)]) == [start, end])
        #expect(
            try times("b", booked: day, [(.new, nil), (.confirmed, nil), (.checkIn, nil)])
                == [day, day, start])
        #expect(
            try times("c", [(.new, nil), (.confirmed, day), (.noShow, nil)]) == [day, day, end])
        let to = try #require(Interval(start: spa.at(18), minutes: 30))
        var coming = row(spa, "d", to)
        coming.stageHistory = [ImportStage(stage: .new, at: nil, actor: "")]
        let id = try spa.sandbox.perform(coming).0
        #expect(try spa.booking(id).stageHistory.map(\.at) == [spa.sandbox.now])
    }

    @Test("a booking that says when it was made meets what held the time then, in every run")
    func asOfThen() throws {
        var spa = try Spa()
        let visit = try span("2023-01-10T09:00Z", "2023-01-10T09:15Z")
        func at(_ day: String) throws -> Instant { Instant(try utc("2023-01-\(day)T00:00Z")) }
        func booked(
            _ ref: String, on day: String, _ later: [(Stage, String)] = []
        ) throws -> ImportBooking {
            let history = try ([(.new, day)] + later).map { stage, day in
                StageChange(stage: stage, at: try at(day), actor: "i")
            }
            var row = row(spa, ref, visit, history: history)
            row.bookedAt = try at(day)
            return row
        }
        // Cancelled on the day it was made, then one whose patient did not come, then what found
        // the time taken: also one that was itself given up at once.
        let taken = [
            try booked("a", on: "02", [(.cancelled, "02")]),
            try booked("b", on: "03", [(.noShow, "11")]),
        ]
        let refused = [
            try booked("c", on: "04"), try booked("d", on: "05", [(.cancelled, "05")]),
        ]
        let late = try booked("e", on: "11")
        for run in [ImportOutcome.created, .unchanged] {
            for row in taken { #expect(try spa.sandbox.perform(row).1 == run) }
            for row in refused {
                let refusal = spa.sandbox.refusal(of: row)
                #expect(refusal?.reason == .slotTaken && refusal?.blocking.count == 1)
            }
        }
        #expect(try spa.sandbox.perform(late).1 == .created, "made when the time was free again")
        let id = try spa.sandbox.perform(late).0
        let booking = try spa.booking(id)
        #expect(booking.createdAt == late.bookedAt)
        #expect(
            spa.sandbox.refusal(of: row(spa, "now", visit))?.blocking == [booking.id.description])
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a visit of several services that ended early keeps what it used")
    func severalServices() throws {
        var spa = try Spa()
        var visit = row(spa, "a", try span("2023-01-10T09:00Z", "2023-01-10T09:30Z"))
        visit.segments.append(
            ImportSegment(
                provider: spa.bo, service: spa.facial,
                interval: try span("2023-01-10T09:30Z", "2023-01-10T10:00Z")))
        visit.releasedAt = try utc("2023-01-10T09:40Z")
        let id = try spa.sandbox.perform(visit).0
        let booking = try spa.booking(id)
        #expect(try booking.end == utc("2023-01-10T10:00Z") && booking.segments.count == 2)
        #expect(try spa.sandbox.perform(visit).1 == .unchanged)
        var other = row(spa, "b", try span("2023-01-10T09:39Z", "2023-01-10T09:50Z"))
        other.segments[0].provider = spa.bo
        #expect(spa.sandbox.refusal(of: other)?.reason == .slotTaken)
        other.segments[0].interval = try span("2023-01-10T09:40Z", "2023-01-10T09:50Z")
        #expect(spa.sandbox.refusal(of: other) == nil)
        visit.externalRef = "c"
        visit.releasedAt = try utc("2023-01-10T10:00Z")
        #expect(spa.sandbox.refusal(of: visit)?.field == "booking.released_at")
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a record without a reference goes by its id; a history that went on is the same booking")
    func byID() throws {
        var spa = try Spa()
        let interval = try span("2023-01-01T00:00Z", "2023-01-01T00:15Z")
        let new = StageChange(stage: .new, at: Instant(interval.start), actor: "i")
        let out = StageChange(stage: .checkout, at: Instant(interval.end), actor: "i")
        let first = try spa.sandbox.perform(row(spa, "", interval, history: [new, out])).0
        let again = row(spa, first.description, interval, history: [new])
        #expect(try spa.sandbox.perform(again) == (first, .unchanged))
        let other = row(spa, first.description, interval, history: [out])
        #expect(spa.sandbox.refusal(of: other)?.reason == .externalRefTaken)

        let patient = try #require(spa.organization.patients[spa.mina])
        var details = patient.details
        details.externalRef = ""
        let update = UpdateRecord<Patient>(spa.mina, expectedVersion: 0, details: details)
        try spa.sandbox.perform(update)
        details.externalRef = spa.mina.description
        #expect(
            try spa.sandbox.perform(ImportRecord<Patient>(details)) == (spa.mina, .unchanged))
    }

    @Test("a live hold stands in the way of an import, an expired one does not")
    func holds() throws {
        var spa = try Spa()
        let request = SlotRequest(
            location: spa.location, service: spa.facial, providers: [spa.ada])
        let hold = try spa.sandbox.perform(
            PlaceHold(request, start: try spa.at(10), patient: nil, owner: "web", seconds: 0))
        let visit = row(spa, "a", hold.segments[0].interval)
        let refusal = spa.sandbox.refusal(of: visit)
        #expect(refusal?.reason == .slotHeld)
        #expect(refusal?.retryAt == hold.expiresAt && refusal?.blocking.isEmpty == true)
        spa.sandbox.now = hold.expiresAt
        #expect(spa.sandbox.refusal(of: visit) == nil)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("unknown records are named, each as what it is")
    func unknown() throws {
        var spa = try Spa()
        let good = row(spa, "a", try span("2023-01-01T00:00Z", "2023-01-01T00:15Z"))
        func kind(_ change: (inout ImportBooking) -> Void) -> String? {
            var copy = good
            change(&copy)
            return spa.sandbox.refusal(of: copy)?.resource?.kind
        }
        #expect(kind { $0.patient = Identifier(value: 9) } == "patient")
        #expect(kind { $0.location = Identifier(value: 9) } == "location")
        #expect(kind { $0.segments[0].provider = Identifier(value: 9) } == "provider")
        #expect(kind { $0.segments[0].service = Identifier(value: 9) } == "service")
        #expect(spa.organization.bookings.count == 0)
    }

    @Test("an imported booking can be moved and restored like any other")
    func afterwards() throws {
        var spa = try Spa()
        let id = try spa.sandbox.perform(
            row(spa, "a", #require(Interval(start: spa.at(18), minutes: 45)))
        ).0
        let moved = try spa.sandbox.perform(
            RescheduleBooking(id, expectedVersion: 0, start: try spa.at(10), provider: nil))
        #expect(moved.end == (try spa.at(10, 45)))
        #expect(moved.overrides == [.durationNotOffered], "it lies within hours now")
    }

    // MARK: Procedures

    private func procedure(
        _ spa: Spa, _ ref: String, _ booking: Identifier<Booking>,
        status: ProcedureStatus = .completed
    ) -> ImportProcedure {
        ImportProcedure(
            externalRef: ref, patient: spa.mina, booking: booking, type: spa.facialType,
            status: status, startedAt: spa.sandbox.now, completedAt: nil)
    }

    @Test("many procedures may share a booking where the setting is 0, and one where it is 1")
    func many() throws {
        var spa = try Spa(activeProceduresPerSegment: 0)
        let booking = try spa.book(spa.at(10))
        for number in 0..<12 {
            let result = try spa.sandbox.perform(procedure(spa, "p\(number)", booking.id))
            #expect(result.1 == .created)
            #expect(
                try spa.sandbox.perform(procedure(spa, "p\(number)", booking.id)).1 == .unchanged)
        }
        #expect(spa.organization.activeAttachments(of: booking).count == 12)
        let listed = spa.organization.listProcedures(
            patient: nil, booking: booking, statuses: [], after: nil, limit: 5)
        #expect(listed.rows.count == 5 && listed.next != nil)
        #expect(spa.organization.violations().isEmpty)

        var strict = try Spa()
        let only = try strict.book(strict.at(10))
        try strict.sandbox.perform(procedure(strict, "p0", only.id))
        let second = strict.sandbox.refusal(of: procedure(strict, "p1", only.id))
        #expect(second?.reason == .alreadyAttached)
    }

    @Test("a procedure attaches in any stage, keeps its patient, and is as far as it says")
    func procedures() throws {
        var spa = try Spa(activeProceduresPerSegment: 0)
        let booking = try spa.book(spa.at(10))
        try spa.sandbox.perform(CancelBooking(booking.id, expectedVersion: 0, reason: ""))
        let done = try spa.sandbox.perform(procedure(spa, "a", booking.id)).0
        #expect(try spa.procedure(done).submittedAt != nil)
        let draft = try spa.sandbox.perform(procedure(spa, "b", booking.id, status: .draft)).0
        #expect(try spa.procedure(draft).submittedAt == nil)
        var foreign = procedure(spa, "c", booking.id)
        foreign.patient = spa.noor
        #expect(spa.sandbox.refusal(of: foreign)?.reason == .patientMismatch)
        let missing = procedure(spa, "d", Identifier(value: 9))
        #expect(spa.sandbox.refusal(of: missing)?.reason == .unknownRecord)
        let other = procedure(spa, "a", booking.id, status: .draft)
        #expect(spa.sandbox.refusal(of: other)?.reason == .externalRefTaken)
    }

    @Test("a draft comes in without a type, and a consultation as one")
    func drafts() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        var row = procedure(spa, "a", booking.id)
        row.type = nil
        #expect(spa.sandbox.refusal(of: row)?.field == "procedure.procedure_type_ref")
        row.status = .draft
        row.isConsultOnly = true
        let id = try spa.sandbox.perform(row).0
        #expect(try spa.procedure(id).isConsultOnly && spa.procedure(id).type == nil)
        #expect(try spa.sandbox.perform(row).1 == .unchanged)
        row.isConsultOnly = false
        #expect(spa.sandbox.refusal(of: row)?.reason == .externalRefTaken)
        row.status = .abandoned
        row.type = spa.facialType
        row.externalRef = "b"
        let given = spa.sandbox.refusal(of: row)
        #expect(given?.field == "procedure.status")
    }

    // MARK: The catalog

    @Test("catalog records are created once, updated when they differ, and else left alone")
    func catalog() throws {
        var spa = try Spa()
        var details = Patient.Details()
        details.externalRef = "mrn-1"
        details.name = "Old Name"
        let first = try spa.sandbox.perform(ImportRecord<Patient>(details))
        #expect(first.1 == .created)
        #expect(try spa.sandbox.perform(ImportRecord<Patient>(details)).1 == .unchanged)
        details.name = "New Name"
        let third = try spa.sandbox.perform(ImportRecord<Patient>(details))
        #expect(third.1 == .updated && third.0 == first.0)
        #expect(spa.organization.patients[first.0]?.version == 2)
    }
}
