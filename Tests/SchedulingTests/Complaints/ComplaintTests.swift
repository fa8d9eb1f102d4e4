import Intervals
import Testing
import Workload

@testable import Scheduling

// What users of other schedulers complain about most (complaints.md), about availability: each row
// has a test named after what it prevents.
//
//  1  two for one slot         `twoForOneSlot` here; over gRPC test_one_slot_for_many
//  2  offered, then refused    `offeredThenRefused` here; P7 in AvailabilityOracleTests
//  3  nobody can tell why      `nobodyCanTellWhy` here; P7: explain and booking name the same rule
//  4  slow                     test_4_… in test_complaints.py; Benchmarks measure it
//  5  an hour off              `anHourOff` here; ZoneVectorTests and AllZonesTests by zone
//  6  cannot span midnight     `midnight` here; HoursTests, StartGridTests
//  7  surprising buffers       `surprisingBuffers` here; SearchTests
//  8  a room taken twice       `roomTakenTwice` in ComplaintTests+Visits
//  9  a slot stolen or lost    `stolenWhileFillingIn` in ComplaintTests+Visits; HoldTests
// 10  approval books twice     `approvalBooksTwice` in ComplaintTests+Visits
// 11  a retry books twice      test_11_… in test_complaints.py; EngineTests; test_kill.py
// 12  override all or nothing  `overrideAllOrNothing` in ComplaintTests+Visits
// 13  tied to another's visit  test_13_… in test_complaints.py; AttachmentTests
// 14  board and calendar apart test_14_… in test_complaints.py; LiveBoardTests
// 15  hidden gaps              `hiddenGaps` here
// 16  windows that surprise    `windowsThatSurprise` here
// 17  stranded in silence      `strandedInSilence` in ComplaintTests+Visits; StrandedTests
// 18  round robin gone wrong   `roundRobinGoneWrong` in ComplaintTests+Visits
// 19  a group cannot move      `groupCannotMove` in ComplaintTests+Visits; test_availability.py

/// What goes wrong elsewhere when times are looked for.
@Suite struct ComplaintTests {
    @Test("1: a slot that was offered to two is booked by one")
    func twoForOneSlot() throws {
        var spa = try Spa()
        let start = try spa.at(10)
        #expect(try spa.slots().contains(start))
        try spa.book(start, patient: spa.mina)
        // The second acts on what was offered before.
        let second = CreateBooking(
            patient: spa.noor, spa.newBooking(start, provider: spa.ada))
        #expect(spa.sandbox.refusal(of: second)?.reason == .slotTaken)
        #expect(spa.organization.bookings.count == 1)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("2: nothing is offered that booking then refuses, beside a visit outside the window too")
    func offeredThenRefused() throws {
        var spa = try Spa()
        // Buffers of ten minutes before and after; the window begins when this visit has ended.
        try spa.book(spa.at(11), service: spa.laser)
        try spa.book(spa.at(14), service: spa.laser)
        let request = SlotRequest(
            location: spa.location, service: spa.laser, providers: [spa.ada])
        let from = try spa.at(11, 30)
        let to = try spa.at(14)
        let found = try spa.organization.findSlots(
            request, from: from, to: to, limit: 100, now: spa.sandbox.now
        ).starts
        var bookable: [Minute] = []
        for start in stride(from: from.sinceEpoch, to: to.sinceEpoch, by: 15) {
            var other = spa
            let start = Minute(sinceEpoch: start)
            if (try? other.book(start, service: spa.laser)) != nil { bookable.append(start) }
        }
        #expect(found == bookable)
        #expect(try found.first == spa.at(12) && found.last == spa.at(13))
    }

    @Test("3: whoever finds nothing is told why, rule by rule, and booking says the same")
    func nobodyCanTellWhy() throws {
        var spa = try Spa()
        try spa.book(spa.at(10))
        try spa.book(spa.at(14), service: spa.laser)
        let off = try day(2026, 10, 20)
        var ada = try #require(spa.organization.providers[spa.ada]).details
        ada.timeOff = [
            TimeOff(startDate: off, startMinute: 0, endDate: off, endMinute: 1440)
        ]
        ada.dailyCap = 2
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: ada))

