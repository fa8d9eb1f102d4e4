import Intervals
import Testing
import Workload

@testable import Scheduling

/// Stores records as they are, for states that clients reach only by long ways.
struct PutRecords: Command {
    var records: [Record]

    func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Void> {
        Decision(records.map { .put($0) }, ())
    }
}

/// The stage machine of procedures.md 7, and archiving as decisions.md has it.
struct StageTests {
    /// Where a booking may be moved when every guard is content.
    private static let table: [Stage: Set<Stage>] = [
        .waitlist: [.new, .cancelled, .archived],
        .new: [.confirmed, .checkIn, .noShow, .cancelled, .waitlist, .archived],
        .confirmed: [.checkIn, .noShow, .cancelled, .archived],
        .checkIn: [.inProcedure, .confirmed, .cancelled, .noShow, .archived],
        .inProcedure: [.billing, .checkIn],
        .billing: [.checkout, .inProcedure],
        .checkout: [.archived, .billing],
        .noShow: [.new, .confirmed, .archived],
        .cancelled: [.new, .confirmed, .archived],
        .archived: Set(Stage.allCases).subtracting([.archived]),
    ]

    @Test("every pair of stages is allowed or refused as the table says", arguments: Stage.allCases)
    func pairs(from: Stage) throws {
        for to in Stage.allCases where to != from {
            var spa = try Spa()
            var booking = try spa.book(spa.at(10))
            booking.stage = from
            if from == .cancelled || from == .archived && to == .cancelled {
                booking.cancellation = Cancellation(
                    actor: "a", at: spa.sandbox.now, reason: "")
            }
            booking.stageHistory = [
                StageChange(stage: from == .archived ? to : .new, at: spa.sandbox.now, actor: "a"),
                StageChange(stage: from, at: spa.sandbox.now, actor: "a"),
            ]
            try spa.sandbox.perform(PutRecords(records: [.booking(booking)]))
            // A draft, so that the card may stand in In Procedure.
            if from == .checkIn || from == .inProcedure {
                let draft = try spa.draft()
                let attachment = Attachment(
                    id: Identifier(value: 1), procedure: draft.id, booking: booking.id, segment: 1,
                    attachedBy: "a", attachedAt: spa.sandbox.now)
                var completed = draft
                completed.status = to == .billing ? .completed : .draft
                try spa.sandbox.perform(
                    PutRecords(records: [.attachment(attachment), .procedure(completed)]))
            }
            spa.sandbox.now = Instant(try spa.at(10, 15))
            let move = MoveBooking(booking.id, expectedVersion: 0, to: to)
            let refusal = spa.sandbox.refusal(of: move)
            if Self.table[from]?.contains(to) == true {
                #expect(refusal == nil, "\(from) to \(to)")
                let moved = try spa.booking(booking.id)
                #expect(moved.stage == to && moved.version == booking.version + 1)
                #expect(moved.stageHistory.last?.stage == to)
            } else {
                let expected: Reason = from == .cancelled ? .cancelled : .stage
                #expect(refusal?.reason == expected, "\(from) to \(to)")
                #expect(spa.sandbox.lastEvent == nil)
            }
            #expect(spa.organization.violations().isEmpty)
        }
    }

