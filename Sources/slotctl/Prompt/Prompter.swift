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
            write: { StandardStream.error.write($0) },
            paint: terminal.errorPaint,
            columns: terminal.columns ?? 100)
    }
}
