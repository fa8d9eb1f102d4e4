import Intervals
import Testing
import Workload

@testable import Scheduling

/// Bookings that the catalog leaves without what they need: too few rooms, a provider who is
/// disabled, a location that is archived (complaints.md, row 17).
@Suite struct StrandedCatalogTests {
    private var spa: Spa
    private var rooms: [Identifier<Resource>] = []
    private let service: Identifier<Service>

    init() throws {
        spa = try Spa()
        var details = Service.Details()
        details.name = "Peel"
        details.providers = [spa.ada, spa.bo]
        details.requirements = [Requirement(.pool("rooms"))]
        service = try spa.sandbox.perform(CreateRecord<Service>(details)).id
        for _ in 0..<2 {
            var room = Resource.Details(location: spa.location)
            room.pool = "rooms"
            rooms.append(try spa.sandbox.perform(CreateRecord<Resource>(room)).id)
        }
    }

    /// Books at a later moment than before: ids ascend with the clock.
    private mutating func book(
        _ start: Minute, patient: Identifier<Patient>? = nil, provider: Identifier<Provider>? = nil,
        service: Identifier<Service>? = nil
    ) throws -> Booking {
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 1)
        return try spa.book(
            start, patient: patient, service: service ?? self.service, provider: provider)
    }

    private func outage(_ room: Int, day: Int32 = 1, policy: StrandedPolicy = .keepAndFlag)
        -> ChangeSchedule<Resource>
    {
        let date = LocalDate(year: 2026, month: 10, day: 19)?.adding(days: day)
        let start = date ?? LocalDate(dayNumber: 0)
        let out = Closure(
            startDate: start, startMinute: 0, endDate: start.adding(days: 1), endMinute: 0)
        return ChangeSchedule(
            rooms[room], expectedVersion: 0, isDryRun: false, policy: policy
        ) { details throws(Rejection) in details.outages.append(out) }
    }

    private func listed() -> [Identifier<Booking>] {
        spa.organization.listStranded(
            at: nil, after: nil, limit: 100, now: spa.sandbox.now
        ).rows.map(\.booking.id)
    }

    @Test("of two visits at a time, a pool that loses one of two rooms strands the later booked")
    mutating func oneRoom() throws {
        let first = try book(spa.at(10, day: 1))
        let second = try book(spa.at(10, 15, day: 1), patient: spa.noor, provider: spa.bo)
        let alone = try book(spa.at(14, day: 1))
        let outcome = try spa.sandbox.perform(outage(0))
        #expect(outcome.stranded.map(\.booking.id) == [second.id])
        #expect(outcome.stranded.map(\.reasons) == [[.resourceOut]])
        #expect(listed() == [second.id])
        let both = try spa.sandbox.perform(outage(1))
        #expect(both.stranded.map(\.booking.id) == [first.id, alone.id])
        #expect(listed() == [first.id, second.id, alone.id])
        #expect(spa.organization.isOutOfHours(first))
    }

    @Test("an outage of both rooms is refused where none may be stranded")
    mutating func refused() throws {
        let first = try book(spa.at(10, day: 1))
        try spa.sandbox.perform(outage(0, policy: .refuseIfAny))
        let strict = outage(1, policy: .refuseIfAny)
        let refusal = spa.sandbox.refusal(of: strict)
        #expect(refusal?.reason == .strandedBookings)
        #expect(refusal?.blocking == [first.id.description])
        try spa.sandbox.perform(outage(1, day: 2, policy: .refuseIfAny))
    }

    @Test("a room that is taken by name leaves the other for the rest")
    mutating func named() throws {
        var new = NewBooking()
        new.location = spa.location
        new.start = try spa.at(10, day: 1)
        new.segments = [
            SegmentRequest(service: service, providers: [spa.ada], resources: [rooms[1]])
        ]
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 1)
        let pinned = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        let open = try book(spa.at(10, day: 1), patient: spa.noor, provider: spa.bo)
        var other = spa
        #expect(try other.sandbox.perform(outage(0)).stranded.map(\.booking.id) == [open.id])
        #expect(try spa.sandbox.perform(outage(1)).stranded.map(\.booking.id) == [pinned.id])
    }

    @Test("rooms that are archived, or have fewer units, strand; a visit that is over does not")
    mutating func shrunk() throws {
        let first = try book(spa.at(10, day: 1))
        for room in rooms {
            var details = try #require(spa.organization.resources[room]).details
            details.isArchived = true
            try spa.sandbox.perform(UpdateRecord(room, expectedVersion: 0, details: details))
        }
        #expect(listed() == [first.id])
        spa.sandbox.now = Instant(try spa.at(10, 30, day: 1))
        #expect(listed().isEmpty)
    }

    @Test("a device with fewer units than visits at a time strands the later booked")
    mutating func units() throws {
        var device = Resource.Details(location: spa.location)
        device.kind = .device
        device.units = 2
        let laser = try spa.sandbox.perform(CreateRecord<Resource>(device)).id
        var details = try #require(spa.organization.services[service]).details
        details.requirements = [Requirement(.resource(laser))]
        try spa.sandbox.perform(UpdateRecord(service, expectedVersion: 0, details: details))
        _ = try book(spa.at(10, day: 1))
        let second = try book(spa.at(10, day: 1), patient: spa.noor, provider: spa.bo)
        device.units = 1
        let shrink = ChangeSchedule<Resource>(
            laser, expectedVersion: 0, isDryRun: true, policy: .keepAndFlag
        ) { [device] details throws(Rejection) in details = device }
        #expect(try spa.sandbox.perform(shrink).stranded.map(\.booking.id) == [second.id])
    }

    @Test("a disabled provider's bookings are kept and flagged, and so are an archived location's")
    mutating func disabled() throws {
        let booking = try book(spa.at(10, day: 1), service: spa.facial)
        let others = try book(
            spa.at(10, day: 1), patient: spa.noor, provider: spa.bo, service: spa.facial)
        let disable = ChangeSchedule<Provider>(
            spa.ada, expectedVersion: 0, isDryRun: false, policy: .keepAndFlag
        ) { details throws(Rejection) in details.isDisabled = true }
        let outcome = try spa.sandbox.perform(disable)
        #expect(outcome.stranded.map(\.booking.id) == [booking.id])
        #expect(outcome.stranded.map(\.reasons) == [[.providerDisabled]])
        #expect(spa.organization.isOutOfHours(booking))
        #expect(spa.organization.bookings[booking.id] == booking, "kept")
        let archive = ChangeSchedule<Location>(
            spa.location, expectedVersion: 0, isDryRun: true, policy: .keepAndFlag
        ) { details throws(Rejection) in details.isArchived = true }
        let trial = try spa.sandbox.perform(archive)
        #expect(trial.stranded.map(\.booking.id) == [booking.id, others.id])
        #expect(trial.stranded.map(\.reasons) == [[.locationInactive], [.locationInactive]])
    }

    @Test("another time zone of the location strands what it puts outside hours")
    mutating func zone() throws {
        let late = try spa.book(spa.at(16, day: 1))
        try spa.book(spa.at(12, day: 1))
        let move = ChangeSchedule<Location>(
            spa.location, expectedVersion: 0, isDryRun: true, policy: .keepAndFlag
        ) { details throws(Rejection) in details.timeZone = "America/Halifax" }
        let outcome = try spa.sandbox.perform(move)
        #expect(outcome.stranded.map(\.booking.id) == [late.id])
    }

    @Test("a booking whose zone's rules have changed is listed with another local time")
    mutating func shifted() throws {
        var booking = try spa.book(spa.at(10, day: 1))
        #expect(listed().isEmpty)
        booking.utcOffset = -300
        var event = Event(
            position: spa.organization.position + 1, at: spa.sandbox.now, actor: "", rpc: "",
            writes: [.put(.booking(booking))])
        event.reason = ""
        var organization = spa.organization
        organization.apply(event)
        let rows = organization.listStranded(
            at: nil, after: nil, limit: 9, now: spa.sandbox.now
        ).rows
        #expect(rows.map(\.reasons) == [[.zoneShifted]])
        #expect(!organization.isOutOfHours(booking))
    }
}
