import Intervals
import Testing
import Workload

@testable import Scheduling

/// A caller's own hold and the booking that is being moved are not in the caller's way
/// (availability.md 2, step 6).
struct OwnHoldTests {
    private func place(
        _ spa: Spa, _ start: Minute, provider: Identifier<Provider>? = nil,
        duration: Int32? = nil, replacing hold: Hold? = nil, moving booking: Booking? = nil,
        owner: String = "web", patient: Identifier<Patient>? = nil
    ) -> PlaceHold {
        let request = SlotRequest(
            location: spa.location, service: spa.facial, duration: duration,
            providers: provider.map { [$0] } ?? [], ignoring: booking?.id, hold: hold?.id)
        return PlaceHold(request, start: start, patient: patient, owner: owner, seconds: 0)
    }

    private func reschedule(_ booking: Booking, onto hold: Hold) -> RescheduleBooking {
        var move = RescheduleBooking(
            booking.id, expectedVersion: 0, start: hold.start, provider: nil)
        move.hold = hold.id
        return move
    }

    @Test("a member of a group that converts a hold counts for the members after it, and once")
    func groupOfHolds() throws {
        var spa = try Spa()
        let request = SlotRequest(location: spa.location, service: spa.facial, providers: [spa.ada])
        let hold = try spa.sandbox.perform(
            PlaceHold(request, start: spa.at(10), patient: nil, owner: "web", seconds: 0))
        var held = NewBooking()
        held.hold = hold.id
        let members = [
            CreateBookingGroup.Member(patient: spa.mina, held),
            CreateBookingGroup.Member(
                patient: spa.mina,
                spa.newBooking(try spa.at(10), service: spa.facial, provider: spa.bo)),
        ]
        var profile = spa.organization.profile.details
        profile.patientOverlap = .refuse
        try spa.sandbox.perform(UpdateOrganization(expectedVersion: 0, details: profile))
        let group = CreateBookingGroup(members)
        let refusal = spa.sandbox.refusal(of: group)
        #expect(refusal?.reason == .patientOverlap)
        // What the first was to become is in the way, and is nothing that could be looked up.
        #expect(refusal?.field == "members[1]" && refusal?.blocking == [])
        // With nobody in the way of anybody, a cap of two takes both: the hold is not one more.
        profile.patientOverlap = .allow
        try spa.sandbox.perform(UpdateOrganization(expectedVersion: 0, details: profile))
        var place = try #require(spa.organization.locations[spa.location]).details
        place.dailyCap = 2
        try spa.sandbox.perform(UpdateRecord(spa.location, expectedVersion: 0, details: place))
        #expect(try spa.sandbox.perform(group).count == 2)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a hold takes the place of the caller's own, over the same time too")
    func replace() throws {
        var spa = try Spa()
        let first = try spa.sandbox.perform(
            place(spa, spa.at(10), provider: spa.ada, patient: spa.mina))
        let later = place(spa, try spa.at(10, 15), provider: spa.ada)
        #expect(spa.sandbox.refusal(of: later)?.reason == .slotHeld)
        let longer = try spa.sandbox.perform(
            place(spa, spa.at(10), provider: spa.ada, duration: 60, replacing: first, owner: ""))
        #expect(spa.organization.holds[first.id] == nil && longer.id != first.id)
        #expect(longer.owner == "web" && longer.patient == spa.mina)
        #expect(longer.segments[0].interval.durationMinutes == 60)
        #expect(spa.organization.violations().isEmpty)
        let gone = place(spa, try spa.at(12), replacing: first)
        #expect(spa.sandbox.refusal(of: gone)?.reason == .unknownRecord)
    }

    @Test("a hold that keeps some of the same time lives no longer than the first could have")
    func life() throws {
        var spa = try Spa()
        let first = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 200)
        let same = try spa.sandbox.perform(
            place(spa, spa.at(10), provider: spa.ada, replacing: first))
        #expect(same.latestExpiry == first.latestExpiry)
        #expect(same.expiresAt == spa.sandbox.now.adding(seconds: 300))
        let other = try spa.sandbox.perform(
            place(spa, spa.at(14), provider: spa.ada, replacing: same))
        #expect(other.createdAt == spa.sandbox.now)
        // An expired one is as good as none.
        spa.sandbox.now = other.expiresAt
        let anew = try spa.sandbox.perform(
            place(spa, spa.at(14), provider: spa.ada, replacing: other))
        #expect(anew.createdAt == spa.sandbox.now)
    }

    @Test("the same hold is returned for the same patient alone")
    func patients() throws {
        var spa = try Spa()
        let first = try spa.sandbox.perform(
            place(spa, spa.at(10), provider: spa.ada, patient: spa.mina))
        let again = try spa.sandbox.perform(
            place(spa, spa.at(10), provider: spa.ada, patient: spa.mina))
        #expect(again == first)
        let other = place(spa, try spa.at(10), provider: spa.ada, patient: spa.noor)
        #expect(spa.sandbox.refusal(of: other)?.reason == .slotHeld)
    }

    @Test("what the owner holds already is returned, and the hold that it should replace is gone")
    func known() throws {
        var spa = try Spa()
        let ten = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        let eleven = try spa.sandbox.perform(place(spa, spa.at(11), provider: spa.ada))
        let found = try spa.sandbox.perform(
            place(spa, spa.at(11), provider: spa.ada, replacing: ten))
        #expect(found == eleven && spa.organization.holds[ten.id] == nil)
    }

