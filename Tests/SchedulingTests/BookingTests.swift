import Intervals
import Testing
import Workload

@testable import Scheduling

struct BookingTests {
    // MARK: Creating

    @Test("a booking carries its slot, zone, offset and first stage")
    func fields() throws {
        var spa = try Spa()
        var new = spa.newBooking(try spa.at(10), service: spa.laser, provider: spa.ada)
        new.note = "first visit"
        new.externalRef = "b-1"
        new.isConfirmed = true
        let booking = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        #expect(booking.stage == .confirmed && booking.version == 1)
        #expect(booking.timeZone == "America/New_York" && booking.utcOffset == -240)
        #expect(try booking.start == spa.at(10) && booking.end == spa.at(10, 30))
        #expect(try booking.segments[0].padded == Interval(spa.at(9, 50), spa.at(10, 40)))
        #expect(!booking.segments[0].anyProvider && booking.overrides.isEmpty)
        #expect(booking.note == "first visit" && booking.createdAt == spa.sandbox.now)
        #expect(booking.stageHistory.map(\.stage) == [.confirmed])
        #expect(spa.organization.identifier(.booking, externalRef: "b-1") == booking.id)
        let again = spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, new))
        #expect(again?.reason == .externalRefTaken)
    }

    @Test("two bookings never share a minute, buffers stack, and touching is allowed")
    func overlap() throws {
        var spa = try Spa()
        let first = try spa.book(spa.at(10), service: spa.laser)
        for (hour, minute, reason) in [
            (9, 30, Reason.buffer), (9, 45, .slotTaken), (10, 0, .slotTaken), (10, 15, .slotTaken),
            (10, 30, .buffer),
        ] as [(Int32, Int32, Reason)] {
            let new = spa.newBooking(try spa.at(hour, minute), provider: spa.ada)
            let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))
            #expect(refusal?.reason == reason, "at \(hour):\(minute)")
            #expect(refusal?.blocking == [first.id.description])
        }
        try spa.book(spa.at(9, 15), patient: spa.noor)
        try spa.book(spa.at(10, 45), patient: spa.noor)
        // Two services with buffers: 10 after and 10 before make 20.
        let close = spa.newBooking(try spa.at(11, 15), service: spa.laser, provider: spa.ada)
        #expect(
            spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, close))?.reason == .buffer)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("buffers may spill over the hours' ends, and never into time off")
    func spilling() throws {
        var spa = try Spa()
        try spa.book(spa.at(9), service: spa.laser)
        try spa.book(spa.at(16, 30), service: spa.laser)
        var details = try #require(spa.organization.providers[spa.bo]?.details)
        let today = try day(2026, 10, 19)
        details.timeOff = [
            TimeOff(startDate: today, startMinute: 720, endDate: today, endMinute: 780)
        ]
        try spa.sandbox.perform(UpdateRecord(spa.bo, expectedVersion: 0, details: details))
        for (hour, minute, reason) in [
            (11, 30, Reason.buffer), (11, 45, .timeOff), (12, 0, .timeOff), (13, 0, .buffer),
        ] as [(Int32, Int32, Reason)] {
            let new = spa.newBooking(
                try spa.at(hour, minute), service: spa.laser, provider: spa.bo)
            let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))
            #expect(refusal?.reason == reason, "at \(hour):\(minute)")
        }
        try spa.book(spa.at(13, 15), service: spa.laser, provider: spa.bo)
    }

    @Test("notice and horizon count inclusively, by the clock and by the local day")
    func noticeAndHorizon() throws {
        var spa = try Spa()
        func reason(_ start: Minute) -> Reason? {
            var copy = spa.sandbox
            let new = spa.newBooking(start, service: spa.consultation, provider: spa.ada)
            return copy.refusal(of: CreateBooking(patient: spa.mina, new))?.reason
        }
        #expect(reason(try spa.at(9)) == nil)
        spa.sandbox.now = Instant(milliseconds: spa.sandbox.now.milliseconds + 1)
        #expect(reason(try spa.at(9)) == .tooSoon)
        #expect(reason(try spa.at(9, 30)) == nil)
        #expect(reason(try spa.at(16, 30, day: 2)) == nil)
        #expect(reason(try spa.at(9, day: 3)) == .tooFar)
        // Past midnight in New York the horizon moves on by a day.
        spa.sandbox.now = Instant(try spa.at(24))
        #expect(reason(try spa.at(9, day: 3)) == nil)
    }

    @Test("a walk-in waives notice and step, says which, and enters Check-in")
    func walkIn() throws {
        var spa = try Spa()
        spa.sandbox.now = Instant(milliseconds: Instant(try spa.at(9, 7)).milliseconds + 30_000)
        var new = spa.newBooking(try spa.at(9, 7), service: spa.consultation, provider: spa.ada)
        new.isWalkIn = true
        let booking = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        #expect(booking.stage == .checkIn && booking.isWalkIn)
        #expect(Set(booking.overrides) == [.tooSoon, .offStep])
        let taken = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))
        #expect(taken?.reason == .slotTaken)
        new.start = try spa.at(9, 6)
        new.provider = spa.bo
        let past = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))
        #expect(past?.reason == .tooSoon)
        new.start = try spa.at(17)
        let closed = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))
        #expect(closed?.reason == .locationClosed)
    }

    @Test("what is missing or unknown is refused with its field")
    func badInput() throws {
        var spa = try Spa()
        func refusal(_ change: (inout NewBooking) throws -> Void) throws -> Rejection? {
            var new = spa.newBooking(try spa.at(10))
            try change(&new)
            return spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, new))
        }
        #expect(try refusal { $0.location = nil }?.field == "location_id")
        #expect(try refusal { $0.service = nil }?.field == "service_id")
        #expect(try refusal { $0.start = nil }?.field == "start")
        #expect(try refusal { $0.location = Identifier(value: 9) }?.reason == .unknownRecord)
        #expect(try refusal { $0.service = Identifier(value: 9) }?.reason == .unknownRecord)
        #expect(try refusal { $0.provider = Identifier(value: 9) }?.reason == .unknownRecord)
        #expect(try refusal { $0.hold = Identifier(value: 9) }?.field == "hold_id")
        #expect(try refusal { $0.duration = 31 }?.reason == .durationNotOffered)
        #expect(try refusal { $0.start = .latest }?.reason != nil)
        #expect(try refusal { $0.start = .earliest }?.reason != nil)
        #expect(try refusal { $0.start = Minute(sinceEpoch: .max) }?.reason != nil)
        #expect(try refusal { $0.start = Minute(sinceEpoch: .min) }?.reason != nil)
        let new = spa.newBooking(try spa.at(10))
        let nobody = spa.sandbox.refusal(of: CreateBooking(patient: Identifier(value: 9), new))
        #expect(nobody?.reason == .unknownRecord && nobody?.field == "patient_id")
        #expect(spa.organization.bookings.count == 0)
    }

    // MARK: Rescheduling

    @Test("to its own time and provider nothing changes, whatever version was sent")
    func unchanged() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        for provider in [nil, spa.ada] {
            let same = try spa.sandbox.perform(
                RescheduleBooking(
                    booking.id, expectedVersion: 9, start: booking.start, provider: provider))
            #expect(same == booking && spa.sandbox.lastEvent == nil)
        }
    }

    @Test("a booking does not stand in its own way, and its old time is free at once")
    func moving() throws {
        var spa = try Spa()
        var new = spa.newBooking(try spa.at(10), provider: spa.ada)
        new.duration = 60
        let booking = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        #expect(try spa.slots(ignoring: booking.id).contains(spa.at(10, 15)))
        let moved = try spa.sandbox.perform(
            RescheduleBooking(
                booking.id, expectedVersion: 1, start: try spa.at(10, 30), provider: nil))
        #expect(try moved.start == spa.at(10, 30) && moved.end == spa.at(11, 30))
        #expect(moved.version == 2)
        try spa.book(spa.at(10), patient: spa.noor)
        #expect(spa.organization.violations().isEmpty)
        let keys = spa.organization.bookingsByPatient[spa.mina]?.keys
        #expect(try keys == [BookingKey(start: spa.at(10, 30), id: booking.id)])
    }

    @Test("the slot that rescheduling or cancelling frees can be held and booked at once")
    func reserving() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        try spa.sandbox.perform(
            RescheduleBooking(
                booking.id, expectedVersion: 0, start: try spa.at(11), provider: nil))
        let request = SlotRequest(
            location: spa.location, service: spa.facial, providers: [spa.ada])
        for start in [try spa.at(10), try spa.at(11)] {
            if try start == spa.at(11) {
                try spa.sandbox.perform(CancelBooking(booking.id, expectedVersion: 0, reason: ""))
            }
            let hold = try spa.sandbox.perform(
                PlaceHold(request, start: start, patient: nil, owner: "web", seconds: 0))
            var new = NewBooking()
            new.hold = hold.id
            try spa.sandbox.perform(CreateBooking(patient: spa.noor, new))
        }
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("another provider only when one is named; buffers and duration stay as they were booked")
    func movingProvider() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10), service: spa.laser)
        var details = try #require(spa.organization.services[spa.laser]?.details)
        details.durations = [45]
        details.bufferBefore = 0
        details.bufferAfter = 25
        try spa.sandbox.perform(UpdateRecord(spa.laser, expectedVersion: 0, details: details))
        let moved = try spa.sandbox.perform(
            RescheduleBooking(
                booking.id, expectedVersion: 0, start: try spa.at(12), provider: spa.bo))
        let segment = moved.segments[0]
        #expect(segment.provider == spa.bo && segment.interval.durationMinutes == 30)
        #expect(segment.bufferBefore == 10 && segment.bufferAfter == 10)
        #expect(try spa.slots(provider: spa.ada).contains(spa.at(10)))
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("rules come before the version, and a booking under way stays where it is")
    func refusedMoves() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let other = try spa.book(spa.at(11), patient: spa.noor)
        func refusal(_ id: Identifier<Booking>, _ start: Minute, version: Int64) -> Rejection? {
            spa.sandbox.refusal(
                of: RescheduleBooking(id, expectedVersion: version, start: start, provider: nil))
        }
        let taken = refusal(booking.id, try spa.at(11), version: 9)
        #expect(taken?.reason == .slotTaken && taken?.blocking == [other.id.description])
        #expect(refusal(booking.id, try spa.at(12, 7), version: 9)?.reason == .offStep)
        #expect(refusal(booking.id, try spa.at(8), version: 9)?.reason == .locationClosed)
        #expect(refusal(booking.id, try spa.at(12), version: 9)?.reason == .versionMismatch)
        #expect(refusal(Identifier(value: 9), try spa.at(12), version: 9)?.reason == .unknownRecord)
        try spa.move(booking, to: .checkIn)
        #expect(refusal(booking.id, try spa.at(12), version: 9)?.reason == .stage)
        try spa.sandbox.perform(CancelBooking(other.id, expectedVersion: 0, reason: ""))
        #expect(refusal(other.id, try spa.at(12), version: 0)?.reason == .cancelled)
    }

    @Test("a draft stays attached through a reschedule; a submitted procedure forbids it")
    func movingWithProcedure() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let draft = try spa.attach(try spa.draft(), booking).procedure
        try spa.sandbox.perform(
            RescheduleBooking(
                booking.id, expectedVersion: 0, start: try spa.at(12), provider: nil))
        #expect(spa.organization.activeAttachment(of: draft.id)?.booking == booking.id)
        try spa.sandbox.perform(SubmitProcedure(procedure: draft.id, patient: nil))
        let move = RescheduleBooking(
            booking.id, expectedVersion: 0, start: try spa.at(13), provider: nil)
        #expect(spa.sandbox.refusal(of: move)?.reason == .procedureActive)
    }

    // MARK: Cancelling

    @Test("cancelling frees the time, keeps the reason, and once is enough")
    func cancel() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let stale = CancelBooking(booking.id, expectedVersion: 9, reason: "")
        #expect(spa.sandbox.refusal(of: stale)?.reason == .versionMismatch)
        let cancelled = try spa.sandbox.perform(
            CancelBooking(booking.id, expectedVersion: 1, reason: "ill"))
        #expect(cancelled.stage == .cancelled && cancelled.cancellation?.reason == "ill")
        #expect(try spa.slots().contains(spa.at(10)))
        let again = try spa.sandbox.perform(
            CancelBooking(booking.id, expectedVersion: 1, reason: "again"))
        #expect(again == cancelled && spa.sandbox.lastEvent == nil)
    }

    @Test("cancelling takes a draft off in the same event and leaves it at step 2")
    func cancelWithDraft() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let draft = try spa.attach(try spa.draft(), booking).procedure
        #expect(spa.organization.currentStep(of: draft) == 3)
        try spa.sandbox.perform(CancelBooking(booking.id, expectedVersion: 0, reason: ""))
        let after = try spa.procedure(draft.id)
        #expect(after.status == .draft && after.version == draft.version + 1)
        #expect(spa.organization.currentStep(of: after) == 2)
        let history = spa.organization.attachmentHistory(of: draft.id)
        #expect(history.map(\.detachment?.reason) == ["BOOKING_CANCELLED"])
        #expect(spa.sandbox.lastEvent?.writes.count == 3)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a booking with a submitted procedure cannot be cancelled or missed")
    func cancelWithSubmitted() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let draft = try spa.attach(try spa.draft(), booking).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: draft.id, patient: nil))
        let cancel = spa.sandbox.refusal(
            of: CancelBooking(booking.id, expectedVersion: 9, reason: ""))
        #expect(cancel?.reason == .procedureActive)
        #expect(cancel?.blocking == [draft.id.description])
        spa.sandbox.now = Instant(try spa.at(12))
        let missed = spa.sandbox.refusal(
            of: MoveBooking(booking.id, expectedVersion: 0, to: .noShow))
        #expect(missed?.reason == .procedureActive)
    }
}