        func why(_ start: Minute, _ service: Identifier<Service>) throws -> Reason? {
            let request = SlotRequest(
                location: spa.location, service: service, providers: [spa.ada])
            let told = try spa.organization.explain(request, at: start, now: spa.sandbox.now)
            let first = told.verdicts.first?.failures.first
            #expect(told.isAvailable == (first == nil))
            let booking = CreateBooking(
                patient: spa.mina, spa.newBooking(start, service: service, provider: spa.ada))
            #expect(spa.sandbox.refusal(of: booking)?.reason == first?.reason, "\(start)")
            return first?.reason
        }
        #expect(try why(spa.at(10), spa.facial) == .slotTaken)
        #expect(try why(spa.at(8), spa.facial) == .locationClosed)
        #expect(try why(spa.at(12, 7), spa.facial) == .offStep)
        #expect(try why(spa.at(13, 30), spa.facial) == .buffer)
        #expect(try why(spa.at(12), spa.facial) == .dailyCap)
        #expect(try why(spa.at(12, day: 1), spa.facial) == .timeOff)
        #expect(try why(spa.at(12, day: 3), spa.consultation) == .tooFar)
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 1)
        #expect(try why(spa.at(9), spa.consultation) == .tooSoon)
        #expect(try why(spa.at(12, day: 2), spa.facial) == nil)
        // And for whole days, in numbers.
        let request = SlotRequest(
            location: spa.location, service: spa.facial, providers: [spa.ada])
        let days = try spa.organization.explain(
            request, from: spa.at(0), to: spa.at(24, day: 1), now: spa.sandbox.now
        ).days
        #expect(days.map(\.available) == [0, 0])
        // From 16:45 on the visit would last longer than the house is open.
        #expect(days[1].reasons == [.timeOff: 31, .locationClosed: 1])
    }

    @Test("3: a long window is explained as far as one call goes, and on from there")
    func explanationInParts() throws {
        var spa = try Spa()
        var details = try #require(spa.organization.services[spa.facial]).details
        details.step = 1
        details.horizonDays = 1
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: details))
        let request = SlotRequest(location: spa.location, service: spa.facial)
        let end = try spa.at(0, day: 100)
        var from = try spa.at(0)
        var starts = 0
        var calls = 0
        while from < end {
            let told = try spa.organization.explain(
                request, from: from, to: end, now: spa.sandbox.now)
            #expect(from < told.end && told.end <= end)
            starts += told.days.reduce(0) { $0 + $1.available + $1.reasons.values.reduce(0, +) }
            from = told.end
            calls += 1
        }
        // Each minute of eight hours on a hundred days, with two providers.
        #expect(starts == 48_000)
        #expect(calls == 2)
    }

    @Test("5: the hour is right round a clock change, and what is offered there can be booked")
    func anHourOff() throws {
        var spa = try Spa()
        var facial = try #require(spa.organization.services[spa.facial]).details
        (facial.durations, facial.step, facial.horizonDays) = ([60], 60, 400)
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: facial))
        // New York's clocks go back on November 1, and forward on March 14.
        for (date, first) in [
            ("2026-10-31", "T13:00Z"), ("2026-11-01", "T14:00Z"), ("2027-03-13", "T14:00Z"),
            ("2027-03-14", "T13:00Z"),
        ] {
            let from = try utc("\(date)T05:00Z")
            let request = SlotRequest(
                location: spa.location, service: spa.facial, providers: [spa.ada])
            let starts = try spa.organization.findSlots(
                request, from: from, to: from.clampedAdding(minutes: 1380), limit: 100,
                now: spa.sandbox.now
            ).starts
            #expect(try starts.first == utc(date + first), "nine o'clock of \(date)")
            #expect(starts.count == 8)
            for start in starts { try spa.book(start) }
        }
    }

    @Test("6: a visit may span midnight, where hours do or two days' hours meet")
    func midnight() throws {
        var spa = try Spa()
        // Nights from 22:00 to 02:00; and on the next day round the clock, written as two days.
        var place = try #require(spa.organization.locations[spa.location]).details
        place.hours = try hours(1...7, 0, 1440)
        try spa.sandbox.perform(UpdateRecord(spa.location, expectedVersion: 0, details: place))
        for hours in [try hours(1...7, 1320, 1560), try hours(1...7, 0, 1440)] {
            var ada = try #require(spa.organization.providers[spa.ada]).details
            ada.schedules = [ProviderSchedule(location: spa.location, hours: hours)]
            try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: ada))
            var other = spa
            var new = spa.newBooking(try spa.at(23, 30), provider: spa.ada)
            new.duration = 60
            #expect(try spa.slots().contains(spa.at(23, 30)))
            let booking = try other.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
            #expect(try booking.end == spa.at(0, 30, day: 1))
        }
    }

    @Test("7: buffers are kept between visits, may lie after closing, and are named in the way")
    func surprisingBuffers() throws {
        var spa = try Spa()
        try spa.book(spa.at(12), service: spa.laser)
        // Ten minutes after the first and ten before the second.
        let close = CreateBooking(
            patient: spa.noor,
            spa.newBooking(try spa.at(12, 45), service: spa.laser, provider: spa.ada))
        let refusal = spa.sandbox.refusal(of: close)
        #expect(refusal?.reason == .buffer)
        #expect(try refusal?.nextFree == spa.at(13).sinceEpoch)
        try spa.book(spa.at(13), service: spa.laser)
        #expect(try spa.slots(spa.laser).last == spa.at(16, 30), "its buffer ends after closing")
        #expect(try spa.slots(spa.laser).first == spa.at(9), "its buffer begins before opening")
        // A step is never made longer by them.
        #expect(try spa.slots(spa.laser).contains(spa.at(15, 15)))
    }

    @Test("15: a gap that the step's multiples miss is offered, where the service wants it")
    func hiddenGaps() throws {
        var spa = try Spa()
        // Free from 10:15 to 11:00, and nothing else; steps of half an hour.
        let blocks: [(Int32, Int32, Int32)] = [(9, 0, 60), (10, 0, 15), (11, 0, 360)]
        for (hour, minute, length) in blocks {
            var block = Service.Details()
            (block.durations, block.providers) = ([length], [spa.ada])
            let service = try spa.sandbox.perform(CreateRecord<Service>(block)).id
            try spa.book(spa.at(hour, minute), service: service)
        }
        var facial = try #require(spa.organization.services[spa.facial]).details
        (facial.durations, facial.step) = ([45], 30)
        for (anchor, expected) in [
            (StartAnchor.clock, []), (.window, []), (.gap, [try spa.at(10, 15)]),
            (.flush, [try spa.at(10, 15)]),
        ] {
            facial.anchor = anchor
            try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: facial))
            #expect(try spa.slots() == expected, "\(anchor)")
            var other = spa
            #expect((try? other.book(spa.at(10, 15))) != nil || expected.isEmpty)
        }
    }

    @Test("16: a window may be empty or 400 days long, and bounds the start alone")
    func windowsThatSurprise() throws {
        var spa = try Spa()
        var facial = try #require(spa.organization.services[spa.facial]).details
        (facial.durations, facial.horizonDays) = ([60], 400)
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: facial))
        func starts(_ from: Minute, _ to: Minute, limit: Int = 100_000) throws -> [Minute] {
            let request = SlotRequest(
                location: spa.location, service: spa.facial, providers: [spa.ada])
            return try spa.organization.findSlots(
                request, from: from, to: to, limit: limit, now: spa.sandbox.now
            ).starts
        }
        let ten = try spa.at(10)
        #expect(try starts(ten, ten).isEmpty)
        #expect(try starts(ten, ten.clampedAdding(minutes: 1)) == [ten])
        #expect(try starts(ten, spa.at(10, 15)) == [ten], "the end belongs to the next window")
        let all = try starts(spa.at(0), spa.at(0, day: 400))
        // Twenty-nine starts a day, eight weeks ahead like tomorrow.
        #expect(all.count == 29 * 400)
        #expect(try all.contains(spa.at(9, day: 5)) && all.last == spa.at(17, day: 399))
        // Cut into pages, the same list.
        var paged: [Minute] = []
        var from = try spa.at(0)
        while let last = try starts(from, spa.at(0, day: 400), limit: 1000).last {
            paged += try starts(from, spa.at(0, day: 400), limit: 1000)
            from = last.clampedAdding(minutes: 1)
        }
        #expect(paged == all)
    }
}
