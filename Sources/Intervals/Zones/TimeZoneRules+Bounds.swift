// What a wall time means as the end of a stretch of time, where the clock skips it or shows it
// twice (availability.md 4). A skipped time is the transition itself, never an hour further on: an
// hour that does not exist offers nothing. A repeated time is read so that errors fall on the safe
// side: narrowly where one may be booked, widely where one may not.

extension TimeZoneRules {
    /// The instant at which hours that open at this wall time open: the first of a repeated time.
    ///
    /// The minute counts from midnight of `date` and may exceed 1440.
    public func windowStart(of date: LocalDate, minute: Int32) -> Minute {
        firstInstant(of: date, minute: minute)
    }

    /// The instant at which hours that close at this wall time close: the first of a repeated time.
    public func windowEnd(of date: LocalDate, minute: Int32) -> Minute {
        firstInstant(of: date, minute: minute)
    }

    /// The instant at which time off that begins at this wall time begins: the first of a repeated
    /// time.
    public func blockStart(of date: LocalDate, minute: Int32) -> Minute {
        firstInstant(of: date, minute: minute)
    }

    /// The instant at which time off that ends at this wall time ends: the last of a repeated time.
    public func blockEnd(of date: LocalDate, minute: Int32) -> Minute {
        switch instants(of: date, minute: minute) {
        case .none(let transition): transition
        case .one(let instant): instant
        case .two(_, let last): last
        }
    }

    /// The instants between two wall times of one date, as hours (narrow). Nil when nothing is left
    /// of them, such as 02:00 to 02:30 on the day those are skipped.
    public func window(on date: LocalDate, from start: Int32, to end: Int32) -> Interval? {
        Interval(windowStart(of: date, minute: start), windowEnd(of: date, minute: end))
    }

    /// The instants between two wall times of one date, as time off (wide).
    public func block(on date: LocalDate, from start: Int32, to end: Int32) -> Interval? {
        Interval(blockStart(of: date, minute: start), blockEnd(of: date, minute: end))
    }

    /// The instants of a whole local date, 23 to 25 hours as a rule; nil for a date that a zone
    /// skipped, as Apia did 2011-12-30.
    public func day(_ date: LocalDate) -> Interval? {
        window(on: date, from: 0, to: 1440)
    }

    private func firstInstant(of date: LocalDate, minute: Int32) -> Minute {
        switch instants(of: date, minute: minute) {
        case .none(let transition): transition
        case .one(let instant): instant
        case .two(let first, _): first
        }
    }
}