    @Test("moving to the present stage changes nothing, whatever version was sent")
    func sameStage() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let moved = try spa.sandbox.perform(MoveBooking(booking.id, expectedVersion: 9, to: .new))
        #expect(moved == booking)
        #expect(spa.sandbox.lastEvent == nil)
    }

    @Test("a stage that the rules forbid is refused before the version is compared")
    func versionLast() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let forbidden = MoveBooking(booking.id, expectedVersion: 9, to: .billing)
        #expect(spa.sandbox.refusal(of: forbidden)?.reason == .stage)
        let stale = spa.sandbox.refusal(
            of: MoveBooking(booking.id, expectedVersion: 9, to: .confirmed))
        #expect(stale?.reason == .versionMismatch)
        #expect(stale?.currentVersion == 1)
        let unknown = MoveBooking(Identifier(value: 5), expectedVersion: 9, to: .confirmed)
        #expect(spa.sandbox.refusal(of: unknown)?.reason == .unknownRecord)
    }

    @Test("a no-show needs the grace to be over, to the minute")
    func noShow() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let move = MoveBooking(booking.id, expectedVersion: 0, to: .noShow)
        spa.sandbox.now = Instant(milliseconds: Instant(try spa.at(10, 15)).milliseconds - 1)
        #expect(spa.sandbox.refusal(of: move)?.reason == .notStartedYet)
        spa.sandbox.now = Instant(try spa.at(10, 15))
        #expect(spa.sandbox.refusal(of: move) == nil)
        #expect(try spa.slots().contains(spa.at(10)) == false, "it is past")
        let other = spa.newBooking(try spa.at(10, 15), provider: spa.ada)
        #expect(spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, other)) == nil)
    }

    @Test("a card enters In Procedure by a plain move only with a procedure attached")
    func plainMove() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let move = MoveBooking(booking.id, expectedVersion: 0, to: .inProcedure)
        #expect(spa.sandbox.refusal(of: move)?.reason == .notAttached)
        _ = try spa.attach(try spa.draft(), booking)
        #expect(spa.sandbox.refusal(of: move) == nil)
    }

    @Test("billing waits for every procedure but consultations")
    func billing() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let pair = try spa.start(booking)
        let move = MoveBooking(booking.id, expectedVersion: 0, to: .billing)
        let refusal = spa.sandbox.refusal(of: move)
        #expect(refusal?.reason == .procedureOpen)
        #expect(refusal?.blocking == [pair.procedure.id.description])
        let submit = SubmitProcedure(procedure: pair.procedure.id, patient: nil)
        try spa.sandbox.perform(submit)
        #expect(spa.sandbox.refusal(of: move)?.reason == .procedureOpen)
        try spa.sandbox.perform(
            CompleteProcedure(procedure: pair.procedure.id, expectedVersion: 0))
        #expect(spa.sandbox.refusal(of: move) == nil)

        let second = try spa.move(
            try spa.book(spa.at(11), patient: spa.noor), to: .checkIn)
        let consultation = try spa.start(second)
        var consult = SubmitProcedure(procedure: consultation.procedure.id, patient: nil)
        consult.isConsultOnly = true
        try spa.sandbox.perform(consult)
        try spa.move(second, to: .billing)
    }

    @Test("In Procedure is undone only while nothing beyond step 2 is filled in")
    func undoInProcedure() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let pair = try spa.start(booking)
        try spa.move(booking, to: .checkIn)
        let again = try spa.start(booking)
        #expect(again.isExisting && again.procedure.id == pair.procedure.id)
        #expect(again.booking?.stage == .inProcedure)
        try spa.sandbox.perform(
            SaveStep(
                procedure: pair.procedure.id,
                .payload(StepEdit(step: 3, payload: [1], isDone: true)), view: nil,
                expectedVersion: 0))
        let move = MoveBooking(booking.id, expectedVersion: 0, to: .checkIn)
        #expect(spa.sandbox.refusal(of: move)?.reason == .procedureActive)
    }

    @Test("a waitlisted booking gives its time away, and needs it free to come back")
    func waitlist() throws {
        var spa = try Spa()
        let first = try spa.move(try spa.book(spa.at(10)), to: .waitlist)
        let second = try spa.book(spa.at(10, 15), patient: spa.noor)
        let back = MoveBooking(first.id, expectedVersion: 0, to: .new)
        let refusal = spa.sandbox.refusal(of: back)
        #expect(refusal?.reason == .slotTaken)
        #expect(refusal?.blocking == [second.id.description])
        try spa.sandbox.perform(CancelBooking(second.id, expectedVersion: 0, reason: ""))
        #expect(spa.sandbox.refusal(of: back) == nil)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a booking with a draft cannot go to the waitlist")
    func waitlistWithDraft() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        _ = try spa.attach(try spa.draft(), booking)
        let move = MoveBooking(booking.id, expectedVersion: 0, to: .waitlist)
        #expect(spa.sandbox.refusal(of: move)?.reason == .procedureActive)
    }

    @Test("a past or off-step time can be restored when it is free, an occupied one cannot")
    func restoring() throws {
        var spa = try Spa()
        let first = try spa.book(spa.at(10))
        try spa.sandbox.perform(CancelBooking(first.id, expectedVersion: 0, reason: "ill"))
        let second = try spa.book(spa.at(10), patient: spa.noor)
        let restore = MoveBooking(first.id, expectedVersion: 0, to: .confirmed)
        #expect(spa.sandbox.refusal(of: restore)?.reason == .slotTaken)
        spa.sandbox.now = Instant(try spa.at(12))
        try spa.move(second, to: .noShow)
        let restored = try spa.sandbox.perform(restore)
        #expect(restored.cancellation == nil && restored.stage == .confirmed)
    }

    @Test("archiving frees the time, and restoring leads back to the stage before, with its facts")
    func archiving() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        try spa.sandbox.perform(CancelBooking(booking.id, expectedVersion: 0, reason: "moved away"))
        let archived = try spa.move(booking, to: .archived)
        #expect(archived.cancellation?.reason == "moved away")
        let restored = try spa.move(booking, to: .cancelled)
        #expect(restored.cancellation?.reason == "moved away")

        let other = try spa.move(try spa.book(spa.at(11)), to: .confirmed, .archived)
        #expect(try spa.slots().contains(spa.at(11)))
        let wrong = MoveBooking(other.id, expectedVersion: 0, to: .new)
        #expect(spa.sandbox.refusal(of: wrong)?.reason == .stage)
        let blocker = try spa.book(spa.at(11), patient: spa.noor)
        let back = MoveBooking(other.id, expectedVersion: 0, to: .confirmed)
        #expect(spa.sandbox.refusal(of: back)?.reason == .slotTaken)
        try spa.move(blocker, to: .archived)
        #expect(spa.sandbox.refusal(of: back) == nil)
    }

    @Test("archiving takes drafts off, and leaves what has begun its visit")
    func archivingWithProcedure() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let draft = try spa.attach(try spa.draft(), booking).procedure
        try spa.move(booking, to: .archived)
        #expect(spa.organization.activeAttachment(of: draft.id) == nil)
        #expect(spa.organization.currentStep(of: try spa.procedure(draft.id)) == 2)

        let second = try spa.book(spa.at(11))
        _ = try spa.attach(draft, second)
        try spa.sandbox.perform(SubmitProcedure(procedure: draft.id, patient: nil))
        let archived = try spa.move(second, to: .archived)
        #expect(try spa.slots().contains(spa.at(11)), "its time is free")
        #expect(spa.organization.activeAttachment(of: draft.id)?.booking == second.id)
        try spa.sandbox.perform(CompleteProcedure(procedure: draft.id, expectedVersion: 0))
        try spa.sandbox.perform(
            RestoreBooking(archived.id, expectedVersion: 0, reason: "not yet"))
        #expect(try spa.booking(second.id).stage == .new)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("only the last 64 stages are remembered")
    func history() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        for _ in 0..<20 { try spa.move(booking, to: .waitlist, .new) }
        #expect(try spa.booking(booking.id).stageHistory.count == 41)
        for _ in 0..<20 { try spa.move(booking, to: .waitlist, .new) }
        let history = try spa.booking(booking.id).stageHistory
        #expect(history.count == Limits.stageHistory)
        #expect(history.last?.stage == .new)
    }
}
