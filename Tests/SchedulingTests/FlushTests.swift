import Intervals
import Testing
import Workload

@testable import Scheduling

/// The anchor FLUSH: the starts of the clock, and those that leave no time beside a neighbor or an
/// edge of the hours (availability.md 3). Hours are 9 to 17; the service takes 45 minutes in steps
/// of an hour, so that what the clock alone would offer is easily told apart.
@Suite struct FlushTests {
    private var spa: Spa
    private let clock: [Minute]

    init() throws {
        spa = try Spa()
        let spa = spa
        clock = try (9...16).map { try spa.at($0, day: 1) }
        try set { _ in }
    }

    private mutating func set(_ change: (inout Service.Details) -> Void) throws {
        var details = try #require(spa.organization.services[spa.facial]).details
        (details.durations, details.step, details.anchor) = ([45], 60, .flush)
        change(&details)
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: details))
    }

    /// Books Ada for a visit of its own service.
    private mutating func take(
        _ hour: Int32, _ minute: Int32, length: Int32, before: Int32 = 0, after: Int32 = 0
    ) throws {
        var details = Service.Details()
        (details.durations, details.providers, details.step) = ([length], [spa.ada], 1)
        (details.bufferBefore, details.bufferAfter) = (before, after)
        let service = try spa.sandbox.perform(CreateRecord<Service>(details)).id
        try spa.book(spa.at(hour, minute, day: 1), service: service)
    }

    private func starts() throws -> [Minute] { try spa.slots(day: 1) }

    private func times(_ times: (Int32, Int32)...) throws -> [Minute] {
        try times.map { try spa.at($0.0, $0.1, day: 1) }
    }

    @Test("an empty day has the clock's starts, and the one that ends with the hours")
    func edges() throws {
        #expect(try starts() == clock + times((16, 15)))
    }

    @Test("a visit that begins within the hour gets a start that ends with it, and one after it")
    mutating func neighbor() throws {
        try take(11, 20, length: 50)
        #expect(
            try starts()
                == times(
                    (9, 0), (10, 0), (10, 35), (12, 10), (13, 0), (14, 0), (15, 0), (16, 0),
                    (16, 15)))
        // What is offered touches: nothing is left on either side.
        try spa.book(spa.at(10, 35, day: 1))
        try spa.book(spa.at(12, 10, day: 1))
        #expect(
            try starts()
                == times(
                    (9, 0), (9, 50), (12, 55), (13, 0), (14, 0), (15, 0), (16, 0), (16, 15)))
    }

    @Test("a gap as long as the visit has one start, a shorter one none, a longer one both ends")
    mutating func gaps() throws {
        try take(9, 0, length: 65)
        try take(10, 50, length: 70)
        #expect(try starts().filter { try $0 < spa.at(12, day: 1) } == times((10, 5)))
        try take(12, 44, length: 16)
        #expect(try starts().filter { try $0 < spa.at(13, day: 1) } == times((10, 5)))
        try take(13, 46, length: 14)
        #expect(
            try starts().filter { try $0 < spa.at(14, day: 1) } == times((10, 5), (13, 0), (13, 1)))
    }

    @Test("an offset moves the clock's starts, not those that touch")
    mutating func offset() throws {
        try set { $0.stepOffset = 20 }
        try take(12, 0, length: 30)
        #expect(
            try starts()
                == times(
                    (9, 0), (9, 20), (10, 20), (11, 15), (12, 30), (13, 20), (14, 20), (15, 20),
                    (16, 15)))
    }

    @Test("between two visits lie both their buffers, and a start that touches keeps them")
    mutating func buffers() throws {
        try set { ($0.bufferBefore, $0.bufferAfter) = (10, 5) }
        try take(12, 0, length: 30, before: 7, after: 8)
        // 11:53 less 5 less 45; 12:30 and 8 and 10. At the edges they may lie outside the hours.
        #expect(
            try starts()
                == times(
                    (9, 0), (10, 0), (11, 0), (11, 3), (12, 48), (13, 0), (14, 0), (15, 0), (16, 0),
                    (16, 15)))
        try set {
            ($0.bufferBefore, $0.bufferAfter) = (10, 5)
            $0.keepsBuffersInHours = true
        }
        let inside = try starts()
        #expect(inside.first == (try spa.at(9, 10, day: 1)))
        #expect(inside.last == (try spa.at(16, 10, day: 1)))
    }

    @Test("where a kind shares its buffers, a start touches at the longer of the two")
    mutating func sharedBuffers() throws {
        try spa.set { $0.sharedBuffers = [.provider] }
        try set { ($0.bufferBefore, $0.bufferAfter) = (10, 5) }
        try take(12, 0, length: 30, before: 7, after: 8)
        // 12:00 less the longer of 5 and 7, less 45; 12:30 and the longer of 8 and 10.
        let near = try starts().filter { try spa.at(11, day: 1) < $0 && $0 < spa.at(13, day: 1) }
        #expect(try near == times((11, 8), (12, 40)))
    }

    @Test("a start may touch time off, a closure and a held slot, with its buffers outside of them")
    mutating func blocks() throws {
        try set { ($0.bufferBefore, $0.bufferAfter) = (10, 5) }
        let date = try day(2026, 10, 20)
        let off = TimeOff(startDate: date, startMinute: 620, endDate: date, endMinute: 700)
        try spa.sandbox.perform(
            ChangeSchedule<Provider>(
                spa.ada, expectedVersion: 0, isDryRun: false, policy: .keepAndFlag
            ) { details throws(Rejection) in details.timeOff = [off] })
        // Off from 10:20 to 11:40.
        #expect(
            try starts().filter { try $0 < spa.at(12, day: 1) } == times((9, 0), (9, 30), (11, 50)))
        let request = SlotRequest(
            location: spa.location, service: spa.facial, providers: [spa.ada])
        let hold = try spa.sandbox.perform(
            PlaceHold(
                request, start: spa.at(14, day: 1), patient: nil, owner: "web", seconds: 300))
        // Held with its buffers from 13:50 to 14:50.
        let near = try starts().filter { try spa.at(12, day: 1) < $0 && $0 < spa.at(16, day: 1) }
        #expect(try near == times((13, 0), (15, 0)))
        spa.sandbox.now = hold.expiresAt
        #expect(try starts().contains(spa.at(14, day: 1)))
    }

    @Test("hours that touch have no edge between them, and the next window's start is one")
    mutating func seams() throws {
        let open = try hours(1...7, 545, 720) + hours(1...7, 720, 790) + hours(1...7, 850, 1020)
        try spa.sandbox.perform(
            ChangeSchedule<Location>(
                spa.location, expectedVersion: 0, isDryRun: false, policy: .keepAndFlag
            ) { details throws(Rejection) in details.hours = open })
        // 9:05 to 13:10, and 14:10 to 17:00.
        #expect(
            try starts()
                == times(
                    (9, 5), (10, 0), (11, 0), (12, 0), (12, 25), (14, 10), (15, 0), (16, 0),
                    (16, 15)))
    }

    @Test("no edge of the question, the notice or the horizon makes a start")
    mutating func noOtherEdges() throws {
        try take(11, 20, length: 50)
        let request = SlotRequest(
            location: spa.location, service: spa.facial, providers: [spa.ada])
        func found(_ from: Minute, _ to: Minute) throws -> [Minute] {
            try spa.organization.findSlots(
                request, from: from, to: to, limit: 100, now: spa.sandbox.now
            ).starts
        }
        // However the window is cut, the same starts.
        let all = try starts()
        for cut in try (0..<480).map({ try spa.at(9, day: 1).clampedAdding(minutes: $0) }) {
            let parts = try found(spa.at(0, day: 1), cut) + found(cut, spa.at(24, day: 1))
            #expect(parts == all, "cut at \(cut)")
        }
        try set { $0.notice = 24 * 60 + 133 }
        // Eight o'clock and so much: 10:13 at the earliest.
        #expect(try starts() == all.filter { try $0 >= spa.at(10, 13, day: 1) })
    }

    @Test("booking takes what touches, and says of all else that it is off the step")
    mutating func booking() throws {
        try take(11, 20, length: 50)
        let offered = Set(try starts())
        for minute: Int32 in 0..<480 {
            let start = try spa.at(9, minute, day: 1)
            var other = spa
            let command = CreateBooking(
                patient: spa.mina, spa.newBooking(start, provider: spa.ada))
            let refusal = other.sandbox.refusal(of: command)
            #expect((refusal == nil) == offered.contains(start), "\(start)")
            if let refusal, refusal.reason == .offStep {
                #expect(
                    refusal.nextFree.map { Minute(sinceEpoch: $0) }
                        == offered.filter { $0 > start }.min())
            }
        }
    }

    @Test("a session that has begun to fill goes on being offered, and its ends are touched")
    mutating func sessions() throws {
        try set { $0.capacity = 2 }
        try spa.book(spa.at(11, day: 1))
        #expect(
            try starts()
                == times(
                    (9, 0), (10, 0), (10, 15), (11, 0), (11, 45), (12, 0), (13, 0), (14, 0),
                    (15, 0), (16, 0), (16, 15)))
    }

    @Test("each of several providers has the starts that touch their own neighbors")
    mutating func anyProvider() throws {
        try take(11, 20, length: 50)
        let request = SlotRequest(location: spa.location, service: spa.facial)
        let page = try spa.organization.findSlots(
            request, from: spa.at(0, day: 1), to: spa.at(24, day: 1), limit: 100,
            now: spa.sandbox.now)
        #expect(Set(page.starts) == Set(try clock + times((10, 35), (12, 10), (16, 15))))
        var other = spa
        let new = spa.newBooking(try spa.at(10, 35, day: 1))
        let planned = try other.sandbox.perform(CreateBooking(patient: spa.mina, new))
        #expect(planned.booking.segments[0].provider == spa.ada)
    }
}
