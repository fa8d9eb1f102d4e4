import Intervals
import Testing
import Workload

@testable import Scheduling

/// Events apply, are taken back, and lead through recovery to the same state.
struct EventTests {
    @Test("deciding changes nothing, and decides the same again with the same clock and ids")
    func deciding() throws {
        var spa = try Spa()
        let before = Snapshot(spa.organization)
        let command = CreateBooking(patient: spa.mina, spa.newBooking(try spa.at(10)))
        let context = spa.sandbox.context()
        var first = context
        var second = context
        let one = try command.decide(on: spa.organization, &first)
        let two = try command.decide(on: spa.organization, &second)
        #expect(one.writes == two.writes && !one.writes.isEmpty)
        #expect(Snapshot(spa.organization) == before)
    }

    @Test("an event that writes a record twice is taken back to what was there before the first")
    func writtenTwice() throws {
        var spa = try Spa()
        var booking = try spa.book(spa.at(10))
        let before = Snapshot(spa.organization)
        let old = booking
        booking.note = "first"
        booking.externalRef = "a"
        var records = [Record.booking(booking)]
        booking.note = "second"
        booking.externalRef = "b"
        booking.stage = .cancelled
        records.append(.booking(booking))
        try spa.sandbox.perform(PutRecords(records: records))
        #expect(try spa.booking(old.id).note == "second")
        #expect(spa.organization.externalRefs.count == 1)
        spa.sandbox.undoLast()
        #expect(Snapshot(spa.organization) == before)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("every kind of record is put, taken back and put again")
    func everyKind() throws {
        var spa = try Spa()
        try spa.setPrice(of: spa.facial)
        let booking = try spa.checkedIn()
        _ = try spa.start(booking)
        let request = SlotRequest(location: spa.location, service: spa.facial)
        try spa.sandbox.perform(
            PlaceHold(request, start: try spa.at(12), patient: nil, owner: "web", seconds: 0))
        try spa.sandbox.perform(CreateRecord<Resource>(Resource.Details(location: spa.location)))
        try spa.sandbox.perform(
            JoinWaitlist(
                WaitlistEntry(
                    id: Identifier(value: 0), patient: spa.noor, location: spa.location,
                    segments: [SegmentRequest(service: spa.facial)],
                    earliest: spa.at(16, 59), latest: spa.at(17), createdAt: spa.sandbox.now)))
        let full = spa.organization
        #expect(Set(full.records.map(\.key.kind)) == Set(RecordKind.allCases))
        var empty = Organization(profile: full.profile, zones: full.zones)
        let event = Event(
            position: 1, at: spa.sandbox.now, actor: "a", rpc: "r",
            writes: full.records.map { .put($0) })
        let nothing = Snapshot(empty)
        let inverse = empty.apply(event)
        let everything = Snapshot(empty)
        #expect(everything.records == full.records && everything.calendars == full.calendars)
        #expect(empty.violations().isEmpty)
        empty.undo(event, inverse: inverse)
        #expect(Snapshot(empty) == nothing)
        empty.apply(event)
        #expect(Snapshot(empty) == everything)
    }

    @Test("what violations() promises to find, it finds")
    func violations() throws {
        var spa = try Spa(activeProceduresPerSegment: 0)
        let booking = try spa.book(spa.at(10))
        let draft = try spa.attach(try spa.draft(), booking).procedure
        #expect(spa.organization.violations().isEmpty)
        let twin = Booking(
            id: Identifier(value: 77), patient: spa.noor, location: spa.location, stage: .new,
            segments: booking.segments, timeZone: booking.timeZone,
            utcOffset: booking.utcOffset, createdBy: "a", createdAt: spa.sandbox.now,
            stageHistory: booking.stageHistory)
        try spa.sandbox.perform(PutRecords(records: [.booking(twin)]))
        #expect(spa.organization.violations().count == 1)
        spa.sandbox.undoLast()
        let second = Attachment(
            id: Identifier(value: 78), procedure: draft.id, booking: booking.id, segment: 1,
            attachedBy: "a", attachedAt: spa.sandbox.now)
        try spa.sandbox.perform(PutRecords(records: [.attachment(second)]))
        #expect(spa.organization.violations().count == 1)
        spa.sandbox.undoLast()
        var moved = draft
        moved.patient = spa.noor
        try spa.sandbox.perform(PutRecords(records: [.procedure(moved)]))
        #expect(spa.organization.violations().count == 1)
        spa.sandbox.undoLast()
        #expect(spa.organization.violations().isEmpty)
    }
}
