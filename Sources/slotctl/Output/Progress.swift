/// How far a long command has come, on stderr: a bar on a terminal, else a line at every tenth.
/// Nothing at all for nothing to do.
final class Progress: @unchecked Sendable {
    // Used by one task at a time: the import's loop.
    private let title: String
    private let total: Int
    private let terminal: Terminal
    private let write: @Sendable (String) -> Void
    private var shownPercent = -1
    private var isBarShown = false

    private static let barWidth = 30

    init(
        _ title: String, total: Int, terminal: Terminal,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.title = title
        self.total = total
        self.terminal = terminal
        self.write = write
    }

    /// So much is done.
    func show(_ done: Int) {
        guard total > 0 else { return }
        let percent = done * 100 / total
        guard percent != shownPercent else { return }
        if terminal.isErrorTerminal {
            shownPercent = percent
            let filled = done * Self.barWidth / total
            let (full, empty) = terminal.isUTF8 ? ("█", "░") : ("#", "-")
            let bar =
                String(repeating: full, count: filled)
                + String(repeating: empty, count: Self.barWidth - filled)
            write("\r\u{1B}[K\(title) \(bar) \(percent) %  \(done) of \(total)")
            isBarShown = true
        } else if percent / 10 > shownPercent / 10 || shownPercent < 0 && percent >= 10 {
            shownPercent = percent
            write("\(title) \(percent / 10 * 10) % (\(done) of \(total))\n")
        }
    }

    /// Says something in a line of its own; the bar moves below it.
    func note(_ line: String) {
        if isBarShown { write("\r\u{1B}[K") }
        write(line + "\n")
        isBarShown = false
        shownPercent = terminal.isErrorTerminal ? -1 : shownPercent
    }

    /// Takes the bar away.
    func finish() {
        if isBarShown { write("\r\u{1B}[K") }
        isBarShown = false
    }
}
