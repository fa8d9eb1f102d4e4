internal import Foundation

/// Asks questions and reads answers, line by line. A value of closures: the terminal in the
/// program, prepared lines in tests. What it says goes to stderr, so that stdout holds data only.
struct Prompter: Sendable {
    /// The next line that is typed, without its line end; nil at the end of input.
    let readLine: @Sendable () -> String?
    /// Shows text as it is, without a line end.
    let write: @Sendable (String) -> Void
    var paint = Paint.none
    /// Columns to fit lists into.
    var columns = 100

    /// Shows a line.
    func say(_ line: String = "") { write(line + "\n") }

    /// Shows a sentence, broken between words where it is longer than a line.
    func tell(_ text: String, _ tone: Tone = .plain) {
        for line in wrapped(text, to: max(20, columns - 1)) { say(paint(line, tone)) }
    }

    /// Shows a question and returns the answer without spaces around it; nil at the end of input.
    func ask(_ question: String) -> String? {
        write(paint.strong(question) + " ")
        guard let line = readLine() else {
            write("\n")
            return nil
        }
        return line.trimmingCharacters(in: .whitespaces)
    }

    /// A question of yes or no; everything but yes is no.
    func confirms(_ question: String) -> Bool {
        guard let answer = ask("\(question) [y/N]")?.lowercased() else { return false }
        return answer == "y" || answer == "yes"
    }

    /// The real terminal.
    static func standard(terminal: Terminal) -> Prompter {
        Prompter(
            readLine: { Swift.readLine() },
            write: { StandardStream.error.write(terminal.shown($0)) },
            paint: terminal.errorPaint,
            columns: terminal.columns ?? 100)
    }
}

/// The text in lines of at most so many columns, broken at spaces; lines after the first are
/// indented. A word that is longer than a line stays whole.
func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
        if line.isEmpty {
            line = String(word)
        } else if displayWidth(line) + 1 + displayWidth(String(word)) <= width {
            line += " " + word
        } else {
            lines.append(line)
            line = "  " + word
        }
    }
    return lines + [line]
}
