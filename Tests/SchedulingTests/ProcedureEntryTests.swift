import Intervals
import Testing
import Workload

@testable import Scheduling

/// The entry points of procedures.md 4: what is filled in, what moves, and where one lands.
struct ProcedureEntryTests {
    private func new(
        _ booking: Booking, advances: Bool = false, version: Int64 = 0
    ) -> NewProcedure {
        NewProcedure(
            .booking(booking.id, segment: 0), view: .singlePage, advancesStage: advances,
            expectedVersion: version, externalRef: "")
    }

    // MARK: From the board

    @Test("the board's card moves, and its draft has patient, booking and type: step 3")
    func board() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let pair = try spa.start(booking, version: booking.version)
        let procedure = pair.procedure
        #expect(procedure.patient == spa.mina && procedure.type == spa.facialType)
        #expect(procedure.status == .draft && procedure.entry == .board)
        #expect(procedure.view == .multiPage && procedure.version == 1)
        #expect(spa.organization.stepsDone(of: procedure) == [1, 2])
        #expect(spa.organization.currentStep(of: procedure) == 3)
        #expect(spa.organization.stepCount(of: procedure) == 4)
        #expect(pair.booking?.stage == .inProcedure && !pair.isExisting)
        #expect(pair.booking?.version == booking.version + 1)
        let attachment = try #require(spa.organization.activeAttachment(of: procedure.id))
        #expect(attachment.movedStageFrom == .checkIn && attachment.segment == 1)
        #expect(spa.sandbox.lastEvent?.writes.count == 3, "one event for all of it")
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a service with two types or none stops at step 2, with only the type missing")
    func ambiguous() throws {
        for services in [\Spa.laser, \Spa.consultation] {
            var spa = try Spa()
            let pair = try spa.start(try spa.checkedIn(service: spa[keyPath: services]))
            #expect(pair.procedure.type == nil)
            #expect(spa.organization.currentStep(of: pair.procedure) == 2)
            #expect(spa.organization.stepCount(of: pair.procedure) == 3)
            let saved = try spa.sandbox.perform(
                SaveStep(
                    procedure: pair.procedure.id, .type(spa.largeLaser), view: nil,
                    expectedVersion: 1))
            #expect(spa.organization.currentStep(of: saved) == 3)
            #expect(spa.organization.stepCount(of: saved) == 5)
        }
    }

    @Test("an archived type is not filled in, so that one of two becomes the only one")
    func archivedType() throws {
        var spa = try Spa()
        var details = try #require(spa.organization.procedureTypes[spa.largeLaser]?.details)
        details.isArchived = true
        try spa.sandbox.perform(UpdateRecord(spa.largeLaser, expectedVersion: 0, details: details))
        let pair = try spa.start(try spa.checkedIn(service: spa.laser))
        #expect(pair.procedure.type == spa.smallLaser)
        let choose = SaveStep(
            procedure: pair.procedure.id, .type(spa.largeLaser), view: nil, expectedVersion: 0)
        #expect(spa.sandbox.refusal(of: choose)?.reason == .procedureTypeInactive)
    }

