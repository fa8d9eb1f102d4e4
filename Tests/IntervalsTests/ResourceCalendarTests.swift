import TestSupport
import Testing

@testable import Intervals

struct ResourceCalendarTests {
    private let now = CalendarView(nowMilliseconds: 0)

    private func at(_ minute: Int32) -> Minute { Minute(sinceEpoch: minute) }

    private func interval(_ start: Int32, _ end: Int32) throws -> Interval {
        try #require(Interval(at(start), at(end)))
    }

    private func gaps(
        _ calendar: ResourceCalendar, _ range: Interval, atLeast minutes: Int = 1,
        _ view: CalendarView
    ) -> [Interval] {
        var result: [Interval] = []
        calendar.forEachGap(in: range, atLeast: minutes, view) { result.append($0) }
        return result
    }

    @Test("an empty calendar is one gap")
    func empty() throws {
        let range = try interval(0, 100)
        #expect(ResourceCalendar().isFree(range, now))
        #expect(gaps(ResourceCalendar(), range, now) == [range])
        #expect(gaps(ResourceCalendar(), range, atLeast: 100, now) == [range])
        #expect(gaps(ResourceCalendar(), range, atLeast: 101, now).isEmpty)
    }

    @Test("touching is no conflict, and one minute is")
    func touching() throws {
        var calendar = ResourceCalendar()
        calendar.insert(Occupancy(try interval(60, 90), owner: 1, kind: .booking))
        #expect(calendar.isFree(try interval(30, 60), now))
        #expect(calendar.isFree(try interval(90, 120), now))
        #expect(!calendar.isFree(try interval(30, 61), now))
        #expect(!calendar.isFree(try interval(89, 120), now))
        #expect(calendar.firstConflict(with: try interval(70, 71), now)?.owner == 1)
    }

    @Test("a hold blocks until the millisecond it expires at, in every question alike")
    func expiry() throws {
        var calendar = ResourceCalendar()
        let slot = try interval(60, 90)
        calendar.insert(Occupancy(slot, owner: 7, kind: .hold, expiresAtMilliseconds: 5000))
        let before = CalendarView(nowMilliseconds: 4999)
        let after = CalendarView(nowMilliseconds: 5000)
        #expect(!calendar.isFree(slot, before) && calendar.isFree(slot, after))
        #expect(calendar.firstConflict(with: slot, before)?.owner == 7)
        #expect(calendar.firstConflict(with: slot, after) == nil)
        #expect(gaps(calendar, slot, before).isEmpty && gaps(calendar, slot, after) == [slot])
    }

