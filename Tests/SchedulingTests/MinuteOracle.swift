import Intervals
import Testing
import Workload

@testable import Scheduling

/// Availability, slow and obvious: an array with an entry for every minute, and every start tried.
///
/// Shares no code with the core but the values that records are made of. Zones are written down
/// here as their few offsets, so that not even their reading is shared.
struct MinuteOracle {
    /// A zone of the oracle: the offset at first, and the instants at which another one begins.
    struct Zone {
        let name: String
        let offset: Int
        let changes: [(at: Int, offset: Int)]

        func offset(at minute: Int) -> Int {
            changes.last { $0.at <= minute }?.offset ?? offset
        }
    }

    /// The minutes looked at, with room at both ends of what is asked.
    let range: Range<Int>
    let zone: Zone
    /// What the wall clock shows at each minute.
    let wall: [Int]
    private let firstInstant: [Int: Int]
    private let lastInstant: [Int: Int]

    init(zone: Zone, range: Range<Int>) {
        self.zone = zone
        self.range = range
        wall = range.map { $0 + zone.offset(at: $0) }
        firstInstant = Dictionary(zip(wall, range)) { first, _ in first }
        lastInstant = Dictionary(zip(wall, range)) { _, last in last }
    }

    /// The first minute at which the clock shows a time, or has passed it over.
    private func first(_ time: Int) -> Int {
        firstInstant[time] ?? wall.firstIndex { $0 >= time }.map { range.lowerBound + $0 }
            ?? range.upperBound
    }

    private func last(_ time: Int) -> Int { lastInstant[time] ?? first(time) }

    private var days: ClosedRange<Int> {
        (wall[0] / 1440 - 2)...(wall[wall.count - 1] / 1440 + 2)
    }

    /// Monday 1 to Sunday 7.
    private func weekday(_ day: Int) -> Int { (day + 3) % 7 + 1 }

    /// The minutes after midnight of a date at which hours of that date are open.
    private func dial(_ hours: [WeeklyInterval], _ day: Int) -> Set<Int> {
        Set(
            hours.filter { $0.weekday == weekday(day) }
                .flatMap { Int($0.range.startMinute)..<Int($0.range.endMinute) })
    }

    /// One provider's minutes: whether hours are open, and whether a start is on the step.
    struct Day {
        var isOpen: [Bool]
        var isOnStep: [Bool]
        var isOff: [Bool]
    }

    func day(
        of provider: Provider, at location: Location, step: Int, stepOffset: Int
    ) -> Day {
        var result = Day(
            isOpen: Array(repeating: false, count: range.count),
            isOnStep: Array(repeating: false, count: range.count),
            isOff: Array(repeating: false, count: range.count))
        for day in days {
            var own: Set<Int> = []
            for schedule in provider.details.schedules where schedule.location == location.id {
                if let start = schedule.effectiveStart, Int(start.dayNumber) > day { continue }
                if let end = schedule.effectiveEnd, Int(end.dayNumber) < day { continue }
                own.formUnion(dial(schedule.hours, day))
            }
            var place: Set<Int> = []
            for near in -1...1 {
                place.formUnion(dial(location.details.hours, day + near).map { $0 + near * 1440 })
            }
            for (start, end) in stretches(own.intersection(place)) {
                mark(&result, day: day, start, end, step: step, stepOffset: stepOffset)
            }
        }
        for off in provider.details.timeOff where off.location ?? location.id == location.id {
            let start = first(Int(off.startDate.dayNumber) * 1440 + Int(off.startMinute))
            let end = last(Int(off.endDate.dayNumber) * 1440 + Int(off.endMinute))
            for minute in range where minute >= start && minute < end {
                result.isOff[minute - range.lowerBound] = true
            }
        }
        return result
    }

    private func mark(
        _ result: inout Day, day: Int, _ start: Int, _ end: Int, step: Int, stepOffset: Int
    ) {
        let midnight = day * 1440
        let opens = first(midnight + start)
        let closes = first(midnight + end)
        for minute in range where minute >= opens && minute < closes {
            let index = minute - range.lowerBound
            result.isOpen[index] = true
            let clock = wall[index] - midnight
            if clock >= start, clock < end, (clock - stepOffset) % step == 0 {
                result.isOnStep[index] = true
            }
        }
    }

