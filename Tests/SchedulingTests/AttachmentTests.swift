import Intervals
import Testing
import Workload

@testable import Scheduling

/// Attaching and detaching: procedures.md 6, and the dropdown of 5.
struct AttachmentTests {
    // MARK: Attaching

    @Test("attaching fills the type in, moves nothing by itself, and once is enough")
    func attach() throws {
        var spa = try Spa()
        let draft = try spa.draft()
        let booking = try spa.move(try spa.book(spa.at(10)), to: .checkIn)
        let pair = try spa.attach(draft, booking)
        #expect(pair.procedure.version == 2 && pair.booking?.version == booking.version + 1)
        #expect(pair.procedure.type == spa.facialType && pair.warnings.isEmpty)
        #expect(pair.booking?.stage == .checkIn)
        #expect(spa.organization.currentStep(of: pair.procedure) == 3)
        let again = try spa.sandbox.perform(
            AttachBooking(
                procedure: draft.id, booking: booking.id, segment: 1, advancesStage: false,
                expectedVersion: 77, expectedBookingVersion: 77))
        #expect(again.procedure == pair.procedure && spa.sandbox.lastEvent == nil)
    }

    @Test("the rules come in order, and both versions last")
    func order() throws {
        var spa = try Spa()
        let draft = try spa.draft()
        let own = try spa.book(spa.at(10))
        let foreign = try spa.book(spa.at(11), patient: spa.noor)
        func refusal(
            _ procedure: Identifier<Procedure>, _ booking: Identifier<Booking>,
            segment: Int32 = 0, version: Int64 = 9, bookingVersion: Int64 = 9
        ) -> Rejection? {
            spa.sandbox.refusal(
                of: AttachBooking(
                    procedure: procedure, booking: booking, segment: segment, advancesStage: false,
                    expectedVersion: version, expectedBookingVersion: bookingVersion))
        }
        #expect(refusal(Identifier(value: 9), own.id)?.field == "procedure_id")
        #expect(refusal(draft.id, Identifier(value: 9))?.field == "booking_id")
        #expect(refusal(draft.id, own.id, segment: 2)?.reason == .invalidValue)
        #expect(refusal(draft.id, own.id, segment: -1)?.reason == .invalidValue)
        #expect(refusal(draft.id, foreign.id)?.reason == .patientMismatch)
        let stale = refusal(draft.id, own.id, version: 9, bookingVersion: 1)
        #expect(stale?.reason == .versionMismatch && stale?.resource?.kind == "procedure")
        let staleBooking = refusal(draft.id, own.id, version: 1, bookingVersion: 9)
        #expect(staleBooking?.resource?.kind == "booking" && staleBooking?.currentVersion == 1)
        #expect(refusal(draft.id, own.id, version: 1, bookingVersion: 1) == nil)

        // The procedure has a booking; the booking has a procedure.
        let second = try spa.book(spa.at(12))
        let attached = refusal(draft.id, second.id)
        #expect(attached?.reason == .procedureAttached)
        #expect(attached?.resource?.id == own.id.description)
        let other = try spa.draft()
        let taken = refusal(other.id, own.id)
        #expect(taken?.reason == .alreadyAttached)
        #expect(taken?.blocking == [draft.id.description])
        try spa.sandbox.perform(SubmitProcedure(procedure: draft.id, patient: nil))
        #expect(refusal(draft.id, second.id)?.reason == .procedureStatus)
    }

    @Test("each stage is attachable or not as the table says")
    func stages() throws {
        let attachable: Set<Stage> = [.new, .confirmed, .checkIn, .inProcedure]
        for stage in Stage.allCases {
            var spa = try Spa()
            let draft = try spa.draft()
            var booking = try spa.book(spa.at(10))
            booking.stage = stage
            try spa.sandbox.perform(PutRecords(records: [.booking(booking)]))
            let reason = spa.sandbox.refusal(
                of: AttachBooking(
                    procedure: draft.id, booking: booking.id, segment: 0, advancesStage: false,
                    expectedVersion: 0, expectedBookingVersion: 0))?.reason
            let expected: Reason? =
                attachable.contains(stage) ? nil : stage == .cancelled ? .cancelled : .stage
            #expect(reason == expected, "\(stage)")
        }
    }

