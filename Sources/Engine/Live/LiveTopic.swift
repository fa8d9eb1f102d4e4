public import Intervals
public import Scheduling

/// Makes of a booking what those who watch it get, as of a time.
public typealias LiveEncoder = @Sendable (Booking, Organization, Instant) -> [UInt8]

/// What somebody watches.
public enum LiveTopic: Hashable, Sendable {
    /// The bookings of a location that start in an interval: a day of its board.
    case board(Identifier<Location>, Interval)
    /// One booking.
    case booking(Identifier<Booking>)

    /// The booking is to be seen there.
    public func shows(_ booking: Booking) -> Bool {
        switch self {
        case .board(let location, let day):
            booking.location == location && day.start <= booking.start && booking.start < day.end
        case .booking(let id):
            booking.id == id
        }
    }

    /// What of an event is to be seen there: nil when nothing is.
    ///
    /// Costs a look at each touched booking; for a record that cards name, one at each booking of
    /// the board.
    func change(
        by event: Event, _ touched: Touched, in organization: Organization,
        encode: LiveEncoder
    ) -> LiveChange? {
        var change = LiveChange(event)
        change.needsSnapshot = needsSnapshot(touched)
        if !change.needsSnapshot {
            for id in touched.bookings + others(touched, in: organization) {
                if let booking = organization.bookings[id], shows(booking) {
                    change.cards.append(LiveCard(id, encode(booking, organization, event.at)))
                } else if touched.before[id].map(shows) == true {
                    change.cards.append(LiveCard(id, nil))
                }
            }
        }
        return change.needsSnapshot || !change.cards.isEmpty ? change : nil
    }

    /// The head of the board has changed, or which day it shows.
    private func needsSnapshot(_ touched: Touched) -> Bool {
        guard case .board(let location, _) = self else { return false }
        return touched.isProfileTouched || touched.locations.contains(location)
    }

    /// The bookings to be seen that look other than before because of records that they name, and
    /// are not touched themselves.
    private func others(
        _ touched: Touched, in organization: Organization
    ) -> [Identifier<Booking>] {
        switch self {
        case .board(let location, let day):
            guard touched.touchesOthers else { return [] }
            return organization.bookings(at: location, startingIn: day)
                .filter { touched.concerns($0) && !touched.bookings.contains($0.id) }.map(\.id)
        case .booking(let id):
            guard let booking = organization.bookings[id], !touched.bookings.contains(id),
                touched.concerns(booking) || touched.locations.contains(booking.location)
                    || touched.isProfileTouched
            else { return [] }
            return [id]
        }
    }
}

/// What a watcher is told of one event.
public struct LiveChange: Sendable {
    /// The event's.
    public var position: Int64
    /// When it was decided.
    public var at: Instant
    /// Who asked for it.
    public var actor: String
    /// By which RPC.
    public var rpc: String
    /// The bookings that it changed, each once.
    public var cards: [LiveCard] = []
    /// It changed so much that only the whole tells it.
    public var needsSnapshot = false
    /// How many events are put together in it.
    public var count = 1

    init(_ event: Event) {
        position = event.position
        at = event.at
        actor = event.actor
        rpc = event.rpc
    }

    /// About what it keeps in memory.
    var byteCount: Int { cards.reduce(160) { $0 + ($1.bytes?.count ?? 0) + 48 } }
}

/// One booking after an event.
public struct LiveCard: Sendable {
    /// Whose.
    public var booking: Identifier<Booking>
    /// What the watcher's service made of it; nil: it is no longer to be seen.
    public var bytes: [UInt8]?

    /// What a booking has become.
    public init(_ booking: Identifier<Booking>, _ bytes: [UInt8]?) {
        self.booking = booking
        self.bytes = bytes
    }
}