    @Test("forty clicks on Start Procedure make one draft, whatever version they send")
    func fortyClicks() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let first = try spa.start(booking)
        let position = spa.organization.position
        for click in 0..<40 {
            let pair = try spa.start(booking, version: Int64(click))
            #expect(pair.procedure == first.procedure && pair.isExisting)
            #expect(pair.booking == first.booking)
        }
        #expect(spa.organization.position == position)
        #expect(spa.organization.procedures.count == 1)
    }

    @Test("only a checked-in card starts, and the version is looked at last")
    func wrongStage() throws {
        for stages in [[], [.confirmed], [.cancelled], [.archived]] as [[Stage]] {
            var spa = try Spa()
            var booking = try spa.book(spa.at(10))
            for stage in stages { booking = try spa.move(booking, to: stage) }
            let start = StartProcedure(
                booking: booking.id, segment: 0, view: .multiPage, expectedVersion: 99)
            let expected: Reason = booking.stage == .cancelled ? .cancelled : .stage
            #expect(spa.sandbox.refusal(of: start)?.reason == expected)
        }
        var spa = try Spa()
        let booking = try spa.checkedIn()
        var start = StartProcedure(
            booking: booking.id, segment: 0, view: .multiPage, expectedVersion: 99)
        #expect(spa.sandbox.refusal(of: start)?.reason == .versionMismatch)
        start.segment = 2
        #expect(spa.sandbox.refusal(of: start)?.field == "segment")
        start.booking = Identifier(value: 9)
        #expect(spa.sandbox.refusal(of: start)?.reason == .unknownRecord)
        #expect(spa.organization.procedures.count == 0)
    }

    @Test("a draft begun from the list is the one the board starts, and the card still moves")
    func startAfterNew() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let listed = try spa.sandbox.perform(new(booking)).procedure
        #expect(try spa.booking(booking.id).stage == .checkIn)
        let pair = try spa.start(booking)
        #expect(pair.isExisting && pair.procedure.id == listed.id)
        #expect(pair.booking?.stage == .inProcedure)
        let detached = try spa.sandbox.perform(
            DetachBooking(procedure: listed.id, reason: "wrong", expectedVersion: 0))
        #expect(detached.booking?.stage == .checkIn, "the start had moved it")
    }

    @Test("a submitted procedure is returned by a second start; a completed one forbids it")
    func startAfterSubmit() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let procedure = try spa.start(booking).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        let again = try spa.start(booking)
        #expect(again.isExisting && again.procedure.id == procedure.id)
        #expect(again.procedure.status == .inProgress)
        try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
        let start = StartProcedure(
            booking: booking.id, segment: 1, view: .multiPage, expectedVersion: 0)
        let refusal = spa.sandbox.refusal(of: start)
        #expect(refusal?.reason == .alreadyAttached)
        #expect(refusal?.blocking == [procedure.id.description])
        #expect(refusal?.resource?.id == procedure.id.description)
    }

    @Test("where any number is allowed, a submitted procedure makes room for the next draft")
    func anyNumber() throws {
        var spa = try Spa(activeProceduresPerSegment: 0)
        let booking = try spa.checkedIn()
        for count in 1...3 {
            let pair = try spa.start(booking)
            #expect(!pair.isExisting)
            #expect(try spa.start(booking).isExisting)
            try spa.sandbox.perform(SubmitProcedure(procedure: pair.procedure.id, patient: nil))
            let key = SegmentKey(booking: booking.id, segment: 1)
            #expect(spa.organization.activeAttachments(of: key).count == count)
        }
        #expect(spa.organization.violations().isEmpty)
    }

    // MARK: From a patient

    @Test("from a patient only step 1 is filled in: step 2")
    func patient() throws {
        var spa = try Spa()
        let procedure = try spa.draft()
        #expect(procedure.entry == .patient && procedure.type == nil)
        #expect(spa.organization.stepsDone(of: procedure) == [1])
        #expect(spa.organization.currentStep(of: procedure) == 2)
        #expect(try spa.draft().id != procedure.id, "a patient may have several drafts")
        let unknown = NewProcedure(
            .patient(Identifier(value: 9)), view: .multiPage, advancesStage: false,
            expectedVersion: 0, externalRef: "")
        #expect(spa.sandbox.refusal(of: unknown)?.field == "patient_id")
    }

    // MARK: From the bookings list

    @Test("from the bookings list steps 1 and 2 are filled in and nothing moves: step 3")
    func bookingsList() throws {
        for stages in [[], [.confirmed], [.checkIn]] as [[Stage]] {
            var spa = try Spa()
            var booking = try spa.book(spa.at(10))
            for stage in stages { booking = try spa.move(booking, to: stage) }
            let pair = try spa.sandbox.perform(new(booking))
            #expect(pair.procedure.entry == .booking && pair.procedure.view == .singlePage)
            #expect(pair.procedure.patient == spa.mina)
            #expect(spa.organization.currentStep(of: pair.procedure) == 3)
            #expect(pair.booking?.stage == booking.stage)
            let again = try spa.sandbox.perform(new(booking, version: 99))
            #expect(again.isExisting && again.procedure.id == pair.procedure.id)
            #expect(spa.sandbox.lastEvent == nil)
        }
    }

    @Test("advance_stage moves a checked-in booking, and no other")
    func advance() throws {
        var spa = try Spa()
        let confirmed = try spa.move(try spa.book(spa.at(11)), to: .confirmed)
        #expect(
            try spa.sandbox.perform(new(confirmed, advances: true)).booking?.stage == .confirmed)
        let here = try spa.checkedIn()
        #expect(try spa.sandbox.perform(new(here, advances: true)).booking?.stage == .inProcedure)
    }

    @Test("a booking that can have no procedure is refused, before the version")
    func unattachable() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let cancelled = try spa.sandbox.perform(
            CancelBooking(booking.id, expectedVersion: 0, reason: ""))
        #expect(
            spa.sandbox.refusal(of: new(cancelled, version: 99))?.reason == .cancelled)
        let archived = try spa.move(try spa.book(spa.at(11)), to: .archived)
        #expect(spa.sandbox.refusal(of: new(archived, version: 99))?.reason == .stage)
        let good = try spa.book(spa.at(12))
        #expect(spa.sandbox.refusal(of: new(good, version: 99))?.reason == .versionMismatch)
    }

    // MARK: The permission

    @Test("a physician's permission comes from the provider or from the type, wherever it is set")
    func permission() throws {
        var spa = try Spa()
        var details = try #require(spa.organization.providers[spa.ada]?.details)
        details.mdRequired = true
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: details))
        #expect(try spa.start(try spa.checkedIn()).procedure.mdRequired)
        let byBo = try spa.book(spa.at(11), provider: spa.bo)
        #expect(try !spa.sandbox.perform(new(byBo)).procedure.mdRequired)
        let attached = try spa.attach(
            try spa.draft(), try spa.book(spa.at(12), provider: spa.ada))
        #expect(attached.procedure.mdRequired)

        var type = try #require(spa.organization.procedureTypes[spa.smallLaser]?.details)
        type.mdRequired = true
        try spa.sandbox.perform(UpdateRecord(spa.smallLaser, expectedVersion: 0, details: type))
        let laser = try spa.book(spa.at(14), service: spa.laser, provider: spa.bo)
        let draft = try spa.sandbox.perform(new(laser)).procedure
        #expect(!draft.mdRequired)
        let choose = SaveStep(
            procedure: draft.id, .type(spa.smallLaser), view: nil, expectedVersion: 0)
        #expect(try spa.sandbox.perform(choose).mdRequired)
    }
}
