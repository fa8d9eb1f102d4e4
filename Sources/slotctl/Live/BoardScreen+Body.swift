internal import SlotdAPI

/// The stages beside each other, and below each other.
extension BoardScreen {
    /// Which stages people at the desk look at most: the first of these have their column where not
    /// all have room.
    private static let importance: [Slotd_V1_Stage] = [
        .checkIn, .inProcedure, .confirmed, .billing, .new, .checkout, .waitlist, .noShow,
        .cancelled, .archived,
    ]

    /// Columns of cards. Where there are more occupied stages than room, they come in pages, the
    /// most looked at on the first.
    func sideBySide(
        _ columns: [Slotd_V1_BoardColumn], _ size: Size, fitting: Int, _ paint: Paint
    ) -> Body {
        let pages = pages(columns, fitting)
        let page = min(place.page, pages.count - 1)
        let shown = pages[page]
        let widths = widths(shown, size.columns)
        var body = Body(page: page, pageCount: pages.count)
        let stages = Set(shown.map(\.stage))
        body.hidden = columns.filter { !$0.cards.isEmpty && !stages.contains($0.stage) }
        let blocks = zip(shown, widths).map { column, width in
            let block = block(column, width, size.rows, paint)
            body.topMax = max(body.topMax, block.topMax)
            return (block.lines, width)
        }
        body.lines = ScreenLine.side(by: blocks, gap: Self.gap)
        return body
    }

    /// The columns' widths: all alike where there is room, else empty ones leave theirs to others.
    private func widths(_ columns: [Slotd_V1_BoardColumn], _ width: Int) -> [Int] {
        let room = width - Self.gap * (columns.count - 1)
        let alike = min(Self.columnWidthMax, room / max(1, columns.count))
        guard alike < Self.columnWidthGood else { return columns.map { _ in alike } }
        let empty = columns.map { column in
            column.cards.isEmpty ? min(alike, displayWidth(column.title) + 2) : 0
        }
        let occupied = columns.count { !$0.cards.isEmpty }
        let rest = (room - empty.reduce(0, +)) / max(1, occupied)
        return empty.map { $0 > 0 ? $0 : min(Self.columnWidthMax, rest) }
    }

    private func pages(
        _ columns: [Slotd_V1_BoardColumn], _ fitting: Int
    ) -> [[Slotd_V1_BoardColumn]] {
        let usual = columns.filter {
            !$0.cards.isEmpty || BoardText.mainPath.contains($0.stage)
        }
        if usual.count <= fitting { return [usual] }
        let ranked = usual.sorted { left, right in
            // An empty column never takes the place of an occupied one.
            if left.cards.isEmpty != right.cards.isEmpty { return right.cards.isEmpty }
            return Self.rank(left.stage) < Self.rank(right.stage)
        }
        func inOrder(_ some: some Sequence<Slotd_V1_BoardColumn>) -> [Slotd_V1_BoardColumn] {
            let stages = Set(some.map(\.stage))
            return columns.filter { stages.contains($0.stage) }
        }
        let first = inOrder(ranked.prefix(fitting))
        let rest = inOrder(ranked.dropFirst(fitting).filter { !$0.cards.isEmpty })
        return [first]
            + stride(from: 0, to: rest.count, by: fitting).map {
                Array(rest[$0..<min($0 + fitting, rest.count)])
            }
    }

    private static func rank(_ stage: Slotd_V1_Stage) -> Int {
        importance.firstIndex(of: stage) ?? importance.count
    }

    /// One column: with all its cards in full, or closer together, or in part with the numbers of
    /// those above and below.
    private func block(
        _ column: Slotd_V1_BoardColumn, _ width: Int, _ rows: Int, _ paint: Paint
    ) -> (lines: [ScreenLine], topMax: Int) {
        let heading = column.heading(count: column.cards.count, width, paint, isUTF8: isUTF8)
        let room = max(0, rows - heading.count)
        for (isCompact, blanks) in [(false, 1), (true, 1), (true, 0)] {
            var lines: [ScreenLine] = []
            for (index, card) in column.cards.enumerated() {
                if index > 0, blanks > 0 { lines.append(ScreenLine()) }
                lines += text(card, column).lines(
                    width: width, paint: paint, isCompact: isCompact)
                if lines.count > room { break }
            }
            if lines.count <= room { return (heading + lines, 0) }
        }
        let part = part(column, width, room, paint)
        return (heading + part.lines, part.topMax)
    }

    /// As many compact cards as fit, from `place.top` on.
    private func part(
        _ column: Slotd_V1_BoardColumn, _ width: Int, _ room: Int, _ paint: Paint
    ) -> (lines: [ScreenLine], topMax: Int) {
        let cards = column.cards.map {
            text($0, column).lines(width: width, paint: paint, isCompact: true)
        }
        // The last cards that fit below the line that counts those above.
        var topMax = cards.count
        var used = 1
        while topMax > 0, used + cards[topMax - 1].count <= room {
            topMax -= 1
            used += cards[topMax].count
        }
        topMax = min(topMax, cards.count - 1)
        let first = min(place.top, topMax)
        var lines: [ScreenLine] = []
        if first > 0 { lines.append(more(first, isUTF8 ? "↑" : "^", paint)) }
        var next = first
        while next < cards.count {
            let reserve = next == cards.count - 1 ? 0 : 1
            guard lines.count + cards[next].count + reserve <= room else { break }
            lines += cards[next]
            next += 1
        }
        if next < cards.count { lines.append(more(cards.count - next, "+", paint)) }
        return (Array(lines.prefix(room)), topMax)
    }

    private func more(_ count: Int, _ sign: String, _ paint: Paint) -> ScreenLine {
        ScreenLine(sign == "+" ? "+\(count) more" : "\(sign) \(count) above", .warning, paint)
    }

    /// Occupied stages below each other: compact cards where it is narrow, else a line a card.
    func stacked(
        _ columns: [Slotd_V1_BoardColumn], _ size: Size, _ paint: Paint
    ) -> Body {
        var lines: [ScreenLine] = []
        for column in columns where !column.cards.isEmpty {
            if !lines.isEmpty { lines.append(ScreenLine()) }
            var heading = ScreenLine(
                "\(isUTF8 ? "──" : "--") ", column.stage.tone == .plain ? .dim : column.stage.tone,
                paint)
            heading.add(clipped(column.title, to: size.columns - 10), .strong, paint)
            heading.add(" \(column.cards.count)", .dim, paint)
            lines.append(heading)
            for card in column.cards {
                let text = text(card, column)
                lines +=
                    size.columns >= 76
                    ? [text.row(width: size.columns, paint: paint)]
                    : text.lines(width: size.columns, paint: paint, isCompact: true)
            }
        }
        var body = Body(isStacked: true)
        guard lines.count > size.rows else {
            body.lines = lines
            return body
        }
        body.topMax = lines.count - size.rows + 1
        let first = min(place.top, body.topMax)
        let rest = lines.count - first - (size.rows - 1)
        body.lines = Array(lines[first..<min(lines.count, first + size.rows - 1)])
        if rest > 0 {
            body.lines.append(
                ScreenLine("+\(rest) more \(rest == 1 ? "line" : "lines")", .warning, paint))
        } else if first + size.rows - 1 < lines.count {
            body.lines.append(lines[lines.count - 1])
        }
        return body
    }
}
