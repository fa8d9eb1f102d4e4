import Intervals
import Testing
import Workload

@testable import Scheduling

/// Moving a booking changes its time; its provider only where slotd chose one and must choose
/// again.
struct RescheduleProviderTests {
    private func anyone(_ spa: inout Spa, _ start: Minute) throws -> Booking {
        let new = spa.newBooking(start)
        return try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
    }

    private func move(_ booking: Booking, _ start: Minute) -> RescheduleBooking {
        RescheduleBooking(booking.id, expectedVersion: 0, start: start, provider: nil)
    }

    @Test("who was chosen stays where they are free, though others have less to do")
    func stays() throws {
        var spa = try Spa()
        let booking = try anyone(&spa, spa.at(10, day: 1))
        let own = booking.segments[0].provider
        try spa.book(spa.at(15, day: 1), patient: spa.noor, provider: own)
        let moved = try spa.sandbox.perform(move(booking, spa.at(12, day: 1)))
        #expect(moved.segments[0].provider == own && moved.segments[0].anyProvider)
    }

    @Test("where they are not free, another who is takes the visit, and may be replaced again")
    func another() throws {
        var spa = try Spa()
        let booking = try anyone(&spa, spa.at(10, day: 1))
        let own = booking.segments[0].provider
        let other = own == spa.ada ? spa.bo : spa.ada
        try spa.book(spa.at(12, day: 1), patient: spa.noor, provider: own)
        let moved = try spa.sandbox.perform(move(booking, spa.at(12, day: 1)))
        #expect(moved.segments[0].provider == other && moved.segments[0].anyProvider)
        try spa.book(spa.at(14, day: 1), patient: spa.noor, provider: other)
        let again = try spa.sandbox.perform(move(moved, spa.at(14, day: 1)))
        #expect(again.segments[0].provider == own && again.segments[0].anyProvider)
        try spa.book(spa.at(15, day: 1), patient: spa.noor, provider: spa.ada)
        try spa.book(spa.at(15, day: 1), patient: spa.noor, provider: spa.bo)
        let refusal = spa.sandbox.refusal(of: move(again, try spa.at(15, day: 1)))
        #expect(refusal?.reason == .slotTaken)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a provider whom the caller named is never changed")
    func named() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10, day: 1))
        try spa.book(spa.at(12, day: 1), patient: spa.noor)
        let refusal = spa.sandbox.refusal(of: move(booking, try spa.at(12, day: 1)))
        #expect(refusal?.reason == .slotTaken)
    }

    @Test("whoever does not offer the booking's length does not get it")
    func length() throws {
        var spa = try Spa()
        var details = try #require(spa.organization.services[spa.facial]).details
        var short = ServiceVariant(provider: spa.bo)
        short.durations = [30]
        details.variants = [short]
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: details))
        var new = spa.newBooking(try spa.at(10, day: 1))
        new.duration = 60
        let booking = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        #expect(booking.segments[0].provider == spa.ada)
        try spa.book(spa.at(12, day: 1), patient: spa.noor)
        let refusal = spa.sandbox.refusal(of: move(booking, try spa.at(12, day: 1)))
        #expect(refusal?.reason == .slotTaken)
    }

    @Test("a disabled provider's visit that was anyone's moves to someone else")
    func disabled() throws {
        var spa = try Spa()
        let booking = try anyone(&spa, spa.at(10, day: 1))
        let own = booking.segments[0].provider
        var details = try #require(spa.organization.providers[own]).details
        details.isDisabled = true
        try spa.sandbox.perform(UpdateRecord(own, expectedVersion: 0, details: details))
        let moved = try spa.sandbox.perform(move(booking, spa.at(12, day: 1)))
        #expect(moved.segments[0].provider != own)
    }

    @Test("a group moves only with the versions that are expected, and breaks what it may")
    func group() throws {
        var spa = try Spa()
        let members = try [Int32(10), 12].map {
            CreateBookingGroup.Member(
                patient: spa.mina, spa.newBooking(try spa.at($0, day: 1), provider: spa.ada))
        }
        let made = try spa.sandbox.perform(CreateBookingGroup(members)).map(\.booking)
        let id = try #require(made[0].group)
        var command = RescheduleBookingGroup(id, start: try spa.at(14, day: 1))
        command.expectedVersions = [made[1].id: 2]
        let stale = spa.sandbox.refusal(of: command)
        #expect(stale?.reason == .versionMismatch && stale?.currentVersion == 1)
        command.expectedVersions = [Identifier(value: 7): 1]
        #expect(spa.sandbox.refusal(of: command)?.field == "expected_versions")
        command.expectedVersions = [made[0].id: 1, made[1].id: 1]
        try spa.sandbox.perform(command)
        // 15:10 and 17:10: off the step, and after hours.
        var late = RescheduleBookingGroup(id, start: try spa.at(15, 10, day: 1))
        #expect(spa.sandbox.refusal(of: late) != nil)
        late.overrides.rules = [.offStep, .outsideHours]
        late.overrides.note = "the bus is late"
        var context = spa.sandbox.context()
        context.role = .manager
        late.overrides.rules.append(.locationClosed)
        let moved = try late.decide(on: spa.organization, &context).outcome
        #expect(moved.map(\.overrideNote) == ["the bus is late", "the bus is late"])
        #expect(moved[0].overrides == [.offStep])
    }

    @Test("the patient's other visit at the new time is told")
    func warned() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10, day: 1))
        try spa.book(spa.at(12, day: 1), provider: spa.bo)
        let moved = try spa.sandbox.perform(move(booking, spa.at(12, day: 1)))
        #expect(spa.organization.warnings(of: moved) == [.patientOverlap])
        let apart = try spa.sandbox.perform(move(moved, spa.at(14, day: 1)))
        #expect(spa.organization.warnings(of: apart).isEmpty)
    }
}
