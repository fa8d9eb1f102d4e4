internal import Intervals
internal import SlotdAPI

/// A live board as lines of a terminal: a function of what is known, the size and the time, without
/// I/O.
///
/// From top to bottom: where, which day, what time it is there, and how fresh this is; totals, and
/// the stages that have no room; columns of cards by stage, or on a narrow terminal the stages
/// below each other; what happened last.
struct BoardScreen {
    /// Of the terminal, in cells.
    struct Size: Equatable, Sendable {
        var columns: Int
        var rows: Int
    }

    /// Where the reader looks.
    struct Place: Equatable, Sendable {
        /// Cards, or in a list lines, above the screen's first.
        var top = 0
        /// The page of columns.
        var page = 0
        /// The stages below each other, as the reader wants it; nil: as the width is.
        var isStacked: Bool?
    }

    /// How fresh it is.
    enum Link: Equatable, Sendable {
        case connecting
        case live
        /// Until the next attempt, by this machine's clock.
        case lost(until: Moment)
    }

    let board: LiveBoard
    /// By this machine's clock.
    let now: Moment
    var zone = Zone.utc
    var link = Link.live
    var place = Place()
    /// How many wait for a time to come free; nil: not known.
    var waiting: Int?
    var isUTF8 = true

    static let gap = 2
    private static let columnWidthMin = 18
    static let columnWidthMax = 44
    /// From this width on a card loses nothing.
    static let columnWidthGood = 30
    /// Lines above the stages, and below them.
    private static let headRows = 3
    private static let footRows = 1

    /// By the daemon's clock.
    var daemonNow: Moment { now + board.clockOffset }

    /// The whole screen, exactly as many lines as it has rows, none wider than it is.
    func lines(_ size: Size, _ paint: Paint) -> [String] {
        let width = max(20, size.columns)
        let columns = board.columns
        let body = body(columns, Size(columns: width, rows: bodyRows(size)), paint)
        var lines = [heading(width, paint), totals(columns, body.hidden, width, paint)]
        lines.append(ScreenLine())
        lines += body.lines
        while lines.count < size.rows - Self.footRows { lines.append(ScreenLine()) }
        lines = lines.prefix(max(0, size.rows - Self.footRows)) + [footer(width, body, paint)]
        return lines.map { isUTF8 ? $0.text : asciiOnly($0.text) }
    }

    /// The place after a key; what lies beyond the last card cannot be reached.
    func moved(_ key: TerminalKey, _ size: Size) -> Place {
        let body = body(
            board.columns, Size(columns: max(20, size.columns), rows: bodyRows(size)), .none)
        var next = place
        next.top = min(place.top, body.topMax)
        let step = max(1, bodyRows(size) - 2)
        switch key {
        case .up: next.top -= 1
        case .down: next.top += 1
        case .pageUp: next.top -= body.isStacked ? step : 5
        case .pageDown: next.top += body.isStacked ? step : 5
        case .home: next.top = 0
        case .end: next.top = body.topMax
        case .left: next.page -= 1
        case .right: next.page += 1
        case .list:
            next = Place()
            next.isStacked = !body.isStacked
        case .quit, .other: break
        }
        next.top = max(0, min(next.top, body.topMax))
        next.page = max(0, min(next.page, body.pageCount - 1))
        return next
    }

    // MARK: Head and foot

    private func heading(_ width: Int, _ paint: Paint) -> ScreenLine {
        var right = ScreenLine()
        switch link {
        case .connecting: right.add("\(isUTF8 ? "○" : "o") connecting", .warning, paint)
        case .live: right.add("\(isUTF8 ? "●" : "*") live", .good, paint)
        case .lost(let until):
            let seconds = max(0, until.seconds - now.seconds)
            right.add(
                "\(isUTF8 ? "○" : "o") reconnecting"
                    + (seconds > 0 && width >= 60 ? " in \(seconds) s" : ""),
                .warning, paint)
        }
        if board.revision > 0, width >= 60 { right.add("  rev \(board.revision)", .dim, paint) }
        let clock = zone.reading(daemonNow).clock
        let day = LocalDate(board.frame.date)?.spelledOut ?? ""
        let name = plainText(board.frame.locationName)
        // The clock and the day are worth more than the end of a long name.
        let tail = [day, clock].filter { !$0.isEmpty }.map { "  " + $0 }.joined()
        let room = max(0, width - right.width - 2)
        let nameWidth = max(min(8, room), room - displayWidth(tail))
        var left = ScreenLine(clipped(name, to: nameWidth), .strong, paint)
        left.add(clipped(tail, to: max(0, room - left.width)), .strong, paint)
        let zoneName = "  " + plainText(zone.name)
        if left.width + displayWidth(zoneName) <= room { left.add(zoneName, .dim, paint) }
        return .spread(left, right, to: width)
    }

