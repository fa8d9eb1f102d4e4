public import Intervals

/// A location's bookings of one local day, by stage.
public struct Board: Sendable {
    /// Whose board it is.
    public var location: Location
    /// The local date on which the bookings start.
    public var date: LocalDate
    /// One for each stage, in the board's order.
    public var columns: [(stage: Stage, bookings: [Booking])]
}

extension Booking {
    /// Whole minutes that it has been in its stage.
    public func minutesInStage(now: Instant) -> Int32 {
        let since = stageHistory.last?.at ?? createdAt
        return Int32(clamping: max(0, now.milliseconds - since.milliseconds) / 60_000)
    }

    /// A deposit is still to be paid. One of a visit that does not take place, or was put away,
    /// is not asked for any more: it can no longer be taken.
    public var isPaymentPending: Bool { deposit?.isHeld == false && stage.takesDeposit }
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
}
