/// The growing list of a zone's transitions, in whole minutes: builds the invariants 1 to 3 of
/// `TimeZoneRules`.
struct OffsetTimeline {
    private(set) var transitions: [Int32] = []
    private(set) var offsets: [Int32]

    init(firstOffsetSeconds: Int32) {
        offsets = [roundedToMinute(firstOffsetSeconds)]
    }

    /// Takes the next transition, in the order of time.
    ///
    /// One at or before its predecessor replaces it: two may round to the same minute, and a rule
    /// with daylight time all year ends and begins it at the same instant. One that changes nothing
    /// is left out. What lies before `Minute`'s range (some files begin at the Big Bang) sets the
    /// offset that holds from the start; what lies after it is dropped.
    mutating func append(_ transition: TZifTable.Transition) {
        let offset = roundedToMinute(transition.offsetSeconds)
        let seconds = transition.unixSeconds
        let minute =
            seconds.flooredQuotient(by: 60) + (seconds.flooredRemainder(by: 60) >= 30 ? 1 : 0)
        guard minute < Int64(Int32.max) else { return }
        guard minute > Int64(Int32.min) else {
            offsets = [offset]
            return
        }
        while let last = transitions.last, Int64(last) >= minute {
            transitions.removeLast()
            offsets.removeLast()
        }
        guard offsets.last != offset else { return }
        transitions.append(Int32(minute))
        offsets.append(offset)
    }

    /// Continues the table by the footer's rule for one era, and returns the minute from which the
    /// era repeats (`Int64.max`: never).
    ///
    /// Without a table the rule holds for all time; it is then unrolled from the year 1.
    mutating func extend(by rule: PosixTimeZone, after last: TZifTable.Transition?) -> Int64 {
        if last == nil { offsets = [roundedToMinute(rule.standardOffsetSeconds)] }
        guard rule.daylight != nil else { return .max }
        let tableEnd = last?.unixSeconds ?? .min
        let firstYear = max(1, LocalDate(clampingUnixSeconds: tableEnd).year)
        // A change may be ruled by hours that carry it into a neighboring year, so a year more is
        // unrolled at either end than is kept.
        for year in (firstYear - 1)...(firstYear + 404) {
            for transition in rule.transitions(inYear: year)
            where transition.unixSeconds > tableEnd {
                append(transition)
            }
        }
        let end = LocalDate(unchecked: firstYear + 404, 1, 1).midnightWallMinutes
        while let last = transitions.last, Int64(last) >= end {
            transitions.removeLast()
            offsets.removeLast()
        }
        // By the second new year after the table's end the rule alone is in force, so the era that
        // starts there repeats exactly. Two years more are kept, in which the first transition
        // after the era's end is found.
        return LocalDate(unchecked: firstYear + 402, 1, 1).midnightWallMinutes
    }
}

extension LocalDate {
    /// The date in UTC of a clock reading; clamped to the range of `Minute`.
    fileprivate init(clampingUnixSeconds seconds: Int64) {
        let minute = Int32(clamping: seconds.flooredQuotient(by: 60))
        self.init(dayNumber: minute.flooredQuotient(by: 1440))
    }
}

/// 400 years, after which dates and weekdays repeat.
let minutesPerEra = Int64(daysPerEra) * 1440

/// Seconds to the nearest minute; half a minute goes up.
private func roundedToMinute(_ seconds: Int32) -> Int32 {
    (seconds + 30).flooredQuotient(by: 60)
}