    private func totals(
        _ columns: [Slotd_V1_BoardColumn], _ hidden: [Slotd_V1_BoardColumn], _ width: Int,
        _ paint: Paint
    ) -> ScreenLine {
        guard board.revision > 0 else { return ScreenLine() }
        let count = board.cards.count
        let alerts = columns.reduce(0) { sum, column in
            sum + column.cards.count { isAlert($0, column) }
        }
        let pending = board.cards.values.count(where: \.paymentPending)
        var line = ScreenLine("\(count) \(count == 1 ? "booking" : "bookings")", .dim, paint)
        func add(_ text: String, _ tone: Tone) {
            let whole = (isUTF8 ? " · " : ", ") + text
            guard line.width + displayWidth(whole) <= width else { return }
            line.add(isUTF8 ? " · " : ", ", .dim, paint)
            line.add(text, tone, paint)
        }
        if alerts > 0 { add("! \(alerts) \(alerts == 1 ? "alert" : "alerts")", .bad) }
        if pending > 0 { add("\(pending) payment pending", .accent) }
        if let waiting, waiting > 0 { add("\(waiting) on the waitlist", .dim) }
        if !hidden.isEmpty {
            let names = hidden.map { "\($0.title) \($0.cards.count)" }
            add("not shown: " + names.joined(separator: ", "), .dim)
        }
        return line
    }

    private func footer(_ width: Int, _ body: Body, _ paint: Paint) -> ScreenLine {
        var keys: [String] = []
        if body.topMax > 0 { keys.append(isUTF8 ? "↑↓ scroll" : "j/k scroll") }
        if body.pageCount > 1 {
            keys.append("\(isUTF8 ? "←→" : "h/l") columns \(body.page + 1)/\(body.pageCount)")
        }
        if width >= 60 { keys.append(body.isStacked ? "v columns" : "v list") }
        keys.append("q quit")
        let right = ScreenLine(clipped(keys.joined(separator: "  "), to: width), .dim, paint)
        var left = ScreenLine()
        if let last = board.last {
            let clock = zone.reading(last.at).clock
            let room = width - right.width - 2
            if room >= 16 { left.add(clipped("\(clock) \(last.text)", to: room), .plain, paint) }
        }
        return .spread(left, right, to: width)
    }

    // MARK: Body

    /// The stages as they fit.
    struct Body {
        var lines: [ScreenLine] = []
        /// Occupied columns that are not shown.
        var hidden: [Slotd_V1_BoardColumn] = []
        /// How far it can be scrolled.
        var topMax = 0
        var page = 0
        var pageCount = 1
        var isStacked = false
    }

    private func bodyRows(_ size: Size) -> Int {
        max(1, size.rows - Self.headRows - Self.footRows)
    }

    private func body(
        _ columns: [Slotd_V1_BoardColumn], _ size: Size, _ paint: Paint
    ) -> Body {
        guard board.revision > 0 else { return Body() }
        guard !board.cards.isEmpty else {
            return Body(lines: [ScreenLine("Nobody is booked.", .dim, paint)])
        }
        let fitting = (size.columns + Self.gap) / (Self.columnWidthMin + Self.gap)
        if place.isStacked ?? (fitting < 4) { return stacked(columns, size, paint) }
        return sideBySide(columns, size, fitting: max(1, fitting), paint)
    }

    /// A card has been in its stage for as long as the column allows: time alone brings that about,
    /// and so no message tells it.
    func isAlert(_ card: Slotd_V1_BoardCard, _ column: Slotd_V1_BoardColumn) -> Bool {
        guard column.alertMinutes > 0 else { return card.alert }
        return (card.minutesInStage(at: daemonNow) ?? 0) >= Int64(column.alertMinutes)
    }

    func text(_ card: Slotd_V1_BoardCard, _ column: Slotd_V1_BoardColumn) -> CardText {
        CardText(
            card: card, now: daemonNow, isAlert: isAlert(card, column), isUTF8: isUTF8,
            news: board.news(of: card.booking.id, at: now))
    }
}

/// The text with what a terminal without UTF-8 cannot show in its nearest spelling.
func asciiOnly(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    return text.map { character -> String in
        switch character {
        case _ where character.isASCII: String(character)
        case "…": "~"
        case "–": "-"
        case "→": ">"
        case "·": ","
        default: String(repeating: "?", count: displayWidth(character))
        }
    }.joined()
}
