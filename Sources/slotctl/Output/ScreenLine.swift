/// A line of a screen while it is put together: painted text, and the columns of terminal that it
/// takes, which color does not change.
struct ScreenLine: Equatable, Sendable {
    private(set) var text = ""
    /// Columns of terminal.
    private(set) var width = 0

    init() {}

    init(_ piece: String, _ tone: Tone, _ paint: Paint) { add(piece, tone, paint) }

    /// Appends text that holds no control characters.
    mutating func add(_ piece: String, _ tone: Tone, _ paint: Paint) {
        text += paint(piece, tone)
        width += displayWidth(piece)
    }

    /// Appends another line's text.
    mutating func add(_ other: ScreenLine) {
        text += other.text
        width += other.width
    }

    /// Appends spaces up to so many columns.
    mutating func pad(to column: Int) {
        guard column > width else { return }
        text += String(repeating: " ", count: column - width)
        width = column
    }

    /// Two texts at the two ends of a line; the left one must have been cut to leave room.
    static func spread(_ left: ScreenLine, _ right: ScreenLine, to width: Int) -> ScreenLine {
        var line = left
        line.pad(to: width - right.width)
        line.add(right)
        return line
    }

    /// Blocks of lines beside each other, `gap` columns apart. No line ends with spaces.
    static func side(
        by blocks: [(lines: [ScreenLine], width: Int)], gap: Int
    ) -> [ScreenLine] {
        let height = blocks.map(\.lines.count).max() ?? 0
        return (0..<height).map { row in
            var line = ScreenLine()
            var start = 0
            for block in blocks {
                if row < block.lines.count, block.lines[row].width > 0 {
                    line.pad(to: start)
                    line.add(block.lines[row])
                }
                start += block.width + gap
            }
            return line
        }
    }
}
