internal import Intervals
internal import SlotdAPI

/// A location's day as a board for people: columns by stage, side by side as far as the terminal is
/// wide, in further bands below when it is not. Stages off the main path are shown only when
/// somebody is in them.
struct BoardText {
    let board: Slotd_V1_GetBoardResponse
    let now: Moment
    /// False: no character outside ASCII for bars and rules.
    var isUTF8 = true
    /// How many wait at the location for a time to come free; nil: not known.
    var waiting: Int?

    /// Columns narrower than this cannot be read.
    private static let columnWidthMin = 18
    private static let columnWidthMax = 34
    private static let gap = 2

    /// The board in so many columns of terminal.
    func lines(width: Int, paint: Paint) -> [String] {
        let shown = board.columns.filter { !$0.cards.isEmpty || Self.mainPath.contains($0.stage) }
        var lines = [heading(width, paint), ""]
        guard shown.contains(where: { !$0.cards.isEmpty }) else {
            return lines + [paint.dim("Nobody is booked.")]
        }
        let fitting = max(1, (width + Self.gap) / (Self.columnWidthMin + Self.gap))
        // Empty columns keep their place on a wide terminal; on a narrow one they would push people
        // out of sight.
        let columns = shown.count <= fitting ? shown : shown.filter { !$0.cards.isEmpty }
        if columns.count < shown.count { lines.insert(summary(shown, width, paint), at: 1) }
        let perBand = min(fitting, columns.count)
        let room = (width - Self.gap * (perBand - 1)) / perBand
        let columnWidth = min(Self.columnWidthMax, max(min(width, Self.columnWidthMin), room))
        for first in stride(from: 0, to: columns.count, by: perBand) {
            if first > 0 { lines.append("") }
            let band = columns[first..<min(first + perBand, columns.count)]
            let blocks = band.map { (column($0, columnWidth, paint), columnWidth) }
            lines += ScreenLine.side(by: blocks, gap: Self.gap).map(\.text)
        }
        return lines
    }

    /// The stages of a visit that goes well: shown even when nobody is in them.
    static let mainPath: [Slotd_V1_Stage] = [
        .new, .confirmed, .checkIn, .inProcedure, .billing, .checkout,
    ]

    private func heading(_ width: Int, _ paint: Paint) -> String {
        let day = LocalDate(board.date)?.spelledOut ?? ""
        let count = board.columns.reduce(0) { $0 + $1.cards.count }
        let title = "\(plainText(board.locationName))  \(day)"
        var aside = "  \(count) \(count == 1 ? "booking" : "bookings"), "
        if let waiting, waiting > 0 { aside += "\(waiting) on the waitlist, " }
        aside += plainText(board.timeZone)
        guard displayWidth(title + aside) <= width else {
            return paint.strong(clipped(title, to: width))
        }
        return paint.strong(title) + paint.dim(aside)
    }

    /// The counts of all stages, for when not all have their column.
    private func summary(
        _ columns: [Slotd_V1_BoardColumn], _ width: Int, _ paint: Paint
    ) -> String {
        let counts = columns.map { "\($0.stage.label) \($0.cards.count)" }
        return paint.dim(clipped(counts.joined(separator: isUTF8 ? " · " : ", "), to: width))
    }

    private func column(
        _ column: Slotd_V1_BoardColumn, _ width: Int, _ paint: Paint
    ) -> [ScreenLine] {
        var lines = column.heading(count: column.cards.count, width, paint, isUTF8: isUTF8)
        for (index, card) in column.cards.enumerated() {
            if index > 0 { lines.append(ScreenLine()) }
            let text = CardText(card: card, now: now, isAlert: card.alert, isUTF8: isUTF8)
            lines += text.lines(width: width, paint: paint)
        }
        return lines
    }
}

extension Slotd_V1_BoardColumn {
    /// The stage as the organization calls it.
    var title: String { label.isEmpty ? stage.label : plainText(label) }

    /// The name with the count at the other end, and a rule below.
    func heading(
        count: Int, _ width: Int, _ paint: Paint, isUTF8: Bool
    ) -> [ScreenLine] {
        let name = clipped(title, to: width - "\(count)".count - 1)
        let rule = String(repeating: isUTF8 ? "─" : "-", count: width)
        return [
            .spread(
                ScreenLine(name, .strong, paint), ScreenLine("\(count)", .dim, paint), to: width),
            ScreenLine(rule, stage.tone == .plain ? .dim : stage.tone, paint),
        ]
    }
}
