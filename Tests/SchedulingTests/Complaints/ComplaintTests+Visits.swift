import Intervals
import Testing
import Workload

@testable import Scheduling

/// What goes wrong elsewhere when visits are booked, held and moved.
extension ComplaintTests {
    @Test("8: one laser is never in two rooms, whoever books it and for whatever service")
    func roomTakenTwice() throws {
        var spa = try Spa()
        var laser = Resource.Details(location: spa.location)
        (laser.name, laser.kind) = ("Laser", .device)
        let device = try spa.sandbox.perform(CreateRecord<Resource>(laser)).id
        func service(
            _ provider: Identifier<Provider>, _ spa: inout Spa
        ) throws -> Identifier<Service> {
            var details = Service.Details()
            details.providers = [provider]
            details.requirements = [Requirement(.resource(device))]
            return try spa.sandbox.perform(CreateRecord<Service>(details)).id
        }
        let hair = try service(spa.ada, &spa)
        let skin = try service(spa.bo, &spa)
        try spa.book(spa.at(10), service: hair)
        let second = CreateBooking(
            patient: spa.noor, spa.newBooking(try spa.at(10, 15), service: skin, provider: spa.bo))
        #expect(spa.sandbox.refusal(of: second)?.reason == .resourceTaken)
        let offered = try spa.slots(skin, provider: spa.bo)
        #expect(try !offered.contains(spa.at(10)) && offered.contains(spa.at(10, 30)))
        // No override lets two visits have it.
        var wish = second
        wish.new.overrides.rules = [.slotTaken, .buffer, .outsideHours]
        wish.new.overrides.note = "please"
        var context = spa.sandbox.context()
        context.role = .manager
        #expect(throws: Rejection.self) { try wish.decide(on: spa.organization, &context) }
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("9: a held slot is its owner's: not stolen, not in its own way, free again at once")
    func stolenWhileFillingIn() throws {
        var spa = try Spa()
        let start = try spa.at(10)
        let request = SlotRequest(
            location: spa.location, service: spa.facial, providers: [spa.ada])
        func hold(_ owner: String) -> PlaceHold {
            PlaceHold(request, start: start, patient: nil, owner: owner, seconds: 300)
        }
        let mine = try spa.sandbox.perform(hold("mine"))
        #expect(spa.sandbox.refusal(of: hold("another's"))?.reason == .slotHeld)
        let stolen = CreateBooking(
            patient: spa.noor, spa.newBooking(start, provider: spa.ada))
        #expect(spa.sandbox.refusal(of: stolen)?.reason == .slotHeld)
        #expect(try !spa.slots().contains(start))
        #expect(try spa.slots(hold: mine.id).contains(start), "my own hold blocks me")
        var new = NewBooking()
        new.hold = mine.id
        // Holding first is no way round a rule of booking.
        let elsewhere = try spa.book(start, patient: spa.noor, provider: spa.bo)
        new.isSelfService = true
        let twice = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, new))
        #expect(twice?.reason == .patientOverlap)
        #expect(twice?.blocking == [elsewhere.id.description])
        new.isSelfService = false
        let booking = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        #expect(booking.start == start)
        // The time that rescheduling gives back can be held by anybody, right away.
        try spa.sandbox.perform(
            RescheduleBooking(booking.id, expectedVersion: 0, start: spa.at(12), provider: nil))
        try spa.sandbox.perform(hold("another's"))
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("10: an unconfirmed visit keeps its time, and is confirmed once, as it was seen")
    func approvalBooksTwice() throws {
        var spa = try Spa()
        let asked = try spa.book(spa.at(10))
        #expect(asked.stage == .new)
        let other = CreateBooking(
            patient: spa.noor, spa.newBooking(try spa.at(10), provider: spa.ada))
        #expect(spa.sandbox.refusal(of: other)?.reason == .slotTaken)
        // Two at the desk look at the same version; the second one's click is refused.
        let confirmed = MoveBooking(asked.id, expectedVersion: asked.version, to: .confirmed)
        try spa.sandbox.perform(confirmed)
        let cancel = CancelBooking(asked.id, expectedVersion: asked.version, reason: "no answer")
        #expect(spa.sandbox.refusal(of: cancel)?.reason == .versionMismatch)
        #expect(try spa.booking(asked.id).stage == .confirmed)
    }

