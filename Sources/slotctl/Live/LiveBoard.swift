internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// What a reader of WatchBoard knows: the cards as they are, what has just changed, and how far the
/// daemon's clock is from this machine's. A value without I/O; times are parameters.
struct LiveBoard: Sendable {
    /// The last thing that happened, for people.
    struct Happening: Equatable, Sendable {
        /// By the daemon's clock.
        var at: Moment
        var text: String
    }

    /// The last snapshot, whose columns' cards are void: the cards are in `cards`.
    private(set) var frame = Slotd_V1_GetBoardResponse()
    /// By booking.
    private(set) var cards: [String: Slotd_V1_BoardCard] = [:]
    /// Everything up to this journal position is known; 0: nothing is.
    private(set) var revision: Int64 = 0
    private(set) var last: Happening?
    /// Seconds to add to this machine's clock to have the daemon's.
    var clockOffset: Int64 = 0
    /// When each booking changed lately, by this machine's clock.
    private var changed: [String: Moment] = [:]

    /// Seconds for which a change stands out, and for which it is marked.
    static let freshSeconds: Int64 = 5
    static let recentSeconds: Int64 = 20

    /// Takes a message that came at `now`, by this machine's clock.
    mutating func take(_ message: Slotd_V1_WatchBoardResponse, at now: Moment) {
        switch message.event {
        case .snapshot(let board): replace(by: board, at: now)
        case .change(let change): apply(change, at: now)
        case .heartbeat(let beat):
            clockOffset = Moment(beat.serverNow).seconds - now.seconds
        case nil: break
        }
        revision = message.revision
        changed = changed.filter { now.seconds - $0.value.seconds < Self.recentSeconds }
    }

    private mutating func replace(by board: Slotd_V1_GetBoardResponse, at now: Moment) {
        let isFirst = revision == 0
        let old = cards
        frame = board
        cards = [:]
        for card in board.columns.flatMap(\.cards) {
            cards[card.booking.id] = card
            // What a reader missed while it was away is news too.
            if !isFirst, old[card.booking.id]?.booking.version != card.booking.version {
                changed[card.booking.id] = now
            }
        }
        for index in frame.columns.indices { frame.columns[index].cards = [] }
    }

    private mutating func apply(_ change: Slotd_V1_BoardChange, at now: Moment) {
        let at = Moment(change.at)
        let actor = change.actor.isEmpty ? "" : " (\(plainText(change.actor)))"
        for card in change.cards {
            let text: String
            if let old = cards[card.booking.id] {
                let words = card.differences(from: old)
                text = words.isEmpty ? "changed" : words.joined(separator: ", ")
            } else {
                let start = card.booking.reading(Moment(card.booking.start)).clock
                text = "\(start) is new in \(card.booking.stage.label)"
            }
            cards[card.booking.id] = card
            changed[card.booking.id] = now
            last = Happening(at: at, text: "\(plainText(card.patientName)): \(text)\(actor)")
        }
        for id in change.removedBookingIds {
            guard let old = cards.removeValue(forKey: id) else { continue }
            changed[id] = nil
            last = Happening(
                at: at, text: "\(plainText(old.patientName)): no longer on this board\(actor)")
        }
    }

    /// The columns in the board's order, each with its cards in order of start, then id.
    var columns: [Slotd_V1_BoardColumn] {
        let byStage = Dictionary(grouping: cards.values, by: \.booking.stage)
        return frame.columns.map { column in
            var column = column
            column.cards = (byStage[column.stage] ?? []).sorted {
                let (left, right) = (Moment($0.booking.start), Moment($1.booking.start))
                return left == right ? $0.booking.id < $1.booking.id : left < right
            }
            return column
        }
    }

    /// Whether a booking has just changed, at a moment of this machine's clock.
    func news(of booking: String, at now: Moment) -> CardText.News {
        guard let at = changed[booking] else { return .none }
        let age = now.seconds - at.seconds
        return age < Self.freshSeconds ? .fresh : age < Self.recentSeconds ? .recent : .none
    }

    /// When a highlight fades next, by this machine's clock; nil: there is none.
    func nextFading(after now: Moment) -> Moment? {
        changed.values.flatMap { [$0 + Self.freshSeconds, $0 + Self.recentSeconds] }
            .filter { $0 > now }.min()
    }
}
