public import Intervals

/// A location's bookings of one local day, by stage.
public struct Board: Sendable {
    public var location: Location
    public var date: LocalDate
    /// One for each stage, in the board's order.
    public var columns: [(stage: Stage, bookings: [Booking])]
}

/// A segment in the dropdown of step 2.
public struct AttachableRow: Sendable {
    public var booking: Booking
    public var segment: Int32
    /// Why it cannot be attached; nil: it can.
    public var refusal: Rejection?
    /// It can be attached, but its service belongs to other types than the procedure's.
    public var isOddService: Bool
}

extension Booking {
    /// Whole minutes that it has been in its stage.
    public func minutesInStage(now: Instant) -> Int32 {
        let since = stageHistory.last?.at ?? createdAt
        return Int32(clamping: max(0, now.milliseconds - since.milliseconds) / 60_000)
    }

    /// A deposit is still to be paid.
    public var isPaymentPending: Bool { deposit?.isPaid == false }
}

extension Organization {
    /// The board of a location; the date is today there unless given.
    public func board(
        _ location: Identifier<Location>, date: LocalDate?, now: Instant
    ) throws(Rejection) -> Board {
        guard let row = locations[location] else {
            throw .unknown("location", location.description, field: "location_id")
        }
        let zone = try zone(of: row)
        let date = date ?? zone.localDate(at: now.minute)
        var byStage: [Stage: [Booking]] = [:]
        if let day = zone.day(date) {
            let first = BookingKey(start: day.start, id: Identifier(value: 0))
            bookingsByLocation[location]?.forEach(from: first) { key in
                guard key.start < day.end else { return false }
                if let booking = bookings[key.id] {
                    byStage[booking.stage, default: []].append(booking)
                }
                return true
            }
        }
        return Board(
            location: row, date: date,
            columns: Stage.allCases.map { ($0, byStage[$0] ?? []) })
    }

    /// It has been in its stage for as long as the organization lets it, or longer.
    public func alerts(_ booking: Booking, now: Instant) -> Bool {
        let minutes = alertMinutes(in: booking.stage)
        return minutes > 0 && booking.minutesInStage(now: now) >= minutes
    }

    /// Minutes after which a booking in a stage calls for attention; 0: never.
    public func alertMinutes(in stage: Stage) -> Int32 {
        profile.details.stageAlerts.filter { $0.stage == stage }.map(\.minutes).min() ?? 0
    }

    func zone(of location: Location) throws(Rejection) -> TimeZoneRules {
        do {
            return try zones.zone(location.details.timeZone)
        } catch {
            throw .invalid(
                "time_zone", "\(location.details.timeZone) is not known to this machine")
        }
    }

    /// The patient's bookings for step 2: today's in Check-in or In Procedure first, then by
    /// distance from now. Windows default as procedures.md 5 says.
    public func attachableBookings(
        of patient: Identifier<Patient>, for procedure: Procedure?, from: Minute?, to: Minute?,
        showsUnattachable: Bool, limit: Int, now: Instant
    ) throws(Rejection) -> (rows: [AttachableRow], isTruncated: Bool) {
        guard patients[patient] != nil else {
            throw .unknown("patient", patient.description, field: "patient_id")
        }
        // No zone lies more than two days from the start of its yesterday.
        let earliest = from ?? now.minute.clampedAdding(minutes: -4 * 1440)
        var rows: [(row: AttachableRow, isHere: Bool, distance: Int)] = []
        let first = BookingKey(start: earliest, id: Identifier(value: 0))
        bookingsByPatient[patient]?.forEach(from: first) { key in
            if let to, key.start >= to { return false }
            guard let booking = bookings[key.id], let location = locations[booking.location],
                let zone = try? zones.zone(location.details.timeZone)
            else { return true }
            let today = zone.localDate(at: now.minute)
            let yesterday = zone.windowStart(of: today.adding(days: -1), minute: 0)
            if from == nil, key.start < yesterday { return true }
            let isHere =
                (booking.stage == .checkIn || booking.stage == .inProcedure)
                && zone.localDate(at: key.start) == today
            for segment in 1...Int32(booking.segments.count) {
                let row = attachableRow(booking, segment: segment, for: procedure)
                if row.refusal == nil || showsUnattachable {
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
        _ booking: Booking, segment: Int32, for procedure: Procedure?
    ) -> AttachableRow {
        let service = booking.segments[Int(segment) - 1].service
        let type = procedure?.type.flatMap { procedureTypes[$0] }
        let isOdd =
            type.map { !$0.details.services.isEmpty && !$0.details.services.contains(service) }
            ?? false
        return AttachableRow(
            booking: booking, segment: segment,
            refusal: whyNotAttachable(booking, segment: segment), isOddService: isOdd)
    }
}
