public import Intervals

// The dropdown of the wizard's step 2 (procedures.md 5). A booking that cannot be chosen is shown
// with its reason: one that is silently missing is what makes staff create a duplicate.

/// What the dropdown is asked for.
public struct AttachableRequest: Sendable {
    /// Whose bookings.
    public var patient: Identifier<Patient>
    /// For which procedure: its type counts.
    public var procedure: Procedure?
    /// Where the procedure is to be done; nil: anywhere.
    public var location: Identifier<Location>?
    /// Starts from here; nil: the start of yesterday at the booking's location.
    public var from: Minute?
    /// Starts before this; nil: the end of the last day there that anything can be booked on.
    public var to: Minute?
    /// Rows that cannot be attached, too.
    public var showsUnattachable = false

    /// A patient's bookings of the usual window.
    public init(of patient: Identifier<Patient>, for procedure: Procedure? = nil) {
        self.patient = patient
        self.procedure = procedure
    }
}

/// A segment in the dropdown of step 2.
public struct AttachableRow: Sendable {
    /// The visit.
    public var booking: Booking
    /// Which segment of it, 1 for the first.
    public var segment: Int32
    /// Why it cannot be attached; nil: it can.
    public var refusal: Rejection?
    /// It can be attached, but its service belongs to other types than the procedure's.
    public var isOddService: Bool
}

extension Organization {
    /// The patient's bookings for step 2: today's in Check-in or In Procedure first, then by
    /// distance from now.
    ///
    /// Cost: the patient's bookings in the window, and a look at every service for its end.
    public func attachableBookings(
        _ request: AttachableRequest, limit: Int, now: Instant
    ) throws(Rejection) -> (rows: [AttachableRow], isTruncated: Bool) {
        let patient = try patient(request.patient)
        // No zone lies more than two days from the start of its yesterday.
        let earliest = request.from ?? now.minute.clampedAdding(minutes: -4 * 1440)
        let horizon = longestHorizonDays
        var rows: [(row: AttachableRow, isHere: Bool, distance: Int)] = []
        let first = BookingKey(start: earliest, id: Identifier(value: 0))
        bookingsByPatient[patient]?.forEach(from: first) { key in
            if let to = request.to, key.start >= to { return false }
            guard let booking = bookings[key.id], let location = locations[booking.location],
                let zone = try? zones.zone(location.details.timeZone)
            else { return true }
            let today = zone.localDate(at: now.minute)
            let yesterday = zone.windowStart(of: today.adding(days: -1), minute: 0)
            if request.from == nil, key.start < yesterday { return true }
            if request.to == nil,
                key.start >= zone.windowEnd(of: today.adding(days: horizon), minute: 1440)
            {
                return true
            }
            let isHere =
                (booking.stage == .checkIn || booking.stage == .inProcedure)
                && zone.localDate(at: key.start) == today
            for segment in 1...Int32(booking.segments.count) {
                let row = attachableRow(booking, segment: segment, for: request)
                if row.refusal == nil || request.showsUnattachable {
                    let start = booking.segments[Int(segment) - 1].interval.start
                    rows.append((row, isHere, abs(now.minute.minutes(until: start))))
                }
            }
            return true
        }
        rows.sort { left, right in
            if left.isHere != right.isHere { return left.isHere }
            if left.distance != right.distance { return left.distance < right.distance }
            return left.row.booking.id < right.row.booking.id
        }
        return (rows.prefix(limit).map(\.row), rows.count > limit)
    }

    private func attachableRow(
        _ booking: Booking, segment: Int32, for request: AttachableRequest
    ) -> AttachableRow {
        let type = request.procedure?.type
        let service = booking.segments[Int(segment) - 1].service
        var refusal = whyNotAttachable(booking, segment: segment, to: type)
        // Last: what stands in the way wherever the booking is says more.
        if refusal == nil, let location = request.location, booking.location != location {
            refusal = Rejection(.otherLocation, "the booking is at another location")
                .about(booking.id)
        }
        return AttachableRow(
            booking: booking, segment: segment, refusal: refusal,
            isOddService: isOdd(service, for: type))
    }

    /// Days ahead that the service which can be booked furthest ahead can be booked at, with any
    /// provider, anywhere; 0 without services.
    private var longestHorizonDays: Int32 {
        var days: Int32 = 0
        services.forEach { service in
            let horizons = service.details.variants.compactMap(\.horizonDays)
            days = max(days, horizons.max() ?? 0)
            locations.forEach { location in
                days = max(days, rules(of: service.details, at: location).horizonDays)
                return service.details.horizonDays == nil
            }
            return true
        }
        return days
    }
}
