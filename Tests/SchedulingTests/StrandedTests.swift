import Intervals
import Testing
import Workload

@testable import Scheduling

/// A schedule that changes must not strand bookings in silence (complaints.md, row 17).
@Suite struct StrandedTests {
    private func dayOff(_ spa: Spa, day: Int32) -> TimeOff {
        let date = LocalDate(year: 2026, month: 10, day: 19)?.adding(days: day)
        let start = date ?? LocalDate(dayNumber: 0)
        return TimeOff(
            startDate: start, startMinute: 0, endDate: start.adding(days: 1), endMinute: 0)
    }

    private func change(
        _ spa: Spa, isDryRun: Bool = false, policy: StrandedPolicy = .keepAndFlag, day: Int32
    ) -> ChangeSchedule<Provider> {
        let off = dayOff(spa, day: day)
        return ChangeSchedule(
            spa.ada, expectedVersion: 0, isDryRun: isDryRun, policy: policy
        ) { details throws(Rejection) in details.timeOff.append(off) }
    }

    @Test("a dry run tells who would strand, and changes nothing")
    func dryRun() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10, day: 1))
        try spa.book(spa.at(10, day: 2))
        let before = Snapshot(spa.organization)
        let outcome = try spa.sandbox.perform(change(spa, isDryRun: true, day: 1))
        #expect(outcome.stranded == [StrandedBooking(booking: booking, reasons: [.timeOff])])
        #expect(outcome.row.details.timeOff.count == 1)
        #expect(Snapshot(spa.organization).records == before.records)
        // What the trial worked out must not be what the search finds.
        #expect(try spa.slots(day: 1).isEmpty == false)
    }

    @Test("keep-and-flag keeps the booking and shows it, until its time is free again")
    func keepAndFlag() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10, day: 1))
        #expect(!spa.organization.isOutOfHours(booking))
        try spa.sandbox.perform(change(spa, day: 1))
        #expect(spa.organization.isOutOfHours(booking))
        let listed = spa.organization.listStranded(
            at: spa.location, after: nil, limit: 10, now: spa.sandbox.now)
        #expect(listed.rows.map(\.booking.id) == [booking.id])
        #expect(listed.rows.map(\.reasons) == [[.timeOff]])
        #expect(try spa.slots(day: 1).isEmpty, "time off blocks in search")
        let refusal = #expect(throws: Rejection.self) { try spa.book(spa.at(12, day: 1)) }
        #expect(refusal?.reason == .timeOff, "and in booking alike")
        let off = dayOff(spa, day: 1)
        let back = ChangeSchedule<Provider>(
            spa.ada, expectedVersion: 0, isDryRun: false, policy: .keepAndFlag
        ) { details throws(Rejection) in details.timeOff.removeAll { $0 == off } }
        #expect(try spa.sandbox.perform(back).stranded.isEmpty)
        #expect(!spa.organization.isOutOfHours(booking))
    }

    @Test("refuse-if-any refuses, and names the bookings")
    func refuse() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10, day: 1))
        let strict = change(spa, policy: .refuseIfAny, day: 1)
        let refusal = #expect(throws: Rejection.self) { try spa.sandbox.perform(strict) }
        #expect(refusal?.reason == .strandedBookings)
        #expect(refusal?.blocking == [booking.id.description])
        try spa.sandbox.perform(change(spa, policy: .refuseIfAny, day: 2))
    }

    @Test("a location's closure and shorter hours strand; what was broken before is not told again")
    func places() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(16, day: 1))
        let early = try hours(1...7, 540, 960)
        let shorter = ChangeSchedule<Location>(
            spa.location, expectedVersion: 0, isDryRun: false, policy: .keepAndFlag
        ) { details throws(Rejection) in details.hours = early }
        let outcome = try spa.sandbox.perform(shorter)
        #expect(outcome.stranded.map(\.reasons) == [[.locationClosed]])
        let day = dayOff(spa, day: 1)
        let closure = Closure(
            startDate: day.startDate, startMinute: 0, endDate: day.endDate, endMinute: 0)
        let closed = ChangeSchedule<Location>(
            spa.location, expectedVersion: 0, isDryRun: false, policy: .keepAndFlag
        ) { details throws(Rejection) in details.closures = [closure] }
        #expect(try spa.sandbox.perform(closed).stranded.isEmpty)
        #expect(spa.organization.isOutOfHours(booking))
    }

    @Test("buffers are reapplied where there is room, and kept where there is none")
    func buffers() throws {
        var spa = try Spa()
        let first = try spa.book(spa.at(10, day: 1))
        let second = try spa.book(spa.at(10, 30, day: 1))
        let free = try spa.book(spa.at(14, day: 1))
        var details = try #require(spa.organization.services[spa.facial]).details
        details.bufferAfter = 15
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: details))
        #expect(spa.organization.bookings[free.id]?.segments[0].bufferAfter == 0, "frozen")
        let trial = try spa.sandbox.perform(ReapplyBuffers(spa.facial, at: nil, isDryRun: true))
        let done = try spa.sandbox.perform(ReapplyBuffers(spa.facial, at: nil, isDryRun: false))
        #expect(trial.changed == done.changed && trial.kept == done.kept)
        #expect(done.changed.map(\.id) == [second.id, free.id])
        #expect(done.kept.map(\.id) == [first.id])
        #expect(spa.organization.bookings[free.id]?.segments[0].bufferAfter == 15)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("buffers are laid into no time off and no closure, and hours keep them where asked")
    func buffersBesideTimeOff() throws {
        var spa = try Spa()
        let first = try spa.book(spa.at(10, day: 1))
        let second = try spa.book(spa.at(12, day: 1))
        let last = try spa.book(spa.at(16, 30, day: 1))
        let date = dayOff(spa, day: 1).startDate
        var ada = try #require(spa.organization.providers[spa.ada]).details
        ada.timeOff = [
            TimeOff(startDate: date, startMinute: 635, endDate: date, endMinute: 660)
        ]
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: ada))
        var place = try #require(spa.organization.locations[spa.location]).details
        place.closures = [
            Closure(startDate: date, startMinute: 760, endDate: date, endMinute: 780)
        ]
        try spa.sandbox.perform(UpdateRecord(spa.location, expectedVersion: 0, details: place))
        var details = try #require(spa.organization.services[spa.facial]).details
        details.bufferAfter = 15
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: details))
        var trial = try spa.sandbox.perform(ReapplyBuffers(spa.facial, at: nil, isDryRun: true))
        #expect(trial.changed.map(\.id) == [last.id], "buffers may spill outside hours")
        #expect(trial.kept.map(\.id) == [first.id, second.id])
        details.keepsBuffersInHours = true
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: details))
        trial = try spa.sandbox.perform(ReapplyBuffers(spa.facial, at: nil, isDryRun: true))
        #expect(trial.changed.isEmpty)
        details.bufferAfter = 5
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: details))
        trial = try spa.sandbox.perform(ReapplyBuffers(spa.facial, at: nil, isDryRun: true))
        #expect(trial.changed.map(\.id) == [first.id, second.id])
    }
}
