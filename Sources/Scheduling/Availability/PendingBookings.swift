internal import Intervals

/// What an organization will be when bookings that are being decided on together are written:
/// calendars and counts are read through it.
struct PendingBookings {
    /// The calendars that differ.
    private(set) var calendars: [CalendarKey: ResourceCalendar] = [:]
    /// Bookings that will stand.
    private(set) var added: [Booking] = []
    /// Bookings that will not stand where they do.
    private(set) var removed: Set<Identifier<Booking>> = []

    /// Nothing is pending.
    init() {}

    /// Some bookings are on the move.
    init(moving bookings: [Booking], in organization: Organization) {
        for booking in bookings {
            removed.insert(booking.id)
            for (key, occupancy) in booking.pendingOccupancies {
                calendars[key, default: organization.calendar(key)]
                    .remove(owner: occupancy.owner, start: occupancy.start)
            }
        }
    }

    mutating func add(_ booking: Booking, in organization: Organization) {
        added.append(booking)
        for (key, occupancy) in booking.pendingOccupancies {
            calendars[key, default: organization.calendar(key)].insert(occupancy)
        }
    }
}

extension Booking {
    fileprivate var pendingOccupancies: [(key: CalendarKey, occupancy: Occupancy)] {
        Organization.occupancies(
            of: segments, at: location, owner: id.value, kind: .booking, expires: Occupancy.never)
    }
}

extension Organization {
    func calendar(_ key: CalendarKey) -> ResourceCalendar {
        switch key {
        case .provider(let id): calendars[id] ?? ResourceCalendar()
        default: resourceCalendars[key] ?? ResourceCalendar()
        }
    }
}