    @Test("a hold for moving a booking may lie over it, and nothing else takes it")
    func moving() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let plain = place(spa, try spa.at(10, 15), provider: spa.ada)
        #expect(spa.sandbox.refusal(of: plain)?.reason == .slotTaken)
        let hold = try spa.sandbox.perform(
            place(spa, spa.at(10, 15), provider: spa.ada, moving: booking))
        #expect(hold.moving == booking.id && hold.patient == spa.mina)
        #expect(spa.organization.violations().isEmpty)
        #expect(!Record.hold(hold).clashes(with: .booking(booking)))
        var new = NewBooking()
        new.hold = hold.id
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, new))
        #expect(refusal?.reason == .holdMismatch && refusal?.field == "hold_id")
        let moved = try spa.sandbox.perform(reschedule(booking, onto: hold))
        #expect(try moved.start == spa.at(10, 15) && moved.version == booking.version + 1)
        #expect(spa.organization.holds[hold.id] == nil)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("once the booking is cancelled, the hold for moving it can be booked")
    func cancelled() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let hold = try spa.sandbox.perform(
            place(spa, spa.at(10, 15), provider: spa.ada, moving: booking))
        try spa.sandbox.perform(CancelBooking(booking.id, expectedVersion: 0, reason: "ill"))
        var new = NewBooking()
        new.hold = hold.id
        try spa.sandbox.perform(CreateBooking(patient: spa.mina, new))
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a booking moves to its caller's hold, to whoever was held, and notice does not age out")
    func onto() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(15), service: spa.consultation)
        let request = SlotRequest(
            location: spa.location, service: spa.consultation, providers: [spa.bo])
        // The notice is an hour: 9 o'clock is held at the last moment.
        let hold = try spa.sandbox.perform(
            PlaceHold(request, start: spa.at(9), patient: nil, owner: "web", seconds: 0))
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 120)
        let direct = RescheduleBooking(
            booking.id, expectedVersion: 0, start: try spa.at(9), provider: spa.bo)
        #expect(spa.sandbox.refusal(of: direct)?.reason == .slotHeld)
        let moved = try spa.sandbox.perform(reschedule(booking, onto: hold))
        #expect(moved.segments[0].provider == spa.bo && moved.overrides.isEmpty)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("what is given beside a hold must agree with it, and its hold with the booking")
    func agreement() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let hold = try spa.sandbox.perform(place(spa, spa.at(12), provider: spa.bo))
        var move = reschedule(booking, onto: hold)
        move.start = try spa.at(13)
        #expect(spa.sandbox.refusal(of: move)?.field == "start")
        move = reschedule(booking, onto: hold)
        move.provider = spa.ada
        #expect(spa.sandbox.refusal(of: move)?.field == "provider_id")
        let laser = try spa.book(spa.at(15), service: spa.laser)
        #expect(spa.sandbox.refusal(of: reschedule(laser, onto: hold))?.reason == .holdMismatch)
    }

    @Test("an expired hold moves the booking if the time is still free, and says so if not")
    func expired() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let hold = try spa.sandbox.perform(place(spa, spa.at(12), provider: spa.ada))
        spa.sandbox.now = hold.expiresAt
        var free = spa
        #expect(free.sandbox.refusal(of: reschedule(booking, onto: hold)) == nil)
        let other = try spa.book(spa.at(12), patient: spa.noor)
        let refusal = spa.sandbox.refusal(of: reschedule(booking, onto: hold))
        #expect(refusal?.reason == .holdExpired)
        #expect(refusal?.blocking == [other.id.description])
    }

    @Test("rules that were broken for a hold are told on the booking that it becomes")
    func overrides() throws {
        var spa = try Spa()
        var early = place(spa, try spa.at(8, 30), provider: spa.ada)
        #expect(spa.sandbox.refusal(of: early) != nil)
        early.overrides.rules = [.outsideHours, .locationClosed]
        early.overrides.note = "she has a flight"
        #expect(spa.sandbox.refusal(of: early)?.reason == .overrideNotAllowed)
        var context = spa.sandbox.context()
        context.role = .manager
        let decision = try early.decide(on: spa.organization, &context)
        let hold = decision.outcome
        #expect(!hold.overrides.isEmpty && hold.overrideRole == "manager")
        var after = spa.organization
        after.apply(decision.writes)
        var new = NewBooking()
        new.hold = hold.id
        var desk = spa.sandbox.context()
        let planned = try CreateBooking(patient: spa.mina, new).decide(on: after, &desk).outcome
        #expect(planned.booking.overrides == hold.overrides)
        #expect(planned.booking.overrideNote == "she has a flight")
        #expect(planned.booking.overrideRole == "manager")
    }

    @Test("every start that a search offers for a booking on the move can be held and moved to")
    func offered() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        try spa.book(spa.at(13), patient: spa.noor)
        let offered = try spa.slots(ignoring: booking.id)
        #expect(try offered.contains(spa.at(10, 15)) && !offered.contains(spa.at(13)))
        for start in offered where start != booking.start {
            var trial = spa
            let hold = try trial.sandbox.perform(
                place(trial, start, provider: trial.ada, moving: booking))
            let moved = try trial.sandbox.perform(reschedule(booking, onto: hold))
            #expect(moved.start == start)
            #expect(trial.organization.violations().isEmpty)
        }
    }
}