    @Test("12: staff may break a rule that they name, with a reason; no other, and no patient any")
    func overrideAllOrNothing() throws {
        var spa = try Spa()
        try spa.book(spa.at(16, 30))
        // The house is open longer than Ada works.
        var place = try #require(spa.organization.locations[spa.location]).details
        place.hours = try hours(1...7, 540, 1200)
        try spa.sandbox.perform(UpdateRecord(spa.location, expectedVersion: 0, details: place))
        func attempt(
            _ start: Minute, _ rules: [Reason], note: String = "asked for", as role: CallerRole
        ) -> Result<Booking, Rejection> {
            var new = spa.newBooking(start, provider: spa.ada)
            (new.overrides.rules, new.overrides.note) = (rules, note)
            var context = spa.sandbox.context()
            context.role = role
            do throws(Rejection) {
                let command = CreateBooking(patient: spa.noor, new)
                return .success(try command.decide(on: spa.organization, &context).outcome.booking)
            } catch {
                return .failure(error)
            }
        }
        let late = try spa.at(17)
        let early = try spa.at(16, 45)
        func reason(_ result: Result<Booking, Rejection>) -> Reason? {
            if case .failure(let rejection) = result { rejection.reason } else { nil }
        }
        #expect(reason(attempt(late, [], as: .staff)) == .outsideHours)
        #expect(reason(attempt(late, [.buffer], as: .staff)) == .outsideHours)
        #expect(reason(attempt(late, [.outsideHours], as: .patient)) == .overrideNotAllowed)
        #expect(reason(attempt(late, [.outsideHours], note: "", as: .staff)) == .invalidValue)
        let booking = try attempt(late, [.outsideHours, .buffer], as: .staff).get()
        #expect(booking.overrides == [.outsideHours], "only what was broken is recorded")
        #expect(booking.overrideNote == "asked for" && booking.overrideRole == "staff")
        // A rule that was named does not open the next one.
        #expect(reason(attempt(early, [.outsideHours], as: .manager)) == .slotTaken)
        #expect(reason(attempt(early, [.slotTaken], as: .staff)) == .overrideNotAllowed)
    }

    @Test("17: a change of hours tells whom it strands before it is made, and flags them after")
    func strandedInSilence() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(16, day: 1))
        func close(isDryRun: Bool) throws -> ChangeSchedule<Provider> {
            let shorter = try hours(1...7, 540, 900)
            let place = spa.location
            return ChangeSchedule(
                spa.ada, expectedVersion: 0, isDryRun: isDryRun, policy: .keepAndFlag
            ) { details throws(Rejection) in
                details.schedules = [ProviderSchedule(location: place, hours: shorter)]
            }
        }
        let told = try spa.sandbox.perform(close(isDryRun: true))
        #expect(told.stranded.map(\.booking.id) == [booking.id])
        #expect(!spa.organization.isOutOfHours(booking))
        try spa.sandbox.perform(close(isDryRun: false))
        #expect(spa.organization.isOutOfHours(booking))
        #expect(try spa.booking(booking.id).stage == .new, "and nobody lost the visit")
    }

    @Test("18: whoever is assigned works and is free then, in turn, and within their cap")
    func roundRobinGoneWrong() throws {
        var spa = try Spa()
        var bo = try #require(spa.organization.providers[spa.bo]).details
        bo.schedules = [
            ProviderSchedule(location: spa.location, hours: try hours(1...7, 540, 720))
        ]
        try spa.sandbox.perform(UpdateRecord(spa.bo, expectedVersion: 0, details: bo))
        func book(_ hour: Int32, _ minute: Int32 = 0) throws -> Identifier<Provider> {
            try spa.sandbox.perform(
                CreateBooking(patient: spa.mina, spa.newBooking(try spa.at(hour, minute)))
            ).booking.segments[0].provider
        }
        // The least busy that day, then the lowest id.
        let morning = try [book(9), book(9, 30), book(10), book(10, 30)]
        #expect(morning == [spa.ada, spa.bo, spa.ada, spa.bo])
        // Bo has gone home.
        #expect(try [book(13), book(14)] == [spa.ada, spa.ada])
        // Bo is the less busy one now, and may take one more.
        bo.dailyCap = 3
        try spa.sandbox.perform(UpdateRecord(spa.bo, expectedVersion: 0, details: bo))
        #expect(try [book(11), book(11, 30)] == [spa.bo, spa.ada])
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("19: a group moves as a whole, or stays as a whole")
    func groupCannotMove() throws {
        var spa = try Spa()
        let members = [(spa.mina, spa.ada), (spa.noor, spa.bo)].map { patient, provider in
            CreateBookingGroup.Member(
                patient: patient,
                { () -> NewBooking in
                    var new = NewBooking()
                    (new.location, new.service) = (spa.location, spa.facial)
                    (new.provider, new.start) = (provider, try? spa.at(10))
                    return new
                }())
        }
        let made = try spa.sandbox.perform(CreateBookingGroup(members)).map(\.booking)
        let group = try #require(made[0].group)
        // One of the two would meet this one.
        try spa.book(spa.at(12), provider: spa.bo)
        let move = RescheduleBookingGroup(group, start: try spa.at(12))
        let refusal = spa.sandbox.refusal(of: move)
        #expect(refusal?.reason == .slotTaken)
        #expect(refusal?.resource?.id == made[1].id.description, "it is told which")
        #expect(try made.map { try spa.booking($0.id).start } == [spa.at(10), spa.at(10)])
        try spa.sandbox.perform(RescheduleBookingGroup(group, start: spa.at(13)))
        #expect(try made.map { try spa.booking($0.id).start } == [spa.at(13), spa.at(13)])
        #expect(spa.organization.violations().isEmpty)
    }
}
