import Intervals
import Testing
import Workload

@testable import Scheduling

/// A pool's rooms are interchangeable until somebody says which one a visit gets.
struct PinResourcesTests {
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

    private func pin(_ booking: Booking, _ rooms: [Identifier<Resource>]) -> PinResources {
        PinResources(booking.id, expectedVersion: 0, segment: 0, resources: rooms)
    }

    @Test("a room that is given is that visit's, and the other is the next one's")
    mutating func given() throws {
        let first = try spa.book(spa.at(10), service: service)
        let second = try spa.book(
            spa.at(10), patient: spa.noor, service: service, provider: spa.bo)
        let pinned = try spa.sandbox.perform(pin(first, [rooms[1]]))
        #expect(pinned.segments[0].uses.map(\.resource) == [rooms[1]])
        #expect(pinned.segments[0].uses.map(\.pool) == ["rooms"])
        let refusal = spa.sandbox.refusal(of: pin(second, [rooms[1]]))
        #expect(refusal?.reason == .resourceTaken)
        try spa.sandbox.perform(pin(second, [rooms[0]]))
        #expect(spa.organization.violations().isEmpty)
        let again = try spa.sandbox.perform(pin(first, [rooms[1]]))
        #expect(again.version == pinned.version && spa.sandbox.lastEvent == nil)
        let open = try spa.sandbox.perform(pin(first, []))
        #expect(open.segments[0].uses.map(\.resource) == [nil])
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a room that is out, of no pool of the visit's, or one too many is refused")
    mutating func refused() throws {
        let booking = try spa.book(spa.at(10), service: service)
        let other = try spa.sandbox.perform(
            CreateRecord<Resource>(Resource.Details(location: spa.location))
        ).id
        #expect(spa.sandbox.refusal(of: pin(booking, [other]))?.field == "resource_ids[0]")
        #expect(spa.sandbox.refusal(of: pin(booking, rooms))?.field == "resource_ids[1]")
        var details = try #require(spa.organization.resources[rooms[0]]).details
        let date = try #require(LocalDate(year: 2026, month: 10, day: 19))
        details.outages = [
            Closure(startDate: date, startMinute: 0, endDate: date, endMinute: 1440)
        ]
        try spa.sandbox.perform(UpdateRecord(rooms[0], expectedVersion: 0, details: details))
        #expect(spa.sandbox.refusal(of: pin(booking, [rooms[0]]))?.reason == .resourceOut)
        try spa.sandbox.perform(CancelBooking(booking.id, expectedVersion: 0, reason: ""))
        #expect(spa.sandbox.refusal(of: pin(booking, [rooms[1]]))?.reason == .cancelled)
    }

    @Test("the visits of a pool show where a room of it is needed, though none is named")
    mutating func needed() throws {
        let day = try #require(Interval(try spa.at(9), try spa.at(17)))
        func needed() throws -> [[Interval]] {
            try spa.organization.freeBusy(
                at: spa.location, providers: [], resources: rooms, in: day, now: spa.sandbox.now
            ).map(\.needed)
        }
        try spa.book(spa.at(10), service: service)
        #expect(try needed() == [[], []], "either would do")
        try spa.book(spa.at(10, 15), patient: spa.noor, service: service, provider: spa.bo)
        let both = try #require(Interval(try spa.at(10, 15), try spa.at(10, 30)))
        #expect(try needed() == [[both], [both]])
    }

    @Test("an explanation shows the stretches that are in the way, and colleagues who are disabled")
    mutating func spans() throws {
        let booking = try spa.book(spa.at(10, 15), service: spa.laser)
        var bo = try #require(spa.organization.providers[spa.bo]).details
        bo.isDisabled = true
        try spa.sandbox.perform(UpdateRecord(spa.bo, expectedVersion: 0, details: bo))
        let request = SlotRequest(location: spa.location, service: spa.facial)
        let told = try spa.organization.explain(request, at: spa.at(10), now: spa.sandbox.now)
        #expect(!told.isAvailable)
        #expect(told.verdicts.map(\.provider) == [spa.ada, spa.bo])
        #expect(told.verdicts[0].failures.map(\.spans) == [[booking.segments[0].padded]])
        #expect(told.verdicts[1].failures.map(\.reason) == [.providerDisabled])
    }

    @Test("rooms of one pool that two segments of a visit take by name are judged together")
    mutating func jointly() throws {
        var details = try #require(spa.organization.services[service]).details
        details.durations = [30, 40]
        details.step = 10
        try spa.sandbox.perform(UpdateRecord(service, expectedVersion: 0, details: details))
        // Somebody has either room from 10:10 to 10:50, the same one for all of the time.
        var other = spa.newBooking(try spa.at(10, 10), service: service, provider: spa.bo)
        other.duration = 40
        try spa.sandbox.perform(CreateBooking(patient: spa.noor, other))

        func visit(_ rooms: [[Identifier<Resource>]]) -> [SegmentRequest] {
            rooms.map {
                SegmentRequest(
                    service: service, duration: 30, providers: [spa.ada], resources: $0)
            }
        }
        var new = NewBooking()
        new.location = spa.location
        new.start = try spa.at(10)
        // One room until half past and the other one from then on leave none for them.
        new.segments = visit([[rooms[0]], [rooms[1]]])
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.mina, new))
        #expect(refusal?.reason == .resourceTaken)
        let request = SlotRequest(location: spa.location, segments: new.segments)
        let offered = try spa.organization.findSlots(
            request, from: spa.at(9), to: spa.at(12), limit: 100, now: spa.sandbox.now)
        #expect(try !offered.starts.contains(spa.at(10)) && offered.starts.contains(spa.at(9, 30)))

        new.segments = visit([[], []])
        let booking = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        func pin(_ segment: Int32, _ room: Int) -> PinResources {
            PinResources(
                booking.id, expectedVersion: 0, segment: segment, resources: [rooms[room]])
        }
        try spa.sandbox.perform(pin(2, 1))
        #expect(spa.sandbox.refusal(of: pin(1, 0))?.reason == .resourceTaken)
        try spa.sandbox.perform(pin(1, 1))
        #expect(spa.organization.violations().isEmpty)
    }
}