    @Test("another service than the type's is a warning, and the type stays")
    func oddService() throws {
        var spa = try Spa()
        let draft = try spa.draft()
        try spa.sandbox.perform(
            SaveStep(
                procedure: draft.id, .type(spa.smallLaser), view: nil, expectedVersion: 0))
        let pair = try spa.attach(draft, try spa.book(spa.at(10)))
        #expect(pair.warnings == [.wrongServiceForType])
        #expect(pair.procedure.type == spa.smallLaser)
    }

    // MARK: Creating and attaching

    @Test("create-and-attach is one event: the booking, its tie and the draft, or nothing")
    func createAndAttach() throws {
        var spa = try Spa()
        let draft = try spa.draft()
        let pair = try spa.sandbox.perform(
            CreateBookingAndAttach(
                procedure: draft.id, spa.newBooking(try spa.at(10)), expectedVersion: 1))
        let booking = try #require(pair.booking)
        #expect(booking.version == 1 && booking.stage == .new && booking.patient == spa.mina)
        #expect(spa.organization.currentStep(of: pair.procedure) == 3)
        #expect(spa.sandbox.lastEvent?.writes.count == 3)
        #expect(spa.organization.activeAttachment(of: draft.id)?.booking == booking.id)

        let taken = CreateBookingAndAttach(
            procedure: try spa.draft().id,
            spa.newBooking(try spa.at(10), provider: booking.segments[0].provider),
            expectedVersion: 9)
        let refusal = spa.sandbox.refusal(of: taken)
        #expect(refusal?.reason == .slotTaken)
        #expect(spa.organization.bookings.count == 1)
        var wrong = spa.newBooking(try spa.at(11))
        wrong.duration = 7
        let nested = spa.sandbox.refusal(
            of: CreateBookingAndAttach(procedure: taken.procedure, wrong, expectedVersion: 0))
        #expect(nested?.field == "booking.duration_minutes")
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a procedure that has a booking gets no second one, and that comes before the slot")
    func createAndAttachTwice() throws {
        var spa = try Spa()
        let draft = try spa.draft()
        let create = CreateBookingAndAttach(
            procedure: draft.id, spa.newBooking(try spa.at(10), provider: spa.ada),
            expectedVersion: 1)
        try spa.sandbox.perform(create)
        #expect(spa.sandbox.refusal(of: create)?.reason == .procedureAttached)
        #expect(spa.organization.bookings.count == 1)
    }

    @Test("create-and-attach converts a hold, and takes a walk-in straight to Check-in")
    func createFromHold() throws {
        var spa = try Spa()
        let request = SlotRequest(location: spa.location, service: spa.facial)
        let hold = try spa.sandbox.perform(
            PlaceHold(request, start: try spa.at(10), patient: nil, owner: "web", seconds: 0))
        var new = NewBooking()
        new.hold = hold.id
        let pair = try spa.sandbox.perform(
            CreateBookingAndAttach(procedure: try spa.draft().id, new, expectedVersion: 0))
        #expect(pair.booking?.segments == hold.segments)
        #expect(spa.organization.holds.count == 0)

        spa.sandbox.now = Instant(try spa.at(13, 7))
        var walkIn = spa.newBooking(try spa.at(13, 7))
        walkIn.isWalkIn = true
        let here = try spa.sandbox.perform(
            CreateBookingAndAttach(procedure: try spa.draft().id, walkIn, expectedVersion: 0))
        #expect(here.booking?.stage == .checkIn)
        #expect(spa.organization.violations().isEmpty)
    }

    // MARK: Detaching

    @Test("detaching gives the stage back when attaching had moved it, and keeps history")
    func detach() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let procedure = try spa.start(booking).procedure
        let stale = DetachBooking(procedure: procedure.id, reason: "", expectedVersion: 9)
        #expect(spa.sandbox.refusal(of: stale)?.reason == .versionMismatch)
        let pair = try spa.sandbox.perform(
            DetachBooking(procedure: procedure.id, reason: "wrong card", expectedVersion: 1))
        #expect(pair.booking?.stage == .checkIn)
        #expect(
            pair.booking?.stageHistory.map(\.stage) == [.new, .checkIn, .inProcedure, .checkIn])
        #expect(spa.organization.currentStep(of: pair.procedure) == 2)
        let history = spa.organization.attachmentHistory(of: procedure.id)
        #expect(history.count == 1 && history[0].detachment?.reason == "wrong card")
        let again = spa.sandbox.refusal(
            of: DetachBooking(procedure: procedure.id, reason: "", expectedVersion: 0))
        #expect(again?.reason == .notAttached)
        // Both are free for each other again.
        let back = try spa.attach(pair.procedure, try spa.booking(booking.id), advances: true)
        #expect(back.booking?.stage == .inProcedure)
        #expect(spa.organization.attachmentHistory(of: procedure.id).count == 2)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("detaching leaves the stage alone when it was moved by hand")
    func detachUnmoved() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let draft = try spa.attach(try spa.draft(), booking).procedure
        try spa.move(booking, to: .inProcedure)
        let pair = try spa.sandbox.perform(
            DetachBooking(procedure: draft.id, reason: "", expectedVersion: 0))
        #expect(pair.booking?.stage == .inProcedure)
    }

    @Test("detaching leaves the stage while another procedure remains")
    func detachOneOfTwo() throws {
        var spa = try Spa(activeProceduresPerSegment: 0)
        let booking = try spa.checkedIn()
        let first = try spa.start(booking).procedure
        _ = try spa.attach(try spa.draft(), try spa.booking(booking.id))
        let pair = try spa.sandbox.perform(
            DetachBooking(procedure: first.id, reason: "", expectedVersion: 0))
        #expect(pair.booking?.stage == .inProcedure)
        #expect(spa.organization.activeAttachments(of: try spa.booking(booking.id)).count == 1)
    }

    @Test("only a draft's booking can be taken off")
    func detachSubmitted() throws {
        var spa = try Spa()
        let procedure = try spa.start(try spa.checkedIn()).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        let detach = DetachBooking(procedure: procedure.id, reason: "", expectedVersion: 0)
        #expect(spa.sandbox.refusal(of: detach)?.reason == .procedureStatus)
    }

    // MARK: The dropdown

    @Test(
        "the dropdown lists who is here first, then the nearest, each with why it is not to be had")
    func dropdown() throws {
        var spa = try Spa()
        let soon = try spa.book(spa.at(9), provider: spa.ada)
        let here = try spa.move(try spa.book(spa.at(16), provider: spa.ada), to: .checkIn)
        let tomorrow = try spa.book(spa.at(10, day: 1))
        let inOrder = try spa.book(spa.at(12))
        let cancelled = try spa.sandbox.perform(
            CancelBooking(try spa.book(spa.at(13)).id, expectedVersion: 0, reason: ""))
        try spa.book(spa.at(14), patient: spa.noor)
        let archived = try spa.move(try spa.book(spa.at(15)), to: .archived)
        let draft = try spa.draft()
        let holder = try spa.attach(try spa.draft(), soon).procedure

        func rows(all: Bool, limit: Int = 100) throws -> (rows: [AttachableRow], isTruncated: Bool)
        {
            var request = AttachableRequest(of: spa.mina, for: draft)
            request.showsUnattachable = all
            return try spa.organization.attachableBookings(
                request, limit: limit, now: spa.sandbox.now)
        }
        let everything = try rows(all: true).rows
        #expect(
            everything.map(\.booking.id)
                == [here, soon, inOrder, cancelled, archived, tomorrow].map(\.id))
        #expect(
            everything.map(\.refusal?.reason)
                == [nil, .alreadyAttached, nil, .cancelled, .stage, nil])
        #expect(everything[1].refusal?.blocking == [holder.id.description])
        #expect(try rows(all: false).rows.map(\.booking.id) == [here.id, inOrder.id, tomorrow.id])
        let cut = try rows(all: false, limit: 2)
        #expect(cut.rows.count == 2 && cut.isTruncated)
        #expect(try !rows(all: false, limit: 3).isTruncated)

        let typed = try spa.sandbox.perform(
            SaveStep(procedure: draft.id, .type(spa.smallLaser), view: nil, expectedVersion: 0))
        let odd = try spa.organization.attachableBookings(
            AttachableRequest(of: spa.mina, for: typed), limit: 9, now: spa.sandbox.now
        ).rows
        #expect(odd.allSatisfy { $0.isOddService })
    }

    @Test("the dropdown goes back to the start of yesterday, by the location's clock")
    func dropdownWindow() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(9))
        func isListed(from: Minute? = nil, to: Minute? = nil) throws -> Bool {
            var request = AttachableRequest(of: spa.mina)
            request.from = from
            request.to = to
            request.showsUnattachable = true
            return try !spa.organization.attachableBookings(
                request, limit: 9, now: spa.sandbox.now
            ).rows.isEmpty
        }
        spa.sandbox.now = Instant(try spa.at(47, 59))
        #expect(try isListed())
        spa.sandbox.now = Instant(try spa.at(48))
        #expect(try !isListed())
        #expect(try isListed(from: booking.start))
        #expect(try !isListed(from: booking.start, to: booking.start))
        #expect(try !isListed(from: booking.start.clampedAdding(minutes: 1)))
    }

    @Test("the dropdown ends with the last day that anything can be booked on, to the minute")
    func dropdownHorizon() throws {
        var spa = try Spa()
        func offer(_ service: Identifier<Service>, days: Int32) throws {
            var details = try #require(spa.organization.services[service]).details
            details.horizonDays = days
            try spa.sandbox.perform(UpdateRecord(service, expectedVersion: 0, details: details))
        }
        // Booked while it could be, before the clinic looked less far ahead: 180 days at most.
        let late = try spa.at(10, day: 190)
        try offer(spa.facial, days: 300)
        let booking = try spa.book(late)
        try offer(spa.facial, days: 90)
        func isListed(to: Minute? = nil) throws -> Bool {
            var request = AttachableRequest(of: spa.mina)
            request.to = to
            return try spa.organization.attachableBookings(
                request, limit: 9, now: spa.sandbox.now
            ).rows.map(\.booking.id) == [booking.id]
        }
        #expect(try !isListed())
        #expect(try isListed(to: late.clampedAdding(minutes: 1)), "asked for, it is there")
        spa.sandbox.now = Instant(try spa.at(23, 59, day: 9))
        #expect(try !isListed(), "180 days ahead ends the day before")
        spa.sandbox.now = Instant(try spa.at(0, day: 10))
        #expect(try isListed())
        spa.sandbox.now = Instant(try spa.at(12))
        var details = try #require(spa.organization.services[spa.consultation]).details
        details.variants = [ServiceVariant(provider: spa.bo)]
        details.variants[0].horizonDays = 190
        try spa.sandbox.perform(
            UpdateRecord(spa.consultation, expectedVersion: 0, details: details))
        #expect(try isListed(), "one provider's longer horizon counts as well")
    }

    @Test("a booking at another location is shown and cannot be chosen, unless worse is known")
    func otherLocation() throws {
        var spa = try Spa()
        var place = try #require(spa.organization.locations[spa.location]).details
        place.name = "Annex"
        let annex = try spa.sandbox.perform(CreateRecord<Location>(place)).id
        let here = try spa.book(spa.at(10))
        let gone = try spa.sandbox.perform(
            CancelBooking(try spa.book(spa.at(11)).id, expectedVersion: 0, reason: ""))
        func reasons(at location: Identifier<Location>?, all: Bool = true) throws -> [Reason?] {
            var request = AttachableRequest(of: spa.mina)
            request.location = location
            request.showsUnattachable = all
            return try spa.organization.attachableBookings(
                request, limit: 9, now: spa.sandbox.now
            ).rows.map(\.refusal?.reason)
        }
        #expect(try reasons(at: nil) == [nil, .cancelled])
        #expect(try reasons(at: spa.location) == [nil, .cancelled])
        #expect(try reasons(at: annex) == [.otherLocation, .cancelled])
        #expect(try reasons(at: annex, all: false).isEmpty)
        #expect(here.location == spa.location && gone.stage == .cancelled)
    }
}
