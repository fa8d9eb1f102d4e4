import Intervals
import Testing
import Workload

@testable import Scheduling

/// The ways back: from In Procedure with a procedure filled in, with several of them, and from the
/// waitlist to another time.
struct StageReturnTests {
    // MARK: In Procedure

    @Test("a card comes back with a filled-in procedure only by an override that says so")
    func explicitReturn() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let procedure = try spa.start(booking).procedure
        try spa.sandbox.perform(
            SaveStep(
                procedure: procedure.id,
                .payload(StepEdit(step: 3, payload: [1], isDone: true)), view: nil,
                expectedVersion: 0))
        var move = MoveBooking(booking.id, expectedVersion: 0, to: .checkIn)
        let refusal = spa.sandbox.refusal(of: move)
        #expect(refusal?.reason == .procedureActive)
        #expect(refusal?.blocking == [procedure.id.description])
        move.overrides = [.procedureActive]
        #expect(spa.sandbox.refusal(of: move)?.field == "reason")
        move.reason = "wrong patient in the chair"
        let back = try spa.sandbox.perform(move)
        #expect(back.stage == .checkIn && back.overrides == [.procedureActive])
        #expect(spa.organization.activeAttachment(of: procedure.id) != nil, "nothing is lost")
        #expect(try spa.start(booking).procedure.id == procedure.id)

