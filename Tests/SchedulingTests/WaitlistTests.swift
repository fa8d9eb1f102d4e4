import Intervals
import Testing
import Workload

@testable import Scheduling

/// What comes free is held for whoever waits for it.
@Suite struct WaitlistTests {
    private func join(
        _ spa: inout Spa, _ patient: Identifier<Patient>? = nil, from: Minute, to: Minute,
        priority: Int32 = 0, provider: Identifier<Provider>? = nil
    ) throws -> WaitlistEntry {
        var wish = WaitlistEntry(
            id: Identifier(value: 0), patient: patient ?? spa.noor, location: spa.location,
            segments: [
                SegmentRequest(service: spa.facial, providers: [provider ?? spa.ada])
            ],
            earliest: from, latest: to, createdAt: spa.sandbox.now)
        wish.priority = priority
        // Ids ascend with the clock.
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 1)
        let id = try spa.sandbox.perform(JoinWaitlist(wish))
        return try #require(spa.organization.waitlist[id])
    }

    private func fill(_ spa: inout Spa, day: Int32 = 1) throws -> [Booking] {
        var bookings: [Booking] = []
        for hour: Int32 in 9..<17 {
            var new = spa.newBooking(try spa.at(hour, day: day), provider: spa.ada)
            new.duration = 60
            bookings.append(
                try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking)
        }
        return bookings
    }

    private func entry(_ spa: Spa, _ entry: WaitlistEntry) throws -> WaitlistEntry {
        try #require(spa.organization.waitlist[entry.id])
    }

    @Test("a cancelled booking's time is held for the first who waits, in the same event")
    func offer() throws {
        var spa = try Spa()
        let bookings = try fill(&spa)
        let first = try join(&spa, from: spa.at(0, day: 1), to: spa.at(24, day: 1))
        let second = try join(&spa, spa.mina, from: spa.at(0, day: 1), to: spa.at(24, day: 1))
        #expect(first.status == .waiting && second.status == .waiting)
        try spa.sandbox.perform(
            CancelBooking(bookings[3].id, expectedVersion: 0, reason: "ill"))
        let offered = try entry(spa, first)
        #expect(offered.status == .offered)
        let hold = try #require(offered.hold.flatMap { spa.organization.holds[$0] })
        #expect(try hold.start == spa.at(12, day: 1) && hold.patient == spa.noor)
        // An hour came free, the wish is for half of it: the rest is for the next.
        #expect(try entry(spa, second).status == .offered)
        #expect(try spa.slots(day: 1).isEmpty, "what is offered is nobody else's")
        #expect(spa.organization.violations().isEmpty)
        spa.sandbox.undoLast()
        #expect(try entry(spa, first).status == .waiting)
        #expect(spa.organization.holds[hold.id] == nil)
    }

    @Test("the higher priority comes first, then whoever waits longer")
    func order() throws {
        var spa = try Spa()
        let bookings = try fill(&spa)
        let window = try (spa.at(0, day: 1), spa.at(24, day: 1))
        let early = try join(&spa, from: window.0, to: window.1)
        let urgent = try join(&spa, spa.mina, from: window.0, to: window.1, priority: 5)
        try spa.sandbox.perform(
            RescheduleBooking(
                bookings[0].id, expectedVersion: 0, start: spa.at(9, day: 2), provider: nil))
        let hold = try entry(spa, urgent).hold
        #expect(try hold.flatMap { spa.organization.holds[$0] }?.start == spa.at(9, day: 1))
        let next = try entry(spa, early).hold
        #expect(try next.flatMap { spa.organization.holds[$0] }?.start == spa.at(9, 30, day: 1))
    }

    @Test("an offer that is booked ends the wish; one that is given back goes to the next, once")
    func settle() throws {
        var spa = try Spa()
        let bookings = try fill(&spa)
        let start = try spa.at(10, day: 1)
        let first = try join(&spa, from: start, to: start.clampedAdding(minutes: 1))
        let second = try join(&spa, spa.mina, from: start, to: start.clampedAdding(minutes: 1))
        try spa.sandbox.perform(CancelBooking(bookings[1].id, expectedVersion: 0, reason: ""))
        let offered = try #require(try entry(spa, first).hold)
        #expect(try entry(spa, second).status == .waiting)
        try spa.sandbox.perform(ReleaseHold(offered))
        #expect(try entry(spa, first).status == .waiting)
        #expect(try entry(spa, first).declined == [start])
        let taken = try #require(try entry(spa, second).hold)
        var new = NewBooking()
        new.hold = taken
        let booked = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        #expect(booked.start == start)
        #expect(try entry(spa, second).status == .booked)
        #expect(try entry(spa, second).booking == booked.id)
        #expect(spa.organization.waitlistByHold.isEmpty)
    }

    @Test("of a group that begins at one time, the wish goes with its own patient's booking")
    func settleInGroup() throws {
        var spa = try Spa()
        let wish = try join(&spa, from: spa.at(10, day: 1), to: spa.at(11, day: 1))
        let hold = try #require(wish.hold)
        var offered = NewBooking()
        offered.hold = hold
        let other = spa.newBooking(try spa.at(10, day: 1), provider: spa.bo)
        let planned = try spa.sandbox.perform(
            CreateBookingGroup([
                .init(patient: spa.mina, other), .init(patient: spa.noor, offered),
            ]))
        #expect(planned[0].booking.start == planned[1].booking.start)
        let settled = try entry(spa, wish)
        #expect(settled.status == .booked && settled.booking == planned[1].booking.id)
    }

    @Test("an offer that nobody takes in time goes on, and a wish whose time has passed lapses")
    func sweep() throws {
        var spa = try Spa()
        let bookings = try fill(&spa)
        let start = try spa.at(10, day: 1)
        let first = try join(&spa, from: start, to: start.clampedAdding(minutes: 1))
        let second = try join(&spa, spa.mina, from: start, to: start.clampedAdding(minutes: 1))
        try spa.sandbox.perform(CancelBooking(bookings[1].id, expectedVersion: 0, reason: ""))
        #expect(try spa.sandbox.perform(ExpireHolds()) == 0)
        let hold = try #require(try entry(spa, first).hold)
        spa.sandbox.now = spa.sandbox.now.adding(seconds: Int64(Limits.offerSecondsDefault))
        #expect(try spa.sandbox.perform(ExpireHolds()) == 1)
        // That it expired is on record, before it goes.
        let told = spa.sandbox.lastEvent?.writes.compactMap { write -> Bool? in
            guard case .put(.hold(let row)) = write, row.id == hold else { return nil }
            return row.hasExpired
        }
        #expect(told == [true])
        #expect(spa.organization.holds[hold] == nil)
        #expect(try entry(spa, first).status == .waiting)
        #expect(try entry(spa, second).status == .offered)
        spa.sandbox.now = Instant(start.clampedAdding(minutes: 1))
        try spa.sandbox.perform(ExpireHolds())
        #expect(try spa.sandbox.perform(SweepWaitlist()) == 2)
        #expect(try entry(spa, first).status == .lapsed)
        #expect(try entry(spa, second).status == .lapsed)
        #expect(spa.organization.waitlistByLocation.isEmpty)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("whoever joins while something is free is offered it, and leaving frees it again")
    func joinAndLeave() throws {
        var spa = try Spa()
        let start = try spa.at(10, day: 1)
        let only = try join(&spa, from: start, to: start.clampedAdding(minutes: 1))
        #expect(only.status == .offered)
        #expect(try !spa.slots(day: 1).contains(start))
        try spa.sandbox.perform(LeaveWaitlist(only.id, expectedVersion: only.version))
        #expect(try entry(spa, only).status == .left)
        #expect(try spa.slots(day: 1).contains(start))
        #expect(try spa.sandbox.perform(LeaveWaitlist(only.id, expectedVersion: 0)) == only.id)
    }

    @Test("a hold that runs out is time that came free: the first who waits gets it, once")
    func expiredHold() throws {
        var spa = try Spa()
        let start = try spa.at(10, day: 1)
        let request = SlotRequest(
            location: spa.location, service: spa.facial, providers: [spa.ada])
        let place = PlaceHold(request, start: start, patient: nil, owner: "web", seconds: 300)
        let held = try spa.sandbox.perform(place)
        let first = try join(&spa, from: start, to: start.clampedAdding(minutes: 1))
        let second = try join(&spa, spa.mina, from: start, to: start.clampedAdding(minutes: 1))
        spa.sandbox.now = Instant(milliseconds: held.expiresAt.milliseconds - 1)
        try spa.sandbox.perform(ExpireHolds())
        #expect(try entry(spa, first).status == .waiting && spa.sandbox.lastEvent == nil)
        spa.sandbox.now = held.expiresAt
        try spa.sandbox.perform(ExpireHolds())
        #expect(try entry(spa, first).status == .offered)
        #expect(try entry(spa, second).status == .waiting)
        // Its owner may still ask what became of it.
        #expect(spa.organization.holds[held.id] != nil)
        try spa.sandbox.perform(ExpireHolds())
        #expect(spa.sandbox.lastEvent == nil)
        var late = NewBooking()
        late.hold = held.id
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, late))
        #expect(refusal?.reason == .slotHeld || refusal?.reason == .holdExpired)
        #expect(spa.organization.violations().isEmpty)
    }

    private func allDay(_ day: Int32) -> TimeOff {
        let date = LocalDate(year: 2026, month: 10, day: 19)?.adding(days: day)
        let start = date ?? LocalDate(dayNumber: 0)
        return TimeOff(
            startDate: start, startMinute: 0, endDate: start.adding(days: 1), endMinute: 0)
    }

    @Test("time off that is taken back is offered to whoever waits, in the same event")
    func timeOffTakenBack() throws {
        var spa = try Spa()
        var details = try #require(spa.organization.providers[spa.ada]).details
        details.timeOff = [allDay(1)]
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: details))
        let wish = try join(&spa, from: spa.at(0, day: 1), to: spa.at(24, day: 1))
        #expect(wish.status == .waiting)
        // Time off of another day is no news for them.
        details.timeOff.append(allDay(2))
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: details))
        #expect(try entry(spa, wish).status == .waiting)
        details.timeOff = []
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: details))
        #expect(try entry(spa, wish).status == .offered)
        let hold = try #require(
            try entry(spa, wish).hold.flatMap { spa.organization.holds[$0] })
        #expect(try hold.start == spa.at(9, day: 1))
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("longer hours, a closure taken back and a room that is in use again are offered too")
    func hoursThatOpen() throws {
        var spa = try Spa()
        let bookings = try fill(&spa)
        let wish = try join(&spa, from: spa.at(0, day: 1), to: spa.at(24, day: 1))
        #expect(wish.status == .waiting && !bookings.isEmpty)
        var place = try #require(spa.organization.locations[spa.location]).details
        place.hours = try hours(1...7, 540, 1080)
        try spa.sandbox.perform(UpdateRecord(spa.location, expectedVersion: 0, details: place))
        #expect(try entry(spa, wish).status == .waiting, "Ada still leaves at five")
        var ada = try #require(spa.organization.providers[spa.ada]).details
        ada.schedules[0].hours = place.hours
        let longer = ChangeSchedule<Provider>(
            spa.ada, expectedVersion: 0, isDryRun: true, policy: .keepAndFlag
        ) { [ada] details throws(Rejection) in details = ada }
        try spa.sandbox.perform(longer)
        #expect(try entry(spa, wish).status == .waiting, "a trial offers nothing")
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: ada))
        let offered = try entry(spa, wish)
        let hold = try #require(offered.hold.flatMap { spa.organization.holds[$0] })
        #expect(try hold.start == spa.at(17, day: 1))
        spa.sandbox.undoLast()
        #expect(try entry(spa, wish).status == .waiting)
    }

    @Test("an outage that ends early is offered to whoever waits for the room")
    func roomInUseAgain() throws {
        var spa = try Spa()
        let off = allDay(1)
        var room = Resource.Details(location: spa.location)
        room.outages = [
            Closure(startDate: off.startDate, startMinute: 0, endDate: off.endDate, endMinute: 0)
        ]
        let id = try spa.sandbox.perform(CreateRecord<Resource>(room)).id
        var facial = try #require(spa.organization.services[spa.facial]).details
        facial.requirements = [Requirement(.resource(id))]
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: facial))
        let wish = try join(&spa, from: spa.at(0, day: 1), to: spa.at(24, day: 1))
        #expect(wish.status == .waiting)
        room.outages = []
        try spa.sandbox.perform(UpdateRecord(id, expectedVersion: 0, details: room))
        #expect(try entry(spa, wish).status == .offered)
    }
}
