internal import Intervals
internal import Scheduling

// The values that records are made of, read from the form of slotd/journal/v1/journal.proto.

extension StoredId {
    var value: UInt128 { UInt128(high) << 64 | UInt128(low) }

    func identifier<Record>() -> Identifier<Record> { Identifier(value: value) }
}

extension Interval {
    /// The interval between two stored minutes.
    init(storedStart start: Int32, end: Int32) throws(MalformedRecord) {
        guard let interval = Interval(Minute(sinceEpoch: start), Minute(sinceEpoch: end)) else {
            throw MalformedRecord("an interval from minute \(start) to minute \(end)")
        }
        self = interval
    }
}

extension StoredWeeklyInterval {
    func interval() throws(MalformedRecord) -> WeeklyInterval {
        guard endMinute > startMinute,
            let interval = WeeklyInterval(
                weekday: Int(weekday), startMinute: startMinute, endMinute: endMinute)
        else { throw MalformedRecord("weekly hours \(weekday) \(startMinute) \(endMinute)") }
        return interval
    }
}

extension StoredDayHours {
    func dayHours() throws(MalformedRecord) -> DayHours {
        DayHours(
            date: LocalDate(dayNumber: date),
            hours: try hours.mapped { stored throws(MalformedRecord) in try stored.range() })
    }
}

extension StoredWallRange {
    func range() throws(MalformedRecord) -> WallRange {
        guard let range = WallRange(startMinute, endMinute) else {
            throw MalformedRecord("hours from minute \(startMinute) to minute \(endMinute)")
        }
        return range
    }
}

extension StoredClosure {
    func closure() -> Closure {
        Closure(
            startDate: LocalDate(dayNumber: startDate), startMinute: startMinute,
            endDate: LocalDate(dayNumber: endDate), endMinute: endMinute, note: note)
    }
}

extension PhaseSet {
    /// The phases that stored bits stand for; none of them: all.
    init(stored bits: UInt32) throws(MalformedRecord) {
        guard bits & ~UInt32(PhaseSet.all.rawValue) == 0 else {
            throw MalformedRecord("phases \(bits)")
        }
        self = bits == 0 ? .all : PhaseSet(rawValue: UInt8(truncatingIfNeeded: bits))
    }
}

extension StoredMoney {
    func money() -> Money { Money(minor: minor, currency: currency) }
}

extension RawRepresentable where RawValue == UInt8 {
    /// As `init(stored:)`, for a field that older versions did not write.
    init(stored number: UInt32, absent usual: Self) throws(MalformedRecord) {
        self = number == 0 ? usual : try Self(stored: number)
    }

    /// The case that a stored number stands for.
    init(stored number: UInt32) throws(MalformedRecord) {
        guard let raw = UInt8(exactly: number), let value = Self(rawValue: raw) else {
            throw MalformedRecord("\(Self.self) has no number \(number)")
        }
        self = value
    }
}

extension Array {
    /// As `map`, for transforms that give up in one way only.
    func mapped<Result>(
        _ transform: (Element) throws(MalformedRecord) -> Result
    ) throws(MalformedRecord) -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(count)
        for element in self { results.append(try transform(element)) }
        return results
    }
}
