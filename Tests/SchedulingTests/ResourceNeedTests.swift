import Intervals
import Testing
import Workload

@testable import Scheduling

/// Needs that compete with each other: for the same person, the same room, the same minutes.
struct ResourceNeedTests {
    private var spa: Spa

    init() throws {
        spa = try Spa()
    }

    private mutating func service(
        _ change: (inout Service.Details) -> Void
    ) throws -> Identifier<Service> {
        var details = Service.Details()
        details.name = "Joint"
        details.providers = [spa.ada]
        details.durations = [30]
        change(&details)
        return try spa.sandbox.perform(CreateRecord<Service>(details)).id
    }

    private func starts(_ request: SlotRequest) throws -> [Minute] {
        let from = try utc("2026-10-20T13:00Z")
        return try spa.organization.findSlots(
            request, from: from, to: from.clampedAdding(minutes: 480), limit: 1000,
            now: spa.sandbox.now
        ).starts
    }

    @Test("two lists of further providers need two people, and get two")
    mutating func twoPeople() throws {
        var details = Provider.Details()
        details.name = "Cy"
        let cy = try spa.sandbox.perform(CreateRecord<Provider>(details)).id
        let bo = spa.bo
        let service = try service {
            $0.requirements = [
                Requirement(.providers([bo, cy])), Requirement(.providers([bo])),
            ]
        }
        let request = SlotRequest(
            location: spa.location, segments: [SegmentRequest(service: service)])
        #expect(try starts(request).isEmpty)
        // Now Cy works too: they stand beside Ada, and Bo is left for the second list.
        details.schedules = try #require(spa.organization.providers[spa.bo]?.details.schedules)
        try spa.sandbox.perform(UpdateRecord(cy, expectedVersion: 0, details: details))
        let start = try #require(try starts(request).first)
        var new = NewBooking()
        new.location = spa.location
        new.service = service
        new.start = start
        let booking = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        #expect(booking.segments[0].uses.map(\.provider) == [cy, spa.bo])
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a room that the visit takes already cannot be wanted once more")
    mutating func pinnedTwice() throws {
        var details = Resource.Details(location: spa.location)
        details.pool = "rooms"
        let room = try spa.sandbox.perform(CreateRecord<Resource>(details)).id
        let service = try service {
            $0.requirements = [
                Requirement(.resource(room)), Requirement(.pool("rooms")),
            ]
        }
        var request = SlotRequest(
            location: spa.location, segments: [SegmentRequest(service: service)])
        // One room is not two.
        #expect(try starts(request).isEmpty)
        request.segments[0].resources = [room]
        #expect(throws: Rejection.self) { try starts(request) }
    }

    @Test("a service that requires the same thing twice is refused")
    mutating func requiredTwice() throws {
        let refusal = spa.sandbox.refusal(
            of: CreateRecord<Service>(
                {
                    var details = Service.Details()
                    details.name = "Twice"
                    details.providers = [spa.ada]
                    details.requirements = [
                        Requirement(.pool("rooms")), Requirement(.pool("rooms"), quantity: 2),
                    ]
                    return details
                }()))
        #expect(refusal?.reason == .invalidValue)
    }

    @Test("buffers of one visit that stand for themselves count once, however they overlap")
    mutating func buffersAlone() throws {
        var room = Resource.Details(location: spa.location)
        room.pool = "rooms"
        _ = try spa.sandbox.perform(CreateRecord<Resource>(room))
        let cleaned = try service {
            $0.durations = [10]
            $0.bufferAfter = 30
            $0.requirements = [Requirement(.pool("rooms"), phases: .turnover)]
        }
        let whole = try service {
            $0.durations = [15]
            $0.bufferBefore = 20
            $0.requirements = [Requirement(.pool("rooms"))]
        }
        let prepared = try service {
            $0.durations = [15]
            $0.bufferBefore = 60
            $0.requirements = [Requirement(.pool("rooms"), phases: .preparation)]
        }
        for order in [
            [cleaned, whole, cleaned], [cleaned, cleaned, prepared], [whole, prepared],
        ] {
            let request = SlotRequest(
                location: spa.location, segments: order.map { SegmentRequest(service: $0) })
            let start = try #require(try starts(request).last)
            var new = NewBooking()
            new.location = spa.location
            new.segments = request.segments
            new.start = start
            let booking = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
            #expect(spa.organization.violations().isEmpty)
            // The only room is taken by this visit from its first minute there to its last.
            let key = CalendarKey.pool(spa.location, "rooms")
            let taken = try #require(spa.organization.resourceCalendars[key]?.occupancies)
            #expect(zip(taken, taken.dropFirst()).allSatisfy { $0.end <= $1.start })
            try spa.sandbox.perform(
                CancelBooking(booking.id, expectedVersion: 0, reason: "done"))
            #expect(spa.organization.resourceCalendars[key]?.occupancies.isEmpty ?? true)
        }
    }
}
