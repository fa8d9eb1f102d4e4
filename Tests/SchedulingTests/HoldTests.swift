import Intervals
import Testing
import Workload

@testable import Scheduling

/// Holds: availability.md 6.
struct HoldTests {
    private func place(
        _ spa: Spa, _ start: Minute, owner: String = "web", seconds: Int32 = 0,
        service: Identifier<Service>? = nil, provider: Identifier<Provider>? = nil,
        patient: Identifier<Patient>? = nil
    ) -> PlaceHold {
        let request = SlotRequest(
            location: spa.location, service: service ?? spa.facial,
            providers: provider.map { [$0] } ?? [])
        return PlaceHold(request, start: start, patient: patient, owner: owner, seconds: seconds)
    }

    private func booking(_ hold: Hold) -> NewBooking {
        var new = NewBooking()
        new.hold = hold.id
        return new
    }

    @Test(
        "a hold lives as long as asked, within the limits",
        arguments: [
            (0 as Int32, 300 as Int64), (1, 15), (14, 15), (15, 15), (16, 16), (1799, 1799),
            (1800, 1800), (1801, 1800), (.max, 1800), (-5, 15),
        ])
    func life(wish: Int32, seconds: Int64) throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(place(spa, spa.at(10), seconds: wish))
        #expect(hold.expiresAt == spa.sandbox.now.adding(seconds: seconds))
        #expect(hold.createdAt == spa.sandbox.now)
    }

    @Test("the same owner's second hold on the same start is the first one")
    func sameOwner() throws {
        var spa = try Spa()
        let first = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 100)
        let second = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        #expect(second == first && spa.sandbox.lastEvent == nil)
        let any = try spa.sandbox.perform(place(spa, spa.at(10)))
        #expect(any == first)
        let other = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.bo))
        #expect(other.id != first.id && other.segments[0].provider == spa.bo)
        let later = try spa.sandbox.perform(place(spa, spa.at(11), provider: spa.ada))
        #expect(later.id != first.id)
        // Once the first has expired it is not returned any more.
        spa.sandbox.now = first.expiresAt
        let anew = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        #expect(anew.id != first.id)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("nobody's second hold is another hold, and finds the time held")
    func nobody() throws {
        var spa = try Spa()
        try spa.sandbox.perform(place(spa, spa.at(10), owner: "", provider: spa.ada))
        let second = place(spa, try spa.at(10), owner: "", provider: spa.ada)
        #expect(spa.sandbox.refusal(of: second)?.reason == .slotHeld)
    }

    @Test("an owner has at most 32 live holds; expired ones do not count")
    func cap() throws {
        var spa = try Spa()
        for index in 0..<Int32(Limits.holdsPerOwner) {
            let provider = index % 2 == 0 ? spa.ada : spa.bo
            try spa.sandbox.perform(
                place(spa, spa.at(9, index / 2 * 30, day: index / 28), provider: provider))
        }
        let next = place(spa, try spa.at(10, day: 3))
        #expect(spa.sandbox.refusal(of: next)?.reason == .tooManyHolds)
        let others = place(spa, try spa.at(10, day: 3), owner: "kiosk")
        #expect(spa.sandbox.refusal(of: others) == nil)
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 300)
        #expect(spa.sandbox.refusal(of: next) == nil)
    }

    @Test("another's hold is told with its end and never by its id")
    func otherOwner() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        let new = spa.newBooking(try spa.at(10), provider: spa.ada)
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))
        let told = try #require(refusal)
        #expect(told.reason == .slotHeld)
        #expect(told.retryAt == hold.expiresAt)
        #expect(told.blocking.isEmpty && told.resource == nil)
        #expect(!told.message.contains(hold.id.description))
        #expect(try told.nextFree == spa.at(10, 30).sinceEpoch)
        #expect(try !spa.slots().contains(spa.at(10)))
        #expect(try spa.slots(hold: hold.id).contains(spa.at(10)))
    }

    @Test("a hold's buffers hold too, and are told so")
    func heldBuffer() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(
            place(spa, spa.at(10), service: spa.laser, provider: spa.ada))
        let new = spa.newBooking(try spa.at(10, 30), provider: spa.ada)
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))
        #expect(refusal?.reason == .slotHeld)
        #expect(refusal?.retryAt == hold.expiresAt)
        #expect(refusal?.blocking.isEmpty == true)
    }

    @Test("where a booking and a hold are in the way, the booking is the reason: waiting is no use")
    func bookingBeforeHold() throws {
        var spa = try Spa()
        try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        let booking = try spa.book(spa.at(10, 30))
        var new = spa.newBooking(try spa.at(10), provider: spa.ada)
        new.duration = 60
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))
        #expect(refusal?.reason == .slotTaken)
        #expect(refusal?.blocking == [booking.id.description])
        #expect(refusal?.retryAt == nil)
    }

    @Test("a hold ends at its instant, by comparison and without a sweep")
    func expiry() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        let new = spa.newBooking(try spa.at(10), provider: spa.ada)
        spa.sandbox.now = Instant(milliseconds: hold.expiresAt.milliseconds - 1)
        #expect(
            spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))?.reason == .slotHeld)
        spa.sandbox.now = hold.expiresAt
        #expect(try spa.slots().contains(spa.at(10)))
        #expect(spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new)) == nil)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a live hold becomes its booking: same slot, buffers and provider, and the hold is gone")
    func convert() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(place(spa, spa.at(10), service: spa.laser))
        let planned = try spa.sandbox.perform(CreateBooking(patient: spa.mina, booking(hold)))
        #expect(planned.booking.segments == hold.segments)
        #expect(planned.booking.segments[0].anyProvider)
        #expect(!planned.holdHadExpired && planned.hold == hold.id)
        #expect(spa.organization.holds[hold.id] == nil)
        #expect(spa.sandbox.lastEvent?.writes.count == 2)
        let again = spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, booking(hold)))
        #expect(again?.reason == .unknownRecord)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("whoever a hold is booked for must be free then, though the hold was made for nobody yet")
    func patientElsewhere() throws {
        var spa = try Spa()
        let visit = try spa.book(spa.at(10), patient: spa.mina, provider: spa.bo)
        let hold = try spa.sandbox.perform(place(spa, spa.at(10, 15), provider: spa.ada))
        var new = booking(hold)
        // Staff is warned.
        let warned = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new))
        #expect(warned.warnings == [.patientOverlap] && warned.booking.overrides.isEmpty)
        spa.sandbox.undoLast()
        // Patients are refused, and so is everybody where the organization wants it.
        new.isSelfService = true
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, new))
        #expect(refusal?.reason == .patientOverlap)
        #expect(refusal?.blocking == [visit.id.description])
        #expect(spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new)) == nil)
        spa.sandbox.undoLast()
        try spa.set { $0.patientOverlap = .refuse }
        new.isSelfService = false
        #expect(
            spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, new))?.reason
                == .patientOverlap)
        // Who may break the rule, and says so, breaks it.
        new.overrides.rules = [.patientOverlap]
        new.overrides.note = "her daughter comes along"
        let booked = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        #expect(booked.overrides == [.patientOverlap])
        #expect(booked.overrideNote == "her daughter comes along")
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("an expired hold too is booked for a patient who is free then")
    func expiredAndElsewhere() throws {
        var spa = try Spa()
        let visit = try spa.book(spa.at(10), patient: spa.mina, provider: spa.bo)
        let hold = try spa.sandbox.perform(place(spa, spa.at(10, 15), provider: spa.ada))
        spa.sandbox.now = hold.expiresAt
        var new = booking(hold)
        new.isSelfService = true
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, new))
        #expect(refusal?.reason == .holdExpired)
        #expect(refusal?.blocking == [visit.id.description])
        new.isSelfService = false
        let planned = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new))
        #expect(planned.warnings == [.patientOverlap] && planned.holdHadExpired)
    }

    @Test("notice is judged when the hold is made: a slow form does not age out")
    func notice() throws {
        var spa = try Spa()
        let start = try spa.at(9)
        let hold = try spa.sandbox.perform(place(spa, start, service: spa.consultation))
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 120)
        let direct = spa.newBooking(start, service: spa.consultation, provider: spa.bo)
        #expect(
            spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, direct))?.reason == .tooSoon)
        #expect(spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, booking(hold))) == nil)
    }

    @Test("an expired hold is refused on FAIL, and books on TRY if the time is still free")
    func expired() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        spa.sandbox.now = hold.expiresAt
        var new = booking(hold)
        new.failsOnExpired = true
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, new))
        #expect(refusal?.reason == .holdExpired)
        new.failsOnExpired = false
        let planned = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new))
        #expect(planned.holdHadExpired)
        #expect(planned.booking.segments == hold.segments)
        #expect(spa.organization.holds[hold.id] == nil)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("an expired hold whose time is taken says who took it")
    func expiredAndTaken() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        spa.sandbox.now = hold.expiresAt
        let other = try spa.book(spa.at(10), patient: spa.noor)
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, booking(hold)))
        #expect(refusal?.reason == .holdExpired)
        #expect(refusal?.blocking == [other.id.description])
        #expect(try refusal?.nextFree == spa.at(10, 30).sinceEpoch)
    }

    @Test("an expired hold books with the buffers of today, as a new booking would")
    func expiredAndChanged() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(
            place(spa, spa.at(10), service: spa.laser, provider: spa.ada))
        spa.sandbox.now = hold.expiresAt
        var details = try #require(spa.organization.services[spa.laser]?.details)
        details.bufferAfter = 0
        try spa.sandbox.perform(UpdateRecord(spa.laser, expectedVersion: 0, details: details))
        try spa.book(spa.at(10, 30), patient: spa.noor)
        let planned = try spa.sandbox.perform(CreateBooking(patient: spa.mina, booking(hold)))
        #expect(planned.booking.segments[0].bufferAfter == 0)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("what is given beside a hold must agree with it")
    func mismatch() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(
            place(spa, spa.at(10), provider: spa.ada, patient: spa.mina))
        func field(_ patient: Identifier<Patient>, _ change: (inout NewBooking) -> Void) -> String?
        {
            var new = booking(hold)
            change(&new)
            let refusal = spa.sandbox.refusal(of: CreateBooking(patient: patient, new))
            #expect(refusal?.reason == .holdMismatch)
            return refusal?.field
        }
        let eleven = try spa.at(11)
        #expect(field(spa.noor) { _ in } == "patient_id")
        #expect(field(spa.mina) { $0.location = Identifier(value: 9) } == "location_id")
        #expect(field(spa.mina) { $0.service = spa.laser } == "service_id")
        #expect(field(spa.mina) { $0.duration = 60 } == "duration_minutes")
        #expect(field(spa.mina) { $0.provider = spa.bo } == "provider_id")
        #expect(field(spa.mina) { $0.start = eleven } == "start")
        var new = spa.newBooking(try spa.at(10), provider: spa.ada)
        new.hold = hold.id
        new.duration = 30
        #expect(spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, new)) == nil)
    }

    @Test("releasing frees the slot at once, and releasing again is no error")
    func release() throws {
        var spa = try Spa()
        let hold = try spa.sandbox.perform(place(spa, spa.at(10), provider: spa.ada))
        #expect(try spa.sandbox.perform(ReleaseHold(hold.id)))
        #expect(try spa.slots().contains(spa.at(10)))
        #expect(try !spa.sandbox.perform(ReleaseHold(hold.id)))
        let expiring = try spa.sandbox.perform(place(spa, spa.at(11), provider: spa.ada))
        spa.sandbox.now = expiring.expiresAt
        #expect(try !spa.sandbox.perform(ReleaseHold(expiring.id)))
        #expect(spa.organization.holds[expiring.id] == nil)
    }
}
