public import Intervals

extension Organization {
    /// The stretch of time that a location's board shows, on this date or today; nil for a date
    /// that the location's zone leaves out.
    public func boardDay(
        at location: Identifier<Location>, date: LocalDate?, now: Instant
    ) throws(Rejection) -> Interval? {
        guard let row = locations[location] else {
            throw .unknown("location", location.description, field: "location_id")
        }
        let zone = try zone(of: row)
        return zone.day(date ?? zone.localDate(at: now.minute))
    }

    /// The bookings of a location that start in an interval, in order of start, then id.
    public func bookings(
        at location: Identifier<Location>, startingIn interval: Interval
    ) -> [Booking] {
        var found: [Booking] = []
        let first = BookingKey(start: interval.start, id: Identifier(value: 0))
        bookingsByLocation[location]?.forEach(from: first) { key in
            guard key.start < interval.end else { return false }
            if let booking = bookings[key.id] { found.append(booking) }
            return true
        }
        return found
    }
}
