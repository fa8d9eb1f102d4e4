internal import Engine
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

/// A location's board as it stood at a past moment, put together from the trail.
///
/// Nothing is replayed. The trail's index tells which bookings ever stood on this board's day; each
/// of them, and each record that its card names, is read as its last entry up to then left it. So
/// the cost is that of the board's own history, a few entries a card, however long the journal is,
/// and the memory is that of one board.
struct PastBoard {
    private let reader: TrailReader
    private let at: Instant
    /// The last position that was decided by then.
    private let position: Int64
    private let zones: TimeZoneDatabase

    init(
        _ reader: TrailReader, at: Instant, zones: TimeZoneDatabase
    ) throws(Rejection) {
        self.reader = reader
        self.at = at
        self.zones = zones
        position = try reader.position(at: at)
    }

    /// The board as `GetBoard` would have answered then; the date is that of the moment unless
    /// given. Throws what it would have thrown.
    func reply(
        _ id: Identifier<Location>, date: LocalDate?
    ) throws(Rejection) -> Slotd_V1_GetBoardResponse {
        guard case .organization(let profile) = try record(reader.organization),
            let location = try record(id)
        else { throw .unknown("location", id.description, field: "location_id") }
        var organization = Organization(profile: profile, zones: zones)
        organization.restore(location)
        if let day = try organization.boardDay(at: id, date: date, now: at) {
            let cards = try candidates(id, day).map { booking throws(Rejection) in
                try card(booking)
            }.filter { $0.booking.map { LiveTopic.board(id, day).shows($0) } ?? false }
            try restore(cards, in: &organization)
        }
        organization.restore(position: position)
        let board = try organization.board(id, date: date, now: at)
        return Slotd_V1_GetBoardResponse(board, in: organization, now: at)
    }

    /// A booking and its attachments.
    private struct Card {
        var booking: Booking?
        var attachments: [Identifier<Attachment>: Attachment] = [:]
    }

    /// Bookings that an entry left on this board.
    private func candidates(
        _ location: Identifier<Location>, _ day: Interval
    ) throws(Rejection) -> [Identifier<Booking>] {
        guard position > 0 else { return [] }
        var found: Set<Identifier<Booking>> = []
        let days = TrailSubject.days(from: day.start.sinceEpoch, until: day.end.sinceEpoch)
        for utcDay in days {
            try reader.forEach(about: .day(location, utcDay), 1...position) { entry in
                for case .put(.booking(let row)) in entry.event.writes
                where LiveTopic.board(location, day).shows(row) { found.insert(row.id) }
                return true
            }
        }
        return found.sorted()
    }

    private func card(_ id: Identifier<Booking>) throws(Rejection) -> Card {
        var card = Card()
        try reader.forEach(about: .record(id.value), 1...position) { entry in
            for write in entry.event.writes {
                switch write {
                case .put(.booking(let row)) where row.id == id: card.booking = row
                case .put(.attachment(let row)) where row.booking == id:
                    card.attachments[row.id] = row
                case .remove(let key) where key.id == id.value: card.booking = nil
                default: break
                }
            }
            return true
        }
        return card
    }

    /// Puts the cards' records into an organization, after those that they name.
    private func restore(
        _ cards: [Card], in organization: inout Organization
    ) throws(Rejection) {
        var named: Set<UInt128> = []
        for booking in cards.compactMap(\.booking) {
            named.insert(booking.patient.value)
            for segment in booking.segments {
                named.insert(segment.provider.value)
                named.insert(segment.service.value)
                for use in segment.uses {
                    if let id = use.provider { named.insert(id.value) }
                    if let id = use.resource { named.insert(id.value) }
                }
            }
        }
        let attachments = cards.flatMap(\.attachments.values)
        for attachment in attachments where attachment.isActive {
            named.insert(attachment.procedure.value)
        }
        for id in named.sorted() {
            if let record = try reader.record(id, at: position) { organization.restore(record) }
        }
        for booking in cards.compactMap(\.booking) { organization.restore(.booking(booking)) }
        for attachment in attachments { organization.restore(.attachment(attachment)) }
    }

    private func record<Row>(_ id: Identifier<Row>) throws(Rejection) -> Record? {
        try reader.record(id.value, at: position)
    }
}
