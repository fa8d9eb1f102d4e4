public import Intervals

/// Hours of one local date that replace the week's.
public struct DayHours: Equatable, Sendable {
    /// The date on which the hours start.
    public var date: LocalDate
    /// Minutes from the date's midnight, ends up to 2880; none: closed all day.
    public var hours: [WallRange]

    /// These hours and no others on the date.
    public init(date: LocalDate, hours: [WallRange]) {
        self.date = date
        self.hours = hours
    }
}

/// A provider's hours at one location on one local date, which replace the week's.
public struct ProviderDay: Equatable, Sendable {
    /// Where.
    public var location: Identifier<Location>
    /// When.
    public var day: DayHours

    /// These hours there on that date.
    public init(location: Identifier<Location>, day: DayHours) {
        self.location = location
        self.day = day
    }
}

/// Local time, half-open, in which a place is closed or a room or device is out of use.
public struct Closure: Equatable, Sendable {
    /// The local date of its first minute.
    public var startDate: LocalDate
    /// Minutes since local midnight of `startDate`, 0 to 1440.
    public var startMinute: Int32
    /// The local date of the minute after its last.
    public var endDate: LocalDate
    /// Minutes since local midnight of `endDate`, 0 to 1440.
    public var endMinute: Int32
    /// Why, for people.
    public var note: String

    /// From one wall time to another.
    public init(
        startDate: LocalDate, startMinute: Int32, endDate: LocalDate, endMinute: Int32,
        note: String = ""
    ) {
        self.startDate = startDate
        self.startMinute = startMinute
        self.endDate = endDate
        self.endMinute = endMinute
        self.note = note
    }
}
