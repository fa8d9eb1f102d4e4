import Intervals
import Testing
import Workload

@testable import Scheduling

/// Two records of one person are made one: everything follows, and every name goes on to mean
/// somebody.
struct MergeTests {
    /// Noor goes into Mina.
    private func merge(
        _ spa: inout Spa, _ from: Identifier<Patient>? = nil, into: Identifier<Patient>? = nil
    ) throws(Rejection) -> MergePatients.Result {
        try spa.sandbox.perform(
            MergePatients(
                from ?? spa.noor, expectedVersion: 0, into: into ?? spa.mina,
                expectedIntoVersion: 0, reason: "twice in the books"))
    }

    private func newPatient(
        _ name: String, ref: String = "", _ spa: inout Spa
    ) throws -> Identifier<Patient> {
        var details = Patient.Details()
        details.name = name
        details.externalRef = ref
        return try spa.sandbox.perform(CreateRecord<Patient>(details)).id
    }

    @Test("bookings, holds, procedures and wishes follow in one event, each with a new version")
    func everythingFollows() throws {
        var spa = try Spa()
        try spa.setPrice(of: spa.facial)
        let visit = try spa.move(try spa.book(spa.at(10), patient: spa.noor), to: .checkIn)
        let procedure = try spa.start(visit).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
        try spa.sandbox.perform(
            SignProcedure(procedure: procedure.id, expectedVersion: 0, permittedBy: ""))
        let cancelled = try spa.book(spa.at(11), patient: spa.noor)
        try spa.sandbox.perform(CancelBooking(cancelled.id, expectedVersion: 0, reason: ""))
        let draft = try spa.draft(for: spa.noor)
        let hold = try spa.sandbox.perform(
            PlaceHold(
                SlotRequest(location: spa.location, service: spa.facial, providers: [spa.bo]),
                start: spa.at(12), patient: spa.noor, owner: "form", seconds: 0))
        let wish = try spa.sandbox.perform(
            JoinWaitlist(
                WaitlistEntry(
                    id: Identifier(value: 0), patient: spa.noor, location: spa.location,
                    segments: [SegmentRequest(service: spa.consultation)],
                    earliest: spa.at(9, day: 30), latest: spa.at(17, day: 30),
                    createdAt: spa.sandbox.now)))
        let own = try spa.book(spa.at(14))
        let before = spa.organization
        let result = try merge(&spa)
        #expect(result.survivor.id == spa.mina && result.survivor.version == 2)
        #expect(result.survivor.details == before.patients[spa.mina]?.details)
        #expect(result.merged.mergedInto == spa.mina && result.merged.version == 2)
        #expect(result.merged.details.name == "Noor Blackwood", "the trail can be read")
        #expect(result.bookings == 2 && result.procedures == 2 && result.waitlistEntries == 1)
        #expect(!result.overlaps)

        let after = spa.organization
        #expect(after.position == before.position + 1)
        #expect(spa.sandbox.lastEvent?.reason == "twice in the books")
        for id in [visit.id, cancelled.id] {
            #expect(after.bookings[id]?.patient == spa.mina)
            #expect(after.bookings[id]?.version == (before.bookings[id]?.version ?? 0) + 1)
        }
        for id in [procedure.id, draft.id] {
            #expect(after.procedures[id]?.patient == spa.mina)
            #expect(after.procedures[id]?.version == (before.procedures[id]?.version ?? 0) + 1)
        }
        #expect(after.holds[hold.id]?.patient == spa.mina)
        #expect(after.waitlist[wish]?.patient == spa.mina && after.waitlist[wish]?.version == 2)
        #expect(after.bookings[own.id] == own, "what was the survivor's is left alone")
        #expect(after.charges(of: procedure.id) == before.charges(of: procedure.id))
        #expect(after.activeAttachment(of: procedure.id)?.booking == visit.id)
        #expect(after.violations().isEmpty)

        // What was hers can be used as his: the hold is booked, the draft attached.
        var new = NewBooking()
        new.hold = hold.id
        let booked = try spa.sandbox.perform(CreateBooking(patient: spa.noor, new)).booking
        #expect(booked.patient == spa.mina)
        #expect(try spa.attach(draft, booked).procedure.patient == spa.mina)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("taking a merge back restores everything, and applying it again is the same merge")
    func undo() throws {
        var spa = try Spa()
        let visit = try spa.checkedIn()
        _ = try spa.start(visit)
        try spa.book(spa.at(12), patient: spa.noor)
        let before = Snapshot(spa.organization)
        _ = try merge(&spa, spa.mina, into: spa.noor)
        let after = Snapshot(spa.organization)
        #expect(Snapshot(spa.organization.rebuilt()) == after)
        let event = try #require(spa.sandbox.lastEvent)
        var organization = spa.organization
        organization.undo(event, inverse: spa.sandbox.lastInverse)
        #expect(Snapshot(organization) == before)
        organization.apply(event)
        #expect(Snapshot(organization) == after)
        // Boards and watchers hear of every visit, and of both names.
        let touched = spa.organization.touched(by: event, inverse: spa.sandbox.lastInverse)
        #expect(touched.bookings.contains(visit.id))
        #expect(touched.concerns(try spa.booking(visit.id)))
    }

    @Test("whoever names the patient that went means the one that stays, through every merge")
    func namesFollow() throws {
        var spa = try Spa()
        let first = try newPatient("A", ref: "A-1", &spa)
        let second = try newPatient("B", ref: "B-1", &spa)
        let third = try newPatient("C", ref: "C-1", &spa)
        _ = try merge(&spa, first, into: second)
        let again = try merge(&spa, second, into: third)
        #expect(again.merged.mergedInto == third)
        for id in [first, second, third] {
            #expect(spa.organization.survivor(of: id) == third)
            let booking = try spa.book(
                spa.at(10 + Int32(spa.organization.bookings.count)), patient: id)
            #expect(booking.patient == third)
            #expect(try spa.draft(for: id).patient == third)
        }
        var details = Patient.Details()
        details.name = "Changed"
        details.externalRef = "C-1"
        let updated = try spa.sandbox.perform(
            UpdateRecord(first, expectedVersion: 0, details: details))
        #expect(updated.id == third && updated.details.name == "Changed")
        #expect(updated.mergedInto == nil)
        // A merge into one that went goes where that one went.
        let fourth = try newPatient("D", &spa)
        #expect(try merge(&spa, fourth, into: first).survivor.id == third)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("an import of what was two people once changes nothing, and its visits follow")
    func importFollows() throws {
        var spa = try Spa()
        let old = try newPatient("Jane Roe", ref: "P-9", &spa)
        _ = try merge(&spa, old)
        var details = Patient.Details()
        details.name = "Jane Roe of old"
        details.externalRef = "P-9"
        let (id, outcome) = try spa.sandbox.perform(ImportRecord<Patient>(details))
        #expect(id == spa.mina && outcome == .unchanged && spa.sandbox.lastEvent == nil)
        let row = ImportBooking(
            externalRef: "V-1", patient: old, location: spa.location, provider: spa.ada,
            service: spa.facial,
            interval: try #require(Interval(start: try spa.at(10), minutes: 30)),
            stageHistory: [], note: "")
        let (visit, created) = try spa.sandbox.perform(row)
        #expect(created == .created)
        #expect(try spa.booking(visit).patient == spa.mina)
        #expect(try spa.sandbox.perform(row).1 == .unchanged, "under the old name as well")
        #expect(
            spa.sandbox.refusal(of: CreateRecord<Patient>(details))?.reason == .externalRefTaken)
    }

    @Test("merging again changes nothing; what was merged elsewhere, itself or a circle is refused")
    func refusals() throws {
        var spa = try Spa()
        let third = try newPatient("C", &spa)
        func refusal(
            _ from: Identifier<Patient>, _ into: Identifier<Patient>, _ version: Int64 = 0,
            _ intoVersion: Int64 = 0
        ) -> Rejection? {
            spa.sandbox.refusal(
                of: MergePatients(
                    from, expectedVersion: version, into: into, expectedIntoVersion: intoVersion,
                    reason: "twice"))
        }
        #expect(refusal(Identifier(value: 9), spa.mina)?.field == "patient_id")
        #expect(refusal(spa.mina, Identifier(value: 9))?.field == "into_patient_id")
        let own = refusal(spa.mina, spa.mina)
        #expect(own?.reason == .invalidValue && own?.field == "into_patient_id")
        let stale = refusal(spa.noor, spa.mina, 2, 1)
        #expect(stale?.reason == .versionMismatch)
        #expect(stale?.resource?.id == spa.noor.description)
        let staleInto = refusal(spa.noor, spa.mina, 1, 2)
        #expect(staleInto?.resource?.id == spa.mina.description && staleInto?.currentVersion == 1)
        #expect(spa.organization.patients[spa.noor]?.mergedInto == nil)

        _ = try merge(&spa)
        let again = try merge(&spa)
        #expect(again.bookings == 0 && spa.sandbox.lastEvent == nil)
        let elsewhere = refusal(spa.noor, third)
        #expect(elsewhere?.reason == .patientMerged)
        #expect(elsewhere?.resource?.id == spa.mina.description)
        #expect(refusal(spa.mina, spa.noor)?.field == "into_patient_id", "a circle")
        // Through both merges it is the same patient again.
        _ = try merge(&spa, spa.mina, into: third)
        #expect(refusal(spa.noor, third) == nil && spa.sandbox.lastEvent == nil)
        #expect(refusal(third, spa.noor)?.reason == .invalidValue)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test(
        "visits that overlap by the merge are kept, and said so; what does not take place is none")
    func overlap() throws {
        for (hour, minute, overlaps): (Int32, Int32, Bool) in [
            (10, 0, true), (10, 15, true), (10, 30, false), (9, 30, false), (9, 45, true),
        ] {
            var spa = try Spa()
            try spa.set { $0.patientOverlap = .refuse }
            try spa.book(spa.at(10))
            let other = try spa.book(
                spa.at(hour, minute), patient: spa.noor, provider: spa.bo)
            try spa.book(spa.at(15), patient: spa.noor)
            let result = try merge(&spa)
            #expect(result.overlaps == overlaps, "\(hour):\(minute)")
            #expect(try spa.booking(other.id).stage == .new)
            #expect(spa.organization.violations().isEmpty)
        }
        var spa = try Spa()
        try spa.book(spa.at(10))
        let other = try spa.book(spa.at(10), patient: spa.noor, provider: spa.bo)
        try spa.sandbox.perform(CancelBooking(other.id, expectedVersion: 0, reason: ""))
        #expect(try !merge(&spa).overlaps)
    }

    @Test("who was merged is in no list, in no search and in no export")
    func hidden() throws {
        var spa = try Spa()
        _ = try merge(&spa)
        let organization = spa.organization
        #expect(organization.findPatients(prefix: "noor", after: nil, limit: 9).rows.isEmpty)
        let exported = organization.exportPatients(after: .init(), limit: 9)
        #expect(exported.rows.map(\.id) == [spa.mina])
        #expect(organization.patients[spa.noor] != nil)
    }

    @Test("the old external reference and the old id find the one who stays, exactly and once")
    func foundByOldNames() throws {
        var spa = try Spa()
        var details = try #require(spa.organization.patients[spa.noor]).details
        details.externalRef = "OLD-7"
        try spa.sandbox.perform(UpdateRecord(spa.noor, expectedVersion: 0, details: details))
        details.name = "Other"
        details.externalRef = "OLD-77"
        let other = try spa.sandbox.perform(CreateRecord<Patient>(details)).id
        _ = try merge(&spa)
        func found(_ text: String) -> [Identifier<Patient>] {
            spa.organization.findPatients(prefix: text, after: nil, limit: 9).rows.map(\.id)
        }
        #expect(found("OLD-7") == [spa.mina, other])
        #expect(found(spa.noor.description) == [spa.mina])
        #expect(found(spa.mina.description) == [spa.mina])
        #expect(found("OLD") == [other], "a part of it names nobody")
        let first = spa.organization.findPatients(prefix: "OLD-7", after: nil, limit: 1)
        #expect(first.rows.map(\.id) == [spa.mina])
        let rest = spa.organization.findPatients(prefix: "OLD-7", after: first.next, limit: 1)
        #expect(rest.rows.map(\.id) == [other] && rest.next == nil)
    }

    @Test("as many records follow as one event may write, and not one more")
    func bounded() throws {
        var spa = try Spa()
        let drafts = (1...Limits.mergedRecords + 1).map { number in
            Record.procedure(
                Procedure(
                    id: Identifier(value: UInt128(number)), externalRef: "", patient: spa.noor,
                    type: nil, view: .multiPage, entry: .form, mdRequired: false,
                    startedAt: spa.sandbox.now))
        }
        try spa.sandbox.perform(PutRecords(records: Array(drafts.dropLast())))
        var most = spa
        #expect(try merge(&most).procedures == Int32(Limits.mergedRecords))
        try spa.sandbox.perform(PutRecords(records: [try #require(drafts.last)]))
        let refusal = spa.sandbox.refusal(
            of: MergePatients(
                spa.noor, expectedVersion: 0, into: spa.mina, expectedIntoVersion: 0, reason: ""))
        #expect(refusal?.reason == .invalidValue && refusal?.field == "patient_id")
    }

    @Test("what stayed behind with a merged patient is told as broken")
    func violation() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        _ = try merge(&spa)
        var stray = booking
        stray.patient = spa.noor
        try spa.sandbox.perform(PutRecords(records: [.booking(stray)]))
        #expect(
            spa.organization.violations() == ["\(booking.id) did not follow its patient"])
    }
}
