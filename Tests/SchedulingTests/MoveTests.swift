import Intervals
import Testing
import Workload

@testable import Scheduling

/// Undo, moves of many, early finishes, missed visits and alerts.
struct MoveTests {
    @Test("undoing goes back one move at a time, to the first stage and no further")
    func undo() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let undo = UndoMove(booking.id, expectedVersion: 0, reason: "wrong card")
        #expect(spa.sandbox.refusal(of: undo)?.reason == .nothingToUndo)
        try spa.move(booking, to: .confirmed, .checkIn)
        let stale = UndoMove(booking.id, expectedVersion: 1, reason: "")
        #expect(spa.sandbox.refusal(of: stale)?.reason == .versionMismatch)
        let back = try spa.sandbox.perform(undo)
        #expect(back.stage == .confirmed && back.stageHistory.last?.isUndo == true)
        #expect(back.stageHistory.last?.reason == "wrong card")
        #expect(try spa.sandbox.perform(undo).stage == .new)
        #expect(spa.sandbox.refusal(of: undo)?.reason == .nothingToUndo)
        try spa.move(booking, to: .checkIn)
        #expect(try spa.sandbox.perform(undo).stage == .new, "what was undone does not stand")
        #expect(try spa.booking(booking.id).stageHistory.count == 7, "history keeps it all")
    }

    @Test("undoing keeps the rules of the stage that it goes to")
    func undoGuards() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let procedure = try spa.start(booking).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        let undo = UndoMove(booking.id, expectedVersion: 0, reason: "")
        #expect(spa.sandbox.refusal(of: undo)?.reason == .procedureActive)

        let missed = try spa.book(spa.at(11))
        try spa.sandbox.perform(CancelBooking(missed.id, expectedVersion: 0, reason: "ill"))
        let other = try spa.book(spa.at(11), patient: spa.noor)
        let restore = UndoMove(missed.id, expectedVersion: 0, reason: "")
        #expect(spa.sandbox.refusal(of: restore)?.reason == .slotTaken)
        try spa.sandbox.perform(CancelBooking(other.id, expectedVersion: 0, reason: ""))
        let restored = try spa.sandbox.perform(restore)
        #expect(restored.stage == .new && restored.cancellation == nil)
    }

    @Test("many bookings move together, or none does and each that cannot says why")
    func many() throws {
        var spa = try Spa()
        let first = try spa.book(spa.at(10))
        let second = try spa.book(spa.at(11))
        let third = try spa.book(spa.at(12))
        func moves(_ stage: Stage, version: Int64 = 0) -> MoveBookings {
            MoveBookings(
                [first, second, third].map {
                    MoveBooking($0.id, expectedVersion: version, to: stage)
                })
        }
        let moved = try spa.sandbox.perform(moves(.confirmed, version: 1))
        #expect(moved.map(\.id) == [first.id, second.id, third.id])
        #expect(moved.allSatisfy { $0.stage == .confirmed })
        #expect(spa.sandbox.lastEvent?.writes.count == 3)
        try spa.move(second, to: .checkIn)
        let refusal = spa.sandbox.refusal(of: moves(.checkIn, version: 1))
        #expect(refusal?.reason == .bulkRefused)
        #expect(refusal?.failures.map(\.reason) == [.versionMismatch, .versionMismatch])
        #expect(refusal?.failures.map(\.currentVersion) == [2, 2])
        #expect(refusal?.blocking == [first.id.description, third.id.description])
        #expect(spa.sandbox.lastEvent == nil)

        let twice = MoveBookings(
            [first, first].map { MoveBooking($0.id, expectedVersion: 0, to: .checkIn) })
        #expect(spa.sandbox.refusal(of: twice)?.field == "moves[1].booking_id")
        #expect(spa.sandbox.refusal(of: MoveBookings([]))?.field == "moves")
    }

    @Test("two bookings of one list cannot take the same time back")
    func manyRestores() throws {
        var spa = try Spa()
        let first = try spa.book(spa.at(10))
        try spa.move(first, to: .waitlist)
        let second = try spa.book(spa.at(10), patient: spa.noor)
        try spa.move(second, to: .waitlist)
        let both = MoveBookings(
            [first, second].map { MoveBooking($0.id, expectedVersion: 0, to: .new) })
        let refusal = spa.sandbox.refusal(of: both)
        #expect(refusal?.failures.map(\.reason) == [.stage, .stage])
        let one = MoveBookings([MoveBooking(first.id, expectedVersion: 0, to: .new)])
        #expect(try spa.sandbox.perform(one)[0].stage == .new)
    }

    @Test("a visit that ends early gives the rest of its time back, and never more again")
    func earlyFinish() throws {
        var spa = try Spa()
        try spa.set { $0.earlyFinishFrees = true }
        let booking = try spa.move(
            try spa.sandbox.perform(
                CreateBooking(patient: spa.mina, spa.visit(at: spa.at(10), minutes: 60))
            ).booking, to: .checkIn)
        let procedure = try spa.start(booking).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
        spa.sandbox.now = Instant(milliseconds: Instant(try spa.at(10, 20)).milliseconds + 1)
        #expect(try !spa.slots().contains(spa.at(10, 30)))
        let billed = try spa.move(booking, to: .billing)
        #expect(billed.releasedAt == (try spa.at(10, 21)), "the minute that it is in, is used")
        #expect(billed.end == booking.end, "what was booked is still told")
        #expect(try spa.slots().contains(spa.at(10, 30)))
        let next = try spa.book(spa.at(10, 30), patient: spa.noor)
        spa.sandbox.now = Instant(try spa.at(10, 40))
        try spa.move(booking, to: .inProcedure)
        let again = try spa.move(booking, to: .billing)
        #expect(again.releasedAt == billed.releasedAt)
        #expect(spa.organization.violations().isEmpty)
        #expect(try spa.booking(next.id).stage == .new)
    }

    /// A visit of an hour at ten that is over at twenty past, in Billing.
    private func finishedEarly() throws -> (Spa, Booking, Procedure) {
        var spa = try Spa()
        try spa.set { $0.earlyFinishFrees = true }
        let booking = try spa.move(
            try spa.sandbox.perform(
                CreateBooking(patient: spa.mina, spa.visit(at: spa.at(10), minutes: 60))
            ).booking, to: .checkIn)
        let procedure = try spa.start(booking).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
        spa.sandbox.now = Instant(try spa.at(10, 20))
        let billed = try spa.move(booking, to: .billing)
        return (spa, billed, procedure)
    }

    @Test("a visit that goes on after an early finish has its time again, if nobody took it")
    func earlyFinishUndone() throws {
        for isUndo in [true, false] {
            var (spa, booking, _) = try finishedEarly()
            #expect(booking.releasedAt == (try spa.at(10, 20)))
            if isUndo {
                try spa.sandbox.perform(UndoMove(booking.id, expectedVersion: 0, reason: ""))
            } else {
                try spa.move(booking, to: .inProcedure)
            }
            #expect(try spa.booking(booking.id).releasedAt == nil)
            #expect(try !spa.slots().contains(spa.at(10, 30)), "offered to nobody")
            spa.sandbox.now = Instant(try spa.at(10, 40))
            let again = try spa.move(booking, to: .billing).releasedAt
            #expect(again == (try spa.at(10, 40)))
            #expect(spa.organization.violations().isEmpty)
        }
    }

    @Test("time that is held for another stays given up when the visit goes on")
    func earlyFinishHeld() throws {
        var (spa, booking, _) = try finishedEarly()
        let segment = SegmentRequest(service: spa.facial, providers: [spa.ada])
        try spa.sandbox.perform(
            PlaceHold(
                SlotRequest(location: spa.location, segments: [segment]), start: spa.at(10, 30),
                patient: spa.noor, owner: "desk", seconds: 0))
        let back = try spa.move(booking, to: .inProcedure)
        #expect(back.releasedAt == booking.releasedAt)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a procedure that is cancelled in Billing takes the card back to Check-in, with its time")
    func cancelledInBilling() throws {
        var (spa, booking, procedure) = try finishedEarly()
        let pair = try spa.sandbox.perform(
            CancelProcedure(procedure: procedure.id, expectedVersion: 0, reason: "not done"))
        let back = try #require(pair.booking)
        #expect(back.stage == .checkIn && back.releasedAt == nil)
        #expect(back.stageHistory.suffix(2).map(\.stage) == [.inProcedure, .checkIn])
        #expect(back.stageHistory.suffix(2).map(\.isUndo) == [true, true])
        #expect(try !spa.slots().contains(spa.at(10, 30)))
        #expect(try spa.start(booking).procedure.id != procedure.id, "the visit can begin anew")
        #expect(spa.organization.violations().isEmpty)
        #expect(spa.organization.strandedCards().isEmpty)
    }

    @Test("a card that has left, or that nobody's attachment had moved, stays where it is")
    func cancelledAfterCheckout() throws {
        var (spa, booking, procedure) = try finishedEarly()
        try spa.move(booking, to: .checkout)
        let pair = try spa.sandbox.perform(
            CancelProcedure(procedure: procedure.id, expectedVersion: 0, reason: "not done"))
        #expect(pair.booking?.stage == .checkout)
        #expect(pair.booking?.releasedAt == booking.releasedAt)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a visit that ends late, or where the organization does not want it, releases nothing")
    func noEarlyFinish() throws {
        for (frees, minute): (Bool, Int32) in [(false, 10), (true, 30), (true, 45)] {
            var spa = try Spa()
            try spa.set { $0.earlyFinishFrees = frees }
            let booking = try spa.checkedIn()
            let procedure = try spa.start(booking).procedure
            try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
            try spa.sandbox.perform(
                CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
            spa.sandbox.now = Instant(try spa.at(10, minute))
            #expect(try spa.move(booking, to: .billing).releasedAt == nil)
        }
    }

    @Test("the sweep makes no-shows of whom nobody saw, and of nobody else")
    func sweep() throws {
        var spa = try Spa()
        let first = try spa.book(spa.at(9))
        let second = try spa.move(try spa.book(spa.at(9, 30)), to: .confirmed)
        let here = try spa.move(try spa.book(spa.at(10)), to: .checkIn)
        let begun = try spa.book(spa.at(10, 30))
        let draft = try spa.attach(try spa.draft(), begun).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: draft.id, patient: nil))
        let later = try spa.book(spa.at(12))
        spa.sandbox.now = Instant(try spa.at(12, 29))
        #expect(try spa.sandbox.perform(SweepNoShows()) == 0, "off by default")
        #expect(spa.sandbox.lastEvent == nil)
        try spa.set { $0.noShowSweep = 30 }
        #expect(try spa.sandbox.perform(SweepNoShows()) == 2)
        for id in [first.id, second.id] {
            let booking = try spa.booking(id)
            #expect(booking.stage == .noShow)
            #expect(booking.stageHistory.last?.reason == "NO_SHOW_SWEEP")
        }
        #expect(try spa.booking(here.id).stage == .checkIn)
        #expect(try spa.booking(begun.id).stage == .new)
        #expect(try spa.booking(later.id).stage == .new)
        spa.sandbox.now = Instant(try spa.at(12, 30))
        #expect(try spa.sandbox.perform(SweepNoShows()) == 1)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("visits that the sweep leaves to people do not keep it from the others, however many")
    func sweepPassesOver() throws {
        var spa = try Spa()
        try spa.set { $0.noShowSweep = 30 }
        var quick = try #require(spa.organization.services[spa.facial]).details
        (quick.durations, quick.step) = ([5], 5)
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: quick))
        // More than one sweep takes, all begun and never moved along the board.
        for day: Int32 in 0..<2 {
            for slot: Int32 in 0..<66 {
                for provider in [spa.ada, spa.bo] {
                    let start = try spa.at(9, slot * 5, day: day)
                    let begun = try spa.book(start, provider: provider)
                    let draft = try spa.attach(try spa.draft(), begun).procedure
                    try spa.sandbox.perform(SubmitProcedure(procedure: draft.id, patient: nil))
                }
            }
        }
        let missed = try spa.book(spa.at(16, day: 1))
        spa.sandbox.now = Instant(try spa.at(17, day: 1))
        #expect(try spa.sandbox.perform(SweepNoShows()) == 1)
        #expect(try spa.booking(missed.id).stage == .noShow)
    }

    @Test("a card calls for attention from the stage's minute on")
    func alerts() throws {
        var spa = try Spa()
        try spa.set { $0.stageAlerts = [StageAlert(stage: .checkIn, minutes: 20)] }
        let booking = try spa.checkedIn()
        let since = spa.sandbox.now
        let almost = since.adding(seconds: 20 * 60 - 1)
        #expect(!spa.organization.alerts(booking, now: almost))
        #expect(booking.minutesInStage(now: almost) == 19)
        #expect(spa.organization.alerts(booking, now: since.adding(seconds: 20 * 60)))
        let other = try spa.book(spa.at(11))
        #expect(!spa.organization.alerts(other, now: since.adding(seconds: 90_000)))
    }

    @Test("a card enters In Procedure without a procedure where the organization lets it")
    func optionalProcedure() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let move = MoveBooking(booking.id, expectedVersion: 0, to: .inProcedure)
        #expect(spa.sandbox.refusal(of: move)?.reason == .notAttached)
        try spa.set { $0.isProcedureOptional = true }
        try spa.move(booking, to: .inProcedure, .billing, .checkout)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a service of another type is refused where the organization wants it so")
    func wrongService() throws {
        var spa = try Spa()
        try spa.set { $0.refusesWrongService = true }
        let draft = try spa.draft()
        try spa.sandbox.perform(
            SaveStep(
                procedure: draft.id, .type(spa.facialType), view: nil, expectedVersion: 0))
        let laser = try spa.book(spa.at(11), service: spa.laser)
        let attach = AttachBooking(
            procedure: draft.id, booking: laser.id, segment: 0, advancesStage: false,
            expectedVersion: 0, expectedBookingVersion: 0)
        #expect(spa.sandbox.refusal(of: attach)?.reason == .wrongServiceForType)
        let facial = try spa.book(spa.at(12))
        _ = try spa.attach(draft, facial)
        let reattach = ReattachBooking(
            procedure: draft.id, from: facial.id, to: laser.id, segment: 0, reason: "r",
            expectedVersion: 0, expectedFromVersion: 0, expectedToVersion: 0)
        #expect(spa.sandbox.refusal(of: reattach)?.reason == .wrongServiceForType)
        try spa.set { $0.refusesWrongService = false }
        #expect(try spa.sandbox.perform(reattach).warnings == [.wrongServiceForType])
    }

    @Test("restoring leads to where the booking was; what is not put away stays")
    func restoring() throws {
        var spa = try Spa()
        let booking = try spa.move(try spa.book(spa.at(10)), to: .confirmed, .checkIn)
        try spa.sandbox.perform(
            ArchiveBooking(booking.id, expectedVersion: 0, reason: "duplicate"))
        let restore = RestoreBooking(booking.id, expectedVersion: 0, reason: "")
        #expect(try spa.sandbox.perform(restore).stage == .checkIn)
        #expect(try spa.sandbox.perform(restore).stage == .checkIn)
        #expect(spa.sandbox.lastEvent == nil)
        try spa.sandbox.perform(CancelBooking(booking.id, expectedVersion: 0, reason: ""))
        #expect(try spa.sandbox.perform(restore).stage == .confirmed)
    }
}

extension Spa {
    fileprivate func visit(at start: Minute, minutes: Int32) -> NewBooking {
        var new = newBooking(start, provider: ada)
        new.duration = minutes
        return new
    }
}
