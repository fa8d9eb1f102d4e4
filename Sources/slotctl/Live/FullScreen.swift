internal import Foundation

/// The terminal while a whole screen is drawn on it: the alternate screen, without a cursor,
/// without an echo of what is typed. Whoever enters it must leave it, on every way out.
struct FullScreen: ~Copyable {
    private let write: (String) -> Void
    private let controlsInput: Bool
    private var saved: termios?
    private var isEntered = false
    private var shown: [String] = []

    /// - controlsInput: stdin is the terminal too.
    init(controlsInput: Bool, write: @escaping (String) -> Void) {
        self.controlsInput = controlsInput
        self.write = write
    }

    /// Takes the terminal over. Keys that send signals keep doing so.
    mutating func enter() {
        guard !isEntered else { return }
        isEntered = true
        if controlsInput {
            var mode = termios()
            if tcgetattr(STDIN_FILENO, &mode) == 0 {
                saved = mode
                mode.c_lflag &= ~tcflag_t(ICANON | ECHO)
                _ = tcsetattr(STDIN_FILENO, TCSANOW, &mode)
            }
        }
        // The alternate screen; no cursor; no wrapping, so that a full line does not scroll.
        write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J")
        shown = []
    }

    /// Gives the terminal back as it was.
    mutating func leave() {
        guard isEntered else { return }
        isEntered = false
        write("\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        if var mode = saved { _ = tcsetattr(STDIN_FILENO, TCSANOW, &mode) }
    }

    /// Shows these lines from the top. Only lines that differ from those shown are written, in one
    /// go, which a terminal that knows synchronized updates shows at once.
    mutating func draw(_ lines: [String], clears: Bool) {
        var text = ""
        if clears || lines.count != shown.count {
            shown = []
            text = "\u{1B}[2J"
        }
        for (row, line) in lines.enumerated() where row >= shown.count || shown[row] != line {
            text += "\u{1B}[\(row + 1);1H\u{1B}[2K" + line
        }
        shown = lines
        guard !text.isEmpty else { return }
        write("\u{1B}[?2026h" + text + "\u{1B}[0m\u{1B}[?2026l")
    }

    /// The terminal's size; 80 × 24 where it does not say.
    static var size: BoardScreen.Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return .init(columns: 80, rows: 24) }
        return .init(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}