        let undo = UndoMove(
            booking.id, expectedVersion: 0, reason: "again", overrides: [.procedureActive])
        #expect(try spa.sandbox.perform(undo).stage == .checkIn)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("what is signed or billed holds its card in In Procedure against any override")
    func lockedReturn() throws {
        for isSigned in [true, false] {
            var spa = try Spa()
            try spa.setPrice(of: spa.facial)
            let booking = try spa.checkedIn()
            let procedure = try spa.start(booking).procedure
            try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
            try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
            if isSigned {
                try spa.sandbox.perform(
                    SignProcedure(procedure: procedure.id, expectedVersion: 0, permittedBy: ""))
            } else {
                let charge = try #require(spa.organization.charges(of: procedure.id).first)
                try spa.sandbox.perform(
                    MarkBilled(charge.id, expectedVersion: 0, externalRef: "INV-1"))
            }
            let move = MoveBooking(
                booking.id, expectedVersion: 0, to: .checkIn, reason: "oops",
                overrides: [.procedureActive])
            #expect(
                spa.sandbox.refusal(of: move)?.reason
                    == (isSigned ? .procedureSigned : .chargeBilled))
        }
    }

    @Test("an override that no move takes is refused by its place in the request")
    func unknownOverride() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let move = MoveBooking(
            booking.id, expectedVersion: 0, to: .confirmed, reason: "why",
            overrides: [.chargeOpen, .outsideHours])
        let refusal = spa.sandbox.refusal(of: move)
        #expect(refusal?.field == "overrides[1]")
        #expect(refusal?.message.contains("outsideHours") == false, "the API's words alone")
    }

    // MARK: Several procedures

    /// A visit of two services in In Procedure by the first one's start, with both drafts.
    private func twoProcedures() throws -> (Spa, Booking, [Procedure]) {
        var spa = try Spa()
        var new = NewBooking()
        new.location = spa.location
        new.start = try spa.at(10)
        new.segments = [
            SegmentRequest(service: spa.facial, providers: [spa.ada]),
            SegmentRequest(service: spa.consultation, providers: [spa.ada]),
        ]
        let booking = try spa.move(
            try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking, to: .checkIn)
        var drafts: [Procedure] = []
        for segment: Int32 in 1...2 {
            spa.sandbox.now = spa.sandbox.now.adding(seconds: 60)
            drafts.append(
                try spa.sandbox.perform(
                    StartProcedure(
                        booking: booking.id, segment: segment, view: .multiPage,
                        expectedVersion: 0)
                ).procedure)
        }
        return (spa, booking, drafts)
    }

    @Test("the card goes back with the last of its procedures, whichever was the one to move it")
    func lastOneReturns() throws {
        for order in [[0, 1], [1, 0]] {
            var (spa, booking, drafts) = try twoProcedures()
            for (number, index) in order.enumerated() {
                spa.sandbox.now = spa.sandbox.now.adding(seconds: 60)
                try spa.sandbox.perform(
                    CancelProcedure(
                        procedure: drafts[index].id, expectedVersion: 0, reason: "nervous"))
                let stage = try spa.booking(booking.id).stage
                #expect(stage == (number == 0 ? .inProcedure : .checkIn), "\(order)")
                #expect(spa.organization.violations().isEmpty)
                #expect(spa.organization.strandedCards().isEmpty)
            }
        }
    }

    @Test("a card that lost what had moved it, with nobody left who knows, is told as broken")
    func strandedCard() throws {
        var (spa, booking, drafts) = try twoProcedures()
        // As an event would leave it that ended the first attachment and told nobody.
        var attachment = try #require(spa.organization.activeAttachment(of: drafts[0].id))
        var procedure = try spa.procedure(drafts[0].id)
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 60)
        attachment.detachment = Detachment(actor: "a", at: spa.sandbox.now, reason: "")
        procedure.status = .abandoned
        procedure.ending = ProcedureEnding(actor: "a", at: spa.sandbox.now, reason: "")
        try spa.sandbox.perform(
            PutRecords(records: [.attachment(attachment), .procedure(procedure)]))
        #expect(
            spa.organization.strandedCards()
                == ["\(booking.id) has lost the way back to Check-in"])
    }

    @Test("detaching and reattaching hand the way back on as cancelling does")
    func handedOn() throws {
        var (spa, booking, drafts) = try twoProcedures()
        let other = try spa.book(spa.at(15))
        try spa.sandbox.perform(
            ReattachBooking(
                procedure: drafts[0].id, from: booking.id, to: other.id, segment: 0,
                reason: "wrong", expectedVersion: 0, expectedFromVersion: 0, expectedToVersion: 0))
        #expect(try spa.booking(booking.id).stage == .inProcedure)
        let apart = try spa.sandbox.perform(
            DetachBooking(procedure: drafts[1].id, reason: "wrong", expectedVersion: 0))
        #expect(apart.booking?.stage == .checkIn)
    }

    // MARK: Waitlist

    @Test("a booking on the waitlist takes another time by being rescheduled, and is New again")
    func waitlistTakesAnotherTime() throws {
        var spa = try Spa()
        let first = try spa.move(try spa.book(spa.at(10)), to: .waitlist)
        let blocker = try spa.book(spa.at(10), patient: spa.noor)
        func reschedule(_ start: Minute, version: Int64 = 0) -> RescheduleBooking {
            RescheduleBooking(first.id, expectedVersion: version, start: start, provider: nil)
        }
        let taken = spa.sandbox.refusal(of: reschedule(try spa.at(10)))
        #expect(taken?.reason == .slotTaken && taken?.blocking == [blocker.id.description])
        #expect(spa.sandbox.refusal(of: reschedule(try spa.at(20)))?.reason == .locationClosed)
        let stale = reschedule(try spa.at(12), version: 1)
        #expect(spa.sandbox.refusal(of: stale)?.reason == .versionMismatch)
        let bound = try spa.sandbox.perform(reschedule(try spa.at(12), version: 2))
        #expect(try bound.stage == .new && bound.start == spa.at(12))
        #expect(bound.stageHistory.map(\.stage) == [.new, .waitlist, .new])
        #expect(try !spa.slots().contains(spa.at(12)), "it keeps its time again")

        // Its old time counts as another once it was given away.
        try spa.move(bound, to: .waitlist)
        #expect(try spa.sandbox.perform(reschedule(try spa.at(12))).stage == .new)
        #expect(spa.organization.violations().isEmpty)
    }
}