    @Test("a booking that moves and the hold that becomes one do not stand in their own way")
    func ignoring() throws {
        var calendar = ResourceCalendar()
        let slot = try interval(60, 90)
        calendar.insert(Occupancy(slot, owner: 1, kind: .booking))
        calendar.insert(
            Occupancy(slot, owner: 2, kind: .hold, expiresAtMilliseconds: Occupancy.never))
        #expect(!calendar.isFree(slot, CalendarView(nowMilliseconds: 0, ignoredBooking: 1)))
        #expect(!calendar.isFree(slot, CalendarView(nowMilliseconds: 0, ignoredHold: 2)))
        #expect(
            calendar.isFree(
                slot, CalendarView(nowMilliseconds: 0, ignoredBooking: 1, ignoredHold: 2)))
    }

    @Test("a long block under many bookings is seen from every one of them and past their ends")
    func longBlock() throws {
        var calendar = ResourceCalendar()
        calendar.insert(Occupancy(try interval(0, 10_000), owner: 1, kind: .block))
        for index: Int32 in 1...50 {
            let start = index * 100
            calendar.insert(
                Occupancy(
                    try interval(start, start + 30), owner: UInt128(index + 1), kind: .booking))
        }
        #expect(calendar.isSound())
        #expect(calendar.firstConflict(with: try interval(9000, 9001), now)?.owner == 1)
        #expect(!calendar.isFree(try interval(9999, 10_001), now))
        #expect(calendar.isFree(try interval(10_000, 10_001), now))
        #expect(
            gaps(calendar, try interval(4990, 20_000), now) == [try interval(10_000, 20_000)])
        let withoutBlock = CalendarView(nowMilliseconds: 0, ignoredBooking: 1)
        #expect(calendar.isFree(try interval(9000, 9100), withoutBlock))
        #expect(gaps(calendar, try interval(120, 210), withoutBlock) == [try interval(130, 200)])
    }

    @Test("an owner has one occupancy for each start")
    func identity() throws {
        var calendar = ResourceCalendar()
        #expect(calendar.insert(Occupancy(try interval(0, 10), owner: 1, kind: .booking)))
        #expect(!calendar.insert(Occupancy(try interval(0, 20), owner: 1, kind: .booking)))
        #expect(calendar.insert(Occupancy(try interval(20, 30), owner: 1, kind: .booking)))
        #expect(calendar.remove(owner: 1, start: at(10)) == nil)
        #expect(calendar.remove(owner: 1, start: at(0))?.end == at(10))
        #expect(calendar.occupancies.map(\.start) == [at(20)])
    }

    @Test("a core outside its buffers cannot be made")
    func illegalCore() throws {
        let core = try interval(10, 20)
        #expect(
            Occupancy(padded: try interval(11, 30), core: core, owner: 1, kind: .booking) == nil)
        #expect(
            Occupancy(
                padded: core.padded(before: 5, after: 0), core: core, owner: 1, kind: .booking)
                != nil)
    }

    @Test(
        "P5, P8 and P9: every answer equals that of a minute-by-minute board, after every change",
        arguments: 0..<300)
    func againstTheBoard(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var calendar = ResourceCalendar()
        var twin: [Occupancy] = []
        let longest = Bool.random(using: &random) ? 150 : 12
        for _ in 0..<60 {
            if !twin.isEmpty, Int.random(in: 0..<5, using: &random) < 2 {
                let gone = twin.remove(at: Int.random(in: twin.indices, using: &random))
                #expect(calendar.remove(owner: gone.owner, start: gone.start) == gone)
            } else {
                let start = Int32.random(in: 0..<180, using: &random)
                let end = start + Int32.random(in: 1...Int32(longest), using: &random)
                let isHold = Int.random(in: 0..<3, using: &random) == 0
                let new = Occupancy(
                    try interval(start, end), owner: UInt128.random(in: 0..<6, using: &random),
                    kind: isHold ? .hold : .booking,
                    expiresAtMilliseconds: isHold
                        ? Int64.random(in: 0...3, using: &random) : Occupancy.never)
                let isNew = !twin.contains { $0.owner == new.owner && $0.start == new.start }
                let before = calendar
                #expect(calendar.insert(new) == isNew)
                if isNew {
                    var undone = calendar
                    undone.remove(owner: new.owner, start: new.start)
                    #expect(undone == before, "seed \(seed)")
                    twin.append(new)
                }
            }
            #expect(calendar.isSound(), "seed \(seed)")
            try compare(calendar, with: twin, &random, seed)
        }
        #expect(ResourceCalendar(twin.shuffled(using: &random)) == calendar, "seed \(seed)")
    }

    private func compare(
        _ calendar: ResourceCalendar, with twin: [Occupancy], _ random: inout SeededGenerator,
        _ seed: UInt64
    ) throws {
        let view = CalendarView(
            nowMilliseconds: Int64.random(in: 0...3, using: &random),
            ignoredBooking: Bool.random(using: &random) ? 3 : nil,
            ignoredHold: Bool.random(using: &random) ? 4 : nil)
        let live = twin.filter {
            $0.expiresAtMilliseconds > view.nowMilliseconds
                && !(view.ignoredBooking == $0.owner) && !(view.ignoredHold == $0.owner)
        }
        var board = [Bool](repeating: true, count: 400)
        for occupancy in live {
            for minute in occupancy.start.sinceEpoch..<occupancy.end.sinceEpoch {
                board[Int(minute)] = false
            }
        }
        let start = Int32.random(in: 0..<330, using: &random)
        let range = try interval(start, start + Int32.random(in: 1...69, using: &random))
        let minutes = Int(range.start.sinceEpoch)..<Int(range.end.sinceEpoch)
        #expect(calendar.isFree(range, view) == board[minutes].allSatisfy { $0 }, "seed \(seed)")

        var conflicts: [Occupancy] = []
        calendar.forEachConflict(with: range, view) { conflicts.append($0) }
        let expected = live.filter { $0.padded.overlaps(range) }
        #expect(
            conflicts.count == expected.count && Set(conflicts) == Set(expected), "seed \(seed)")
        #expect(calendar.firstConflict(with: range, view) == conflicts.first, "seed \(seed)")

        let atLeast = Int.random(in: 1...20, using: &random)
        var runs: [Interval] = []
        var minute = minutes.lowerBound
        while minute < minutes.upperBound {
            var end = minute
            while end < minutes.upperBound && board[end] { end += 1 }
            if end - minute >= atLeast { runs.append(try interval(Int32(minute), Int32(end))) }
            minute = max(end, minute + 1)
        }
        #expect(gaps(calendar, range, atLeast: atLeast, view) == runs, "seed \(seed)")
    }
}
