import Intervals
import Testing
import Workload

@testable import Scheduling

/// What time makes of holds that nobody booked (availability.md 6): a hold is void by comparison
/// with the clock; that it expired is an event, and a day later it goes.
@Suite struct HoldExpiryTests {
    private func place(_ spa: Spa, _ start: Minute, owner: String = "web") -> PlaceHold {
        PlaceHold(
            SlotRequest(location: spa.location, service: spa.facial), start: start, patient: nil,
            owner: owner, seconds: 0)
    }

    @Test("that a hold expired goes on record once, at its time, and changes nothing else")
    func expiry() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(place(spa, spa.at(10, day: 3)))
        let later = try spa.sandbox.perform(place(spa, spa.at(11, day: 3), owner: "b"))
        spa.sandbox.now = Instant(milliseconds: hold.expiresAt.milliseconds - 1)
        #expect(try spa.sandbox.perform(ExpireHolds()) == 0)
        #expect(spa.sandbox.lastEvent == nil)
        try spa.sandbox.perform(RenewHold(later.id, seconds: 600))
        spa.sandbox.now = hold.expiresAt
        let before = Snapshot(spa.organization)
        #expect(try spa.sandbox.perform(ExpireHolds()) == 1)
        var expired = hold
        expired.hasExpired = true
        #expect(spa.sandbox.lastEvent?.writes == [.put(.hold(expired))])
        #expect(Snapshot(spa.organization).calendars == before.calendars)
        #expect(spa.organization.violations().isEmpty)
        spa.sandbox.undoLast()
        #expect(Snapshot(spa.organization) == before)
        #expect(try spa.sandbox.perform(ExpireHolds()) == 1)
        #expect(try spa.sandbox.perform(ExpireHolds()) == 0)
        #expect(spa.sandbox.lastEvent == nil)
        // Its owner is answered as before: the time is free, and the hold can be booked.
        var late = NewBooking()
        late.hold = hold.id
        #expect(try spa.sandbox.perform(CreateBooking(patient: spa.noor, late)).holdHadExpired)
        #expect(spa.organization.holds[hold.id] == nil)
    }

    @Test("holds that expire together go on record in bounded parts, the first that expired first")
    func expiryOfMany() throws {
        var spa = try Spa()
        let kept = try spa.sandbox.perform(place(spa, spa.at(10, day: 3)))
        let seconds = Int64(Limits.holdSeconds.upperBound)
        let writes = (0..<400).map { index in
            var row = Hold(
                id: Identifier(value: UInt128(9000 - index)), owner: "", patient: nil,
                location: kept.location, segments: kept.segments, createdAt: kept.createdAt,
                expiresAt: kept.expiresAt.adding(seconds: seconds + Int64(index)))
            row.overrides = [.slotTaken]
            return RecordWrite.put(.hold(row))
        }
        var organization = spa.organization
        organization.apply(
            Event(
                position: organization.position + 1, at: spa.sandbox.now, actor: "", rpc: "",
                writes: writes))
        var context = spa.sandbox.context()
        #expect(try ExpireHolds().decide(on: organization, &context).writes.isEmpty)
        spa.sandbox.now = kept.expiresAt.adding(seconds: seconds + 299)
        context = spa.sandbox.context()
        let first = try ExpireHolds().decide(on: organization, &context)
        #expect(first.outcome == 250)
        #expect(first.writes.map(\.key.id).prefix(3) == [kept.id.value, 9000, 8999])
        organization.apply(
            Event(
                position: organization.position + 1, at: context.now, actor: "", rpc: "",
                writes: first.writes))
        #expect(try ExpireHolds().decide(on: organization, &context).outcome == 51)
    }

    @Test("the sweep removes what expired a day ago, and nothing younger")
    func sweep() throws {
        var spa = try Spa()
        let old = try spa.sandbox.perform(place(spa, spa.at(10, day: 3)))
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 1)
        let young = try spa.sandbox.perform(place(spa, spa.at(11, day: 3)))
        spa.sandbox.now = old.expiresAt.adding(seconds: 86_400)
        // The trail says of each that it expired before it goes.
        #expect(try spa.sandbox.perform(SweepHolds()) == 0)
        #expect(try spa.sandbox.perform(ExpireHolds()) == 2)
        #expect(try spa.sandbox.perform(SweepHolds()) == 1)
        #expect(spa.organization.holds[old.id] == nil && spa.organization.holds[young.id] != nil)
        #expect(try spa.sandbox.perform(SweepHolds()) == 0)
        #expect(spa.sandbox.lastEvent == nil)
    }
}
