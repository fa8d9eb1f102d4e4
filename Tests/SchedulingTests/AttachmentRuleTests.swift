import Intervals
import Testing
import Workload

@testable import Scheduling

/// Attaching where settings and permissions have a say, and what comes off with a booking again.
struct AttachmentRuleTests {
    @Test("the dropdown and attaching give one answer about services of other types")
    func wrongServiceInDropdown() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let draft = try spa.sandbox.perform(
            SaveStep(
                procedure: try spa.draft().id, .type(spa.smallLaser), view: nil,
                expectedVersion: 0))
        func row(_ spa: Spa) throws -> AttachableRow? {
            var request = AttachableRequest(of: spa.mina, for: draft)
            request.showsUnattachable = true
            return try spa.organization.attachableBookings(
                request, limit: 9, now: spa.sandbox.now
            ).rows.first
        }
        #expect(try row(spa)?.refusal == nil && row(spa)?.isOddService == true)
        try spa.set { $0.refusesWrongService = true }
        #expect(try row(spa)?.refusal?.reason == .wrongServiceForType)
        let attach = AttachBooking(
            procedure: draft.id, booking: booking.id, segment: 0, advancesStage: false,
            expectedVersion: 0, expectedBookingVersion: 0)
        #expect(spa.sandbox.refusal(of: attach)?.reason == .wrongServiceForType)
        // What stands in the way altogether is told first.
        try spa.sandbox.perform(CancelBooking(booking.id, expectedVersion: 0, reason: ""))
        #expect(try row(spa)?.refusal?.reason == .cancelled)
    }

    // MARK: Permission

    /// Bo needs a physician's permission, and so does the large laser.
    private func strictSpa() throws -> Spa {
        var spa = try Spa()
        var bo = try #require(spa.organization.providers[spa.bo]).details
        bo.mdRequired = true
        try spa.sandbox.perform(UpdateRecord(spa.bo, expectedVersion: 0, details: bo))
        var large = try #require(spa.organization.procedureTypes[spa.largeLaser]).details
        large.mdRequired = true
        try spa.sandbox.perform(UpdateRecord(spa.largeLaser, expectedVersion: 0, details: large))
        return spa
    }

    @Test("correcting the type takes back the permission that the wrong one asked for")
    func permissionFollowsType() throws {
        var spa = try strictSpa()
        let draft = try spa.draft()
        func choose(_ type: Identifier<ProcedureType>) throws -> Bool {
            try spa.sandbox.perform(
                SaveStep(procedure: draft.id, .type(type), view: nil, expectedVersion: 0)
            ).mdRequired
        }
        #expect(try choose(spa.largeLaser))
        #expect(try !choose(spa.smallLaser))
        // The provider's own need outlasts a corrected type.
        let booking = try spa.book(spa.at(10), service: spa.laser, provider: spa.bo)
        _ = try spa.attach(try spa.procedure(draft.id), booking)
        #expect(try choose(spa.largeLaser))
        #expect(try choose(spa.smallLaser))
        var submit = SubmitProcedure(procedure: draft.id, patient: nil)
        submit.type = spa.largeLaser
        #expect(try spa.sandbox.perform(submit).procedure.mdRequired)
    }

    @Test("a provider's need for permission comes and goes with the attachment")
    func permissionFollowsProvider() throws {
        var spa = try strictSpa()
        let strict = try spa.book(spa.at(10), provider: spa.bo)
        let free = try spa.book(spa.at(10, 30), provider: spa.ada)
        let draft = try spa.draft()
        #expect(try spa.attach(draft, strict).procedure.mdRequired)
        let detached = try spa.sandbox.perform(
            DetachBooking(procedure: draft.id, reason: "wrong visit", expectedVersion: 0))
        #expect(!detached.procedure.mdRequired)

        #expect(try spa.attach(draft, strict).procedure.mdRequired)
        func reattach(_ from: Booking, _ to: Booking) throws -> Procedure {
            try spa.sandbox.perform(
                ReattachBooking(
                    procedure: draft.id, from: from.id, to: to.id, segment: 0, reason: "wrong",
                    expectedVersion: 0, expectedFromVersion: 0, expectedToVersion: 0)
            ).procedure
        }
        #expect(try !reattach(strict, free).mdRequired)
        #expect(try reattach(free, strict).mdRequired)
        try spa.sandbox.perform(CancelBooking(strict.id, expectedVersion: 0, reason: "ill"))
        #expect(try !spa.procedure(draft.id).mdRequired)
    }

    @Test("another provider of the same visit brings or takes the need for permission")
    func permissionFollowsReschedule() throws {
        var spa = try strictSpa()
        let booking = try spa.book(spa.at(10), provider: spa.ada)
        let draft = try spa.attach(try spa.draft(), booking).procedure
        func hand(to provider: Identifier<Provider>) throws -> Bool {
            try spa.sandbox.perform(
                RescheduleBooking(
                    booking.id, expectedVersion: 0, start: booking.start, provider: provider))
            return try spa.procedure(draft.id).mdRequired
        }
        #expect(try hand(to: spa.bo))
        #expect(try !hand(to: spa.ada))
    }

    // MARK: Versions

    @Test("detaching compares both versions, after everything else")
    func detachVersions() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let draft = try spa.attach(try spa.draft(), booking).procedure
        func detach(_ version: Int64, _ bookingVersion: Int64) -> Rejection? {
            spa.sandbox.refusal(
                of: DetachBooking(
                    procedure: draft.id, reason: "wrong visit", expectedVersion: version,
                    expectedBookingVersion: bookingVersion))
        }
        let stale = detach(2, 1)
        #expect(stale?.reason == .versionMismatch && stale?.resource?.kind == "booking")
        #expect(stale?.currentVersion == 2)
        #expect(detach(1, 1)?.resource?.kind == "procedure")
        #expect(detach(2, 2) == nil)
        #expect(detach(9, 9)?.reason == .notAttached)
    }

    // MARK: A moved booking

    @Test("a draft stays attached to a booking that is moved in time, and is told of it")
    func draftIsTold() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let draft = try spa.attach(try spa.draft(), booking).procedure
        #expect(draft.bookingRescheduledAt == nil)
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 60)
        try spa.sandbox.perform(
            RescheduleBooking(booking.id, expectedVersion: 0, start: spa.at(12), provider: nil))
        let told = try spa.procedure(draft.id)
        #expect(told.bookingRescheduledAt == spa.sandbox.now)
        #expect(told.version == draft.version + 1, "what was read before is stale")
        #expect(spa.organization.activeAttachment(of: draft.id)?.booking == booking.id)
        #expect(spa.organization.currentStep(of: told) == 3)
        #expect(spa.sandbox.lastEvent?.writes.map(\.key.kind) == [.booking, .procedure])

        try spa.sandbox.perform(
            RescheduleBooking(booking.id, expectedVersion: 0, start: spa.at(12), provider: nil))
        #expect(spa.sandbox.lastEvent == nil, "nothing moved, nothing is told")
        let off = try spa.sandbox.perform(
            DetachBooking(procedure: draft.id, reason: "wrong visit", expectedVersion: 0))
        #expect(off.procedure.bookingRescheduledAt == nil, "it was about that booking")
    }

    @Test("a group that moves tells the drafts of all its bookings")
    func groupTells() throws {
        var spa = try Spa()
        let group = try spa.sandbox.perform(
            CreateBookingGroup([
                .init(patient: spa.mina, spa.newBooking(spa.at(10), provider: spa.ada)),
                .init(patient: spa.noor, spa.newBooking(spa.at(10), provider: spa.bo)),
            ]))
        let first = try spa.attach(try spa.draft(), group[0].booking).procedure
        let second = try spa.attach(try spa.draft(for: spa.noor), group[1].booking).procedure
        let id = try #require(group[0].booking.group)
        try spa.sandbox.perform(RescheduleBookingGroup(id, start: spa.at(13)))
        for draft in [first, second] {
            #expect(try spa.procedure(draft.id).bookingRescheduledAt == spa.sandbox.now)
        }
        #expect(spa.organization.violations().isEmpty)
    }
}
