internal import Foundation

/// What is known about the three standard streams, asked once at the start.
struct Terminal: Sendable, Equatable {
    /// Somebody can answer a question.
    var isInputTerminal = false
    /// A person reads stdout.
    var isOutputTerminal = false
    /// A person reads stderr.
    var isErrorTerminal = false
    /// Columns of stdout's terminal; nil when it is none.
    var columns: Int?
    /// Stdout's terminal can put its cursor anywhere: a screen can be drawn.
    var canDraw = false
    /// Box-drawing and other characters outside ASCII can be shown.
    var isUTF8 = true
    var outputPaint = Paint.none
    var errorPaint = Paint.none

    /// A dialogue is possible: questions go to stderr, so that stdout holds data only.
    var isInteractive: Bool { isInputTerminal && isErrorTerminal }

    /// Asks the system. `color` is the user's word on the command line, nil when there is none.
    static func current(color: Bool?, environment: [String: String]) -> Terminal {
        var terminal = Terminal(
            isInputTerminal: isatty(STDIN_FILENO) == 1,
            isOutputTerminal: isatty(STDOUT_FILENO) == 1,
            isErrorTerminal: isatty(STDERR_FILENO) == 1)
        if terminal.isOutputTerminal {
            terminal.canDraw = !["", "dumb"].contains(environment["TERM"] ?? "")
            terminal.columns = windowColumns() ?? environment["COLUMNS"].flatMap { Int($0) } ?? 80
        }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        let spelling = (locale ?? "").uppercased()
        terminal.isUTF8 =
            spelling.contains("UTF-8") || spelling.contains("UTF8") || locale == nil
        terminal.outputPaint = Paint(
            isColored: wantsColor(
                color, isTerminal: terminal.isOutputTerminal, environment: environment))
        terminal.errorPaint = Paint(
            isColored: wantsColor(
                color, isTerminal: terminal.isErrorTerminal, environment: environment))
        return terminal
    }

    /// The user's flag first, then https://no-color.org and https://force-color.org, then whether
    /// anybody would see it.
    static func wantsColor(
        _ flag: Bool?, isTerminal: Bool, environment: [String: String]
    ) -> Bool {
        if let flag { return flag }
        if let value = environment["NO_COLOR"], !value.isEmpty { return false }
        if let value = environment["FORCE_COLOR"], !value.isEmpty, value != "0" { return true }
        if environment["TERM"] == "dumb" { return false }
        return isTerminal
    }

    /// Text for people as this terminal can show it: outside UTF-8 the typographic signs that this
    /// program uses become single ones of ASCII, so that columns stay in line.
    func shown(_ text: String) -> String {
        guard !isUTF8 else { return text }
        var result = ""
        for letter in text {
            switch letter {
            case "–", "—": result += "-"
            case "“", "”", "„": result += "\""
            case "‘", "’": result += "'"
            case "…": result += "~"
            case "·": result += "*"
            default: result.append(letter)
            }
        }
        return result
    }

    private static func windowColumns() -> Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }
}
