/// One value of a table.
struct Cell: Equatable, Sendable {
    var text: String
    var tone = Tone.plain

    init(_ text: String, _ tone: Tone = .plain) {
        self.text = plainText(text)
        self.tone = tone
    }
}

/// Aligned columns for people. When the terminal is too narrow, flexible columns shrink; when that
/// is not enough, each row becomes a small block of its own, since a wrapped table cannot be read.
struct TextTable {
    struct Column: Equatable {
        var title: String
        /// May be cut when the terminal is narrow: names may, ids may not.
        var isFlexible = false
        /// Numbers stand right.
        var isNumber = false
    }

    var columns: [Column]
    var rows: [[Cell]]

    private static let gap = 2
    private static let flexibleWidthMin = 10

    /// The table's lines in so many columns of terminal; nil: as wide as it is.
    func lines(width: Int?, paint: Paint) -> [String] {
        var widths = columns.indices.map { index in
            rows.reduce(displayWidth(columns[index].title)) {
                max($0, displayWidth($1[index].text))
            }
        }
        if let width, !shrink(&widths, to: width) { return blocks(width: width, paint: paint) }
        var lines = [line(columns.map { Cell($0.title, .dim) }, widths, paint)]
        for row in rows { lines.append(line(row, widths, paint)) }
        return lines
    }

    /// Takes columns away from the widest flexible column until the table fits; false when the
    /// flexible ones are at their least.
    private func shrink(_ widths: inout [Int], to width: Int) -> Bool {
        let gaps = Self.gap * max(0, columns.count - 1)
        while widths.reduce(gaps, +) > width {
            let candidates = columns.indices.filter {
                columns[$0].isFlexible && widths[$0] > Self.flexibleWidthMin
            }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else {
                return false
            }
            widths[widest] -= 1
        }
        return true
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ paint: Paint) -> String {
        var line = ""
        for index in columns.indices {
            let text = clipped(cells[index].text, to: widths[index])
            let isLast = index == columns.count - 1
            // Padding stays outside the color, and the last column needs none.
            let room = widths[index] - displayWidth(text)
            let spaces = String(repeating: " ", count: max(0, room))
            let painted = paint(text, cells[index].tone)
            if columns[index].isNumber {
                line += spaces + painted
            } else {
                line += isLast ? painted : painted + spaces
            }
            if !isLast { line += String(repeating: " ", count: Self.gap) }
        }
        return line
    }

    private func blocks(width: Int, paint: Paint) -> [String] {
        var lines: [String] = []
        for (number, row) in rows.enumerated() {
            if number > 0 { lines.append("") }
            lines += Self.details(
                columns.indices.map { (columns[$0].title, row[$0]) }, paint: paint)
        }
        return lines
    }

    /// Labeled values, one a line; empty ones are left out.
    static func details(_ pairs: [(label: String, cell: Cell)], paint: Paint) -> [String] {
        let shown = pairs.filter { !$0.cell.text.isEmpty }
        let width = shown.reduce(0) { max($0, displayWidth($1.label)) }
        return shown.map { pair in
            paint.dim(padded(pair.label, to: width)) + "  "
                + paint(pair.cell.text, pair.cell.tone)
        }
    }
}