    private func stretches(_ minutes: Set<Int>) -> [(Int, Int)] {
        var found: [(Int, Int)] = []
        for minute in minutes.sorted() {
            if let last = found.last, last.1 == minute {
                found[found.count - 1].1 = minute + 1
            } else {
                found.append((minute, minute + 1))
            }
        }
        return found
    }

    /// How many minutes of a stretch are marked.
    private struct Tally {
        private var before: [Int] = [0]

        init(_ marks: [Bool]) {
            for mark in marks { before.append(before[before.count - 1] + (mark ? 1 : 0)) }
        }

        func count(_ stretch: Range<Int>) -> Int {
            before[stretch.upperBound] - before[stretch.lowerBound]
        }
    }

    /// What can stand in the way of one start with one provider.
    struct Verdict {
        var isWithinHours = true
        var isOnStep = true
        /// These three: the visit or its buffers.
        var isOff = false
        var isBooked = false
        var isHeld = false
        var isTooSoon = false
        var isTooFar = false

        var isFree: Bool {
            isWithinHours && isOnStep && !isOff && !isBooked && !isHeld && !isTooSoon
                && !isTooFar
        }
    }

    /// Judges every minute of a window as a start with a provider.
    func verdicts(
        _ organization: Organization, _ provider: Provider, at location: Location,
        _ service: Service, duration: Int, window: Range<Int>, now: Instant
    ) -> [Verdict] {
        let details = service.details
        let day = day(
            of: provider, at: location, step: Int(details.step ?? 15),
            stepOffset: Int(details.stepOffset ?? 0))
        var booked = Array(repeating: false, count: range.count)
        var held = booked
        func fill(_ minutes: inout [Bool], _ from: Int, _ to: Int) {
            for minute in from..<to where range.contains(minute) {
                minutes[minute - range.lowerBound] = true
            }
        }
        func occupy(_ segment: BookingSegment, _ kind: inout [Bool]) {
            guard segment.provider == provider.id else { return }
            let start = Int(segment.interval.start.sinceEpoch) - Int(segment.bufferBefore)
            let end = Int(segment.interval.end.sinceEpoch) + Int(segment.bufferAfter)
            fill(&kind, start, end)
        }
        for booking in organization.bookings.all
        where ![.waitlist, .noShow, .cancelled, .archived].contains(booking.stage) {
            for segment in booking.segments { occupy(segment, &booked) }
        }
        for hold in organization.holds.all where hold.expiresAt > now {
            for segment in hold.segments { occupy(segment, &held) }
        }
        let closed = Tally(day.isOpen.map { !$0 })
        let off = Tally(day.isOff)
        let bookings = Tally(booked)
        let holds = Tally(held)

        let before = Int(details.bufferBefore ?? 0)
        let after = Int(details.bufferAfter ?? 0)
        let clock = Int(now.minute.sinceEpoch)
        let today = (clock + zone.offset(at: clock)) / 1440
        return window.map { start in
            let first = start - range.lowerBound
            let visit = first..<first + duration
            let whole = first - before..<first + duration + after
            var verdict = Verdict()
            verdict.isWithinHours = closed.count(visit) == 0
            verdict.isOnStep = day.isOnStep[first]
            verdict.isOff = off.count(whole) > 0
            verdict.isBooked = bookings.count(whole) > 0
            verdict.isHeld = holds.count(whole) > 0
            verdict.isTooSoon =
                Int64(start) * 60_000 - now.milliseconds < Int64(details.notice ?? 0) * 60_000
            verdict.isTooFar =
                (start + zone.offset(at: start)) / 1440 > today + Int(details.horizonDays ?? 180)
            return verdict
        }
    }
}

extension MinuteOracle.Zone {
    private static func minute(_ text: String) -> Int {
        guard let minute = try? utc(text) else { preconditionFailure("\(text) is no time") }
        return Int(minute.sinceEpoch)
    }

    static let newYork = Self(
        name: "America/New_York", offset: -300,
        changes: [
            (minute("2026-03-08T07:00Z"), -240), (minute("2026-11-01T06:00Z"), -300),
        ])
    static let lordHowe = Self(
        name: "Australia/Lord_Howe", offset: 660,
        changes: [
            (minute("2026-04-04T15:00Z"), 630), (minute("2026-10-03T15:30Z"), 660),
        ])
    static let kathmandu = Self(name: "Asia/Kathmandu", offset: 345, changes: [])
    static let phoenix = Self(name: "America/Phoenix", offset: -420, changes: [])
}
