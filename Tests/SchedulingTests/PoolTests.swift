import Intervals
import Testing
import Workload

@testable import Scheduling

/// Pools whose rooms differ, and rooms of a pool that are taken by name.
struct PoolTests {
    private var spa: Spa
    private var room: Identifier<Resource>

    init() throws {
        spa = try Spa()
        var details = Resource.Details(location: spa.location)
        details.pool = "rooms"
        room = try spa.sandbox.perform(CreateRecord<Resource>(details)).id
    }

    /// Half an hour with Ada or Bo in one of the rooms, or in the first.
    private mutating func service(
        inNamedRoom isNamed: Bool = false, _ change: (inout Service.Details) -> Void = { _ in }
    ) throws -> Identifier<Service> {
        var details = Service.Details()
        details.name = "Massage"
        details.providers = [spa.ada, spa.bo]
        details.durations = [30]
        details.step = 5
        details.requirements = [Requirement(isNamed ? .resource(room) : .pool("rooms"))]
        change(&details)
        return try spa.sandbox.perform(CreateRecord<Service>(details)).id
    }

    private mutating func changeRoom(_ change: (inout Resource.Details) -> Void) throws {
        var details = try #require(spa.organization.resources[room]).details
        change(&details)
        try spa.sandbox.perform(UpdateRecord(room, expectedVersion: 0, details: details))
    }

    @Test("a unit that is taken by name leaves the member's other units to its pool")
    mutating func otherUnits() throws {
        try changeRoom { $0.units = 2 }
        let named = try service(inNamedRoom: true)
        let open = try service()
        try spa.book(spa.at(10), service: named, provider: spa.ada)
        #expect(try spa.slots(open, provider: spa.bo).contains(spa.at(10)))
        try spa.book(spa.at(10), service: open, provider: spa.bo)
        var cy = Provider.Details()
        cy.schedules = try #require(spa.organization.providers[spa.ada]).details.schedules
        let third = try spa.sandbox.perform(CreateRecord<Provider>(cy)).id
        for service in [named, open] {
            var details = try #require(spa.organization.services[service]).details
            details.providers.append(third)
            try spa.sandbox.perform(UpdateRecord(service, expectedVersion: 0, details: details))
            #expect(try !spa.slots(service, provider: third).contains(spa.at(10)))
            #expect(try spa.slots(service, provider: third).contains(spa.at(10, 30)))
        }
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a visit may take one unit of a room by name and another from its pool")
    mutating func bothWays() throws {
        let room = room
        let service = try service {
            $0.requirements.append(Requirement(.resource(room)))
        }
        #expect(try spa.slots(service).isEmpty)
        try changeRoom { $0.units = 2 }
        #expect(try spa.slots(service).contains(spa.at(10)))
    }

    @Test(
        "buffers may spill outside a room's own hours, whether the room is named or of a pool",
        arguments: [false, true])
    mutating func ownHours(isNamed: Bool) throws {
        let own = try hours(1...7, 600, 900)
        try changeRoom { $0.hours = own }
        let service = try service(inNamedRoom: isNamed) {
            $0.bufferBefore = 10
            $0.bufferAfter = 10
        }
        #expect(try spa.slots(service).first == spa.at(10))
        #expect(try spa.slots(service).last == spa.at(14, 30))
        var details = try #require(spa.organization.services[service]).details
        details.keepsBuffersInHours = true
        try spa.sandbox.perform(UpdateRecord(service, expectedVersion: 0, details: details))
        #expect(try spa.slots(service).first == spa.at(10, 10))
        #expect(try spa.slots(service).last == spa.at(14, 20))
    }

    @Test("an outage is kept clear of buffers too, in a pool as by name", arguments: [false, true])
    mutating func outage(isNamed: Bool) throws {
        let today = try day(2026, 10, 19)
        try changeRoom {
            $0.outages = [
                Closure(startDate: today, startMinute: 720, endDate: today, endMinute: 780)
            ]
        }
        let service = try service(inNamedRoom: isNamed) { $0.bufferAfter = 10 }
        let free = try spa.slots(service)
        #expect(try free.contains(spa.at(11, 20)) && !free.contains(spa.at(11, 25)))
        #expect(try free.contains(spa.at(13)) && !free.contains(spa.at(12, 55)))
    }

    @Test(
        "neighbors in a room share their buffers where rooms do, named or of a pool",
        arguments: [false, true], [false, true])
    mutating func sharedBuffers(isNamed: Bool, isShared: Bool) throws {
        if isShared { try spa.set { $0.sharedBuffers = [.room] } }
        let service = try service(inNamedRoom: isNamed) {
            $0.bufferBefore = 10
            $0.bufferAfter = 10
        }
        let start = try spa.at(10)
        try spa.book(start, service: service, provider: spa.ada)
        let next = try spa.slots(service, provider: spa.bo).first { $0 > start }
        #expect(try next == spa.at(10, isShared ? 40 : 50))
        let last = try spa.slots(service, provider: spa.bo).last { $0 < start }
        #expect(try last == spa.at(9, isShared ? 20 : 10))
    }

    @Test("rooms with different hours are counted for whoever fits into them")
    mutating func differentHours() throws {
        var late = Resource.Details(location: spa.location)
        late.pool = "rooms"
        late.hours = try hours(1...7, 720, 1020)
        try spa.sandbox.perform(CreateRecord<Resource>(late))
        let service = try service()
        try spa.book(spa.at(11, 45), service: service, provider: spa.ada)
        // The first room has that visit, the second opens at noon.
        let free = try spa.slots(service, provider: spa.bo)
        #expect(try !free.contains(spa.at(11, 30)) && !free.contains(spa.at(11, 55)))
        #expect(try free.contains(spa.at(12)) && free.contains(spa.at(11, 15)))
    }

    @Test("two segments of one visit may have one room, one by name and one of the pool")
    mutating func segmentsOfOneVisit() throws {
        let named = try service(inNamedRoom: true) { $0.bufferAfter = 20 }
        let open = try service()
        var new = NewBooking()
        new.location = spa.location
        new.start = try spa.at(10)
        new.segments = [named, open].map { SegmentRequest(service: $0, providers: [spa.ada]) }
        try spa.sandbox.perform(CreateBooking(patient: spa.mina, new))
        // Others find the room taken until the visit and its buffers are over, and then free.
        let free = try spa.slots(open, provider: spa.bo)
        #expect(try free.contains(spa.at(11)) && !free.contains(spa.at(10, 55)))
        #expect(try free.contains(spa.at(9, 30)))
    }
}
