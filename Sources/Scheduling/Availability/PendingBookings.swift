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
    /// Holds that will be gone.
    private(set) var removedHolds: Set<Identifier<Hold>> = []

    /// Nothing is pending.
    init() {}

    /// Some bookings are on the move.
    init(moving bookings: [Booking], in organization: Organization) {
        for booking in bookings { move(booking, in: organization) }
    }

    /// A booking that stands will not stand where it does.
    mutating func move(_ booking: Booking, in organization: Organization) {
        removed.insert(booking.id)
        take(booking.pendingOccupancies, in: organization)
    }

    /// A booking will stand.
    mutating func add(_ booking: Booking, in organization: Organization) {
        added.append(booking)
        give(booking.pendingOccupancies, in: organization)
    }

    /// A hold will be gone.
    mutating func remove(_ hold: Hold, in organization: Organization) {
        removedHolds.insert(hold.id)
        take(hold.pendingOccupancies, in: organization)
    }

    /// A hold will be made.
    mutating func add(_ hold: Hold, in organization: Organization) {
        removedHolds.remove(hold.id)
        give(hold.pendingOccupancies, in: organization)
    }

    private mutating func take(_ all: [Placed], in organization: Organization) {
        for (key, occupancy) in all {
            calendars[key, default: organization.calendar(key)]
                .remove(owner: occupancy.owner, start: occupancy.start)
        }
    }

    private mutating func give(_ all: [Placed], in organization: Organization) {
        for (key, occupancy) in all {
            calendars[key, default: organization.calendar(key)].insert(occupancy)
        }
    }

    fileprivate typealias Placed = (key: CalendarKey, occupancy: Occupancy)
}

extension Booking {
    fileprivate var pendingOccupancies: [(key: CalendarKey, occupancy: Occupancy)] {
        Organization.occupancies(
            of: occupancies, at: location, owner: id.value, kind: .booking,
            expires: Occupancy.never)
    }
}

extension Hold {
    fileprivate var pendingOccupancies: [(key: CalendarKey, occupancy: Occupancy)] {
        Organization.occupancies(
            of: segments, at: location, owner: id.value, kind: .hold,
            expires: expiresAt.milliseconds)
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
