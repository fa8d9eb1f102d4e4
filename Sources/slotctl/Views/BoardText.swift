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
            lines += side(by: band.map { column($0, columnWidth, paint) }, columnWidth)
        }
        return lines
    }

    private static let mainPath: [Slotd_V1_Stage] = [
        .new, .confirmed, .checkIn, .inProcedure, .billing, .checkout,
    ]

    private func heading(_ width: Int, _ paint: Paint) -> String {
        let day = LocalDate(board.date)?.spelledOut ?? ""
        let count = board.columns.reduce(0) { $0 + $1.cards.count }
        let title = "\(plainText(board.locationName))  \(day)"
        let aside = "  \(count) \(count == 1 ? "booking" : "bookings"), \(board.timeZone)"
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

    /// A line of a column with its width on the screen, which color does not change.
    private struct Line {
        var text: String
        var width: Int
    }

    private func column(_ column: Slotd_V1_BoardColumn, _ width: Int, _ paint: Paint) -> [Line] {
        let label = column.label.isEmpty ? column.stage.label : plainText(column.label)
        let count = "\(column.cards.count)"
        let name = clipped(label, to: width - count.count - 1)
        let spaces = String(
            repeating: " ", count: max(1, width - displayWidth(name) - count.count))
        let rule = String(repeating: isUTF8 ? "─" : "-", count: width)
        var lines = [
            Line(text: paint.strong(name) + spaces + paint.dim(count), width: width),
            Line(
                text: paint(rule, column.stage.tone == .plain ? .dim : column.stage.tone),
                width: width),
        ]
        for (index, card) in column.cards.enumerated() {
            if index > 0 { lines.append(Line(text: "", width: 0)) }
            lines += self.card(card, width, paint)
        }
        return lines
    }

    private func card(_ card: Slotd_V1_BoardCard, _ width: Int, _ paint: Paint) -> [Line] {
        let booking = card.booking
        let first = booking.reading(Moment(booking.start))
        let last = booking.reading(Moment(booking.end))
        var times = "\(first.clock)–\(last.clock)"
        // Color alone would not reach everybody.
        let wait = card.alert ? "! " + waited(card) : waited(card)
        // The times themselves are never cut for it.
        if displayWidth(times + wait) < width - 2 { times = spread(times, wait, width - 2) }
        var marks: [String] = []
        if card.procedureStatus != .unspecified {
            let word = card.procedureStatus.word.replacing("-", with: " ")
            marks.append("\(isUTF8 ? "●" : "*") \(word)")
        }
        if booking.walkIn { marks.append("walk-in") }
        if card.paymentPending { marks.append("payment pending") }
        let tail = (isUTF8 ? "…" : "") + booking.id.suffix(5)
        let facts: [(String, Tone)] = [
            (times, card.alert ? .bad : .strong),
            (card.patientName, .plain),
            (card.serviceName, .plain),
            (marks.joined(separator: ", "), .accent),
            (spread(plainText(card.providerName), tail, width - 2), .dim),
        ]
        let bar = isUTF8 ? "▌" : "|"
        return facts.filter { !$0.0.isEmpty }.map { text, tone in
            let clippedText = clipped(plainText(text), to: width - 2)
            return Line(
                text: paint(bar, booking.stage.tone) + " " + paint(clippedText, tone),
                width: 2 + displayWidth(clippedText))
        }
    }

    /// How long a patient who is here has been in this stage.
    private func waited(_ card: Slotd_V1_BoardCard) -> String {
        guard [.checkIn, .inProcedure, .billing].contains(card.booking.stage),
            card.hasInStageSince
        else { return "" }
        let minutes = (now.seconds - Moment(card.inStageSince).seconds) / 60
        guard minutes >= 0, minutes < 24 * 60 else { return "" }
        return minutes < 90 ? "\(minutes)m" : "\(minutes / 60)h\(twoDigits(Int(minutes % 60)))"
    }

    /// Two texts at the two ends of a width; the first is cut where it would reach the second.
    private func spread(_ left: String, _ right: String, _ width: Int) -> String {
        guard !right.isEmpty else { return left }
        let room = width - displayWidth(right)
        guard room > 1 else { return left }
        return padded(clipped(left, to: room - 1), to: room) + right
    }

    private func side(by columns: [[Line]], _ width: Int) -> [String] {
        let height = columns.map(\.count).max() ?? 0
        return (0..<height).map { row in
            var text = ""
            var missing = 0
            for column in columns {
                let line = row < column.count ? column[row] : Line(text: "", width: 0)
                if !line.text.isEmpty {
                    text += String(repeating: " ", count: missing) + line.text
                    missing = 0
                }
                missing += width - line.width + Self.gap
            }
            return text
        }
    }
}
