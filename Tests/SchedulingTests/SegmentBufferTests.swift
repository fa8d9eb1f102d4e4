import Intervals
import Testing
import Workload

@testable import Scheduling

/// Buffers where one visit's segments follow each other.
struct SegmentBufferTests {
    private var spa: Spa
    /// A minute, without buffers, at every minute.
    private let minute: Identifier<Service>

    init() throws {
        spa = try Spa()
        var details = Service.Details()
        details.name = "Reading"
        details.providers = [spa.ada]
        details.durations = [1]
        details.step = 1
        minute = try spa.sandbox.perform(CreateRecord<Service>(details)).id
    }

    @discardableResult
    private mutating func book(
        _ services: [Identifier<Service>], at start: Minute
    ) throws -> Booking {
        var new = NewBooking()
        new.location = spa.location
        new.start = start
        new.segments = services.map { SegmentRequest(service: $0, providers: [spa.ada]) }
        return try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
    }

    @Test("a buffer after one segment reaches beyond a shorter segment that follows it")
    mutating func after() throws {
        let empty = spa.organization.calendars
        // The laser ends at 10:30 and is cleaned until 10:40; the reading ends at 10:31.
        let booking = try book([spa.laser, minute], at: spa.at(10))
        let free = Set(try spa.slots(minute))
        for late in Int32(30)..<40 { #expect(try !free.contains(spa.at(10, late)), "\(late)") }
        #expect(try free.contains(spa.at(10, 40)))
        #expect(try free.contains(spa.at(9, 49)) && !free.contains(spa.at(9, 50)))
        #expect(spa.organization.violations().isEmpty)
        // All of it is given back.
        try spa.sandbox.perform(
            CancelBooking(booking.id, expectedVersion: 0, reason: "ill"))
        #expect(spa.organization.calendars[spa.ada] ?? ResourceCalendar() == ResourceCalendar())
        #expect(empty[spa.ada] == nil)
    }

    @Test("a buffer before one segment reaches back beyond a shorter segment ahead of it")
    mutating func before() throws {
        // The reading is from 10:00 to 10:01; the laser is made ready from 9:51.
        try book([minute, spa.laser], at: spa.at(10))
        let free = Set(try spa.slots(minute))
        for early in Int32(51)..<60 { #expect(try !free.contains(spa.at(9, early)), "\(early)") }
        #expect(try free.contains(spa.at(9, 50)))
        #expect(try !free.contains(spa.at(10, 40)) && free.contains(spa.at(10, 41)))
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("where buffers are shared, what is left of one is shared like the whole of it")
    mutating func shared() throws {
        try spa.set { $0.sharedBuffers = [.provider] }
        try book([spa.laser, minute], at: spa.at(10))
        var details = try #require(spa.organization.services[spa.laser]).details
        details.step = 1
        try spa.sandbox.perform(UpdateRecord(spa.laser, expectedVersion: 0, details: details))
        // Its own ten minutes before begin at 10:31, and the laser's after are over at 10:40.
        let free = try spa.slots(spa.laser)
        #expect(try free.contains(spa.at(10, 41)) && !free.contains(spa.at(10, 40)))
    }
}
