/// A numbered list to choose from. Rows that cannot be chosen are shown without a number, with the
/// reason: a choice that is silently missing makes people create it a second time.
struct Menu<Value: Sendable> {
    struct Row {
        /// Nil: shown, but not to be chosen.
        var value: Value?
        var cells: [Cell]
        /// Why it cannot be chosen, or what is odd about it.
        var remark = ""
    }

    var title: String
    var rows: [Row]
    /// Letters that do something else, with what they do.
    var letters: [(key: String, meaning: String)] = []
    /// What an empty answer chooses, by number from 1.
    var preset: Int?
    /// What `q` does.
    var quitMeaning = "quit"

    /// What was answered.
    enum Answer {
        case value(Value)
        case letter(String)
        /// Something else: a filter, where the menu takes one.
        case text(String)
        /// End of input, or `q`.
        case quit
    }

    /// Shows the list and asks until the answer is a choice; other text ends the asking only when
    /// `acceptsText`.
    func ask(_ question: String, _ prompter: Prompter, acceptsText: Bool = false) -> Answer {
        lines(columns: prompter.columns, paint: prompter.paint).forEach(prompter.say)
        let choices = rows.compactMap(\.value)
        let hint = preset.map { " [\($0)]" } ?? ""
        while let answer = prompter.ask(question + hint + ":")?.lowercased() {
            if answer.isEmpty, let preset { return .value(choices[preset - 1]) }
            if let number = digits(answer) {
                if number >= 1, number <= choices.count { return .value(choices[number - 1]) }
            } else if answer == "q" {
                return .quit
            } else if letters.contains(where: { $0.key == answer }) {
                return .letter(answer)
            } else if acceptsText {
                return .text(answer)
            }
            prompter.tell(complaint(choices.count), .dim)
        }
        return .quit
    }

    private func complaint(_ count: Int) -> String {
        var ways: [String] = []
        if count > 0 { ways.append(count == 1 ? "1" : "a number from 1 to \(count)") }
        ways += letters.map(\.key)
        return "Please answer " + ways.joined(separator: ", ") + ", or q (\(quitMeaning))."
    }

    /// The list as it is shown.
    func lines(columns: Int, paint: Paint) -> [String] {
        let columnCount = rows.map(\.cells.count).max() ?? 0
        let widths = (0..<columnCount).map { column in
            rows.reduce(0) {
                max($0, column < $1.cells.count ? displayWidth($1.cells[column].text) : 0)
            }
        }
        var lines: [String] = []
        if !title.isEmpty {
            lines.append("")
            lines += wrapped(title, to: max(20, columns - 1)).map(paint.strong)
        }
        var number = 0
        // Before a remark stand seven spaces and a parenthesis, after it another.
        let remarkWidth = max(20, columns - 10)
        for row in rows {
            if row.value != nil { number += 1 }
            let label = padded(row.value == nil ? "–" : "\(number)", to: 3, trailing: true)
            let cells = row.cells.enumerated().map { padded($1.text, to: widths[$0]) }
            let text = clipped(trimmed(cells.joined(separator: "  ")), to: max(20, columns - 6))
            if row.value == nil {
                lines.append(paint.dim("\(label)  \(text)"))
                if !row.remark.isEmpty {
                    let remark = clipped(row.remark, to: remarkWidth)
                    lines.append(paint.dim("       (\(remark))"))
                }
            } else {
                lines.append("\(paint(label, .accent))  \(text)")
                if !row.remark.isEmpty {
                    let remark = clipped(row.remark, to: remarkWidth)
                    lines.append(paint("       (\(remark))", .warning))
                }
            }
        }
        for letter in letters + [("q", quitMeaning)] {
            let label = padded(letter.0, to: 3, trailing: true)
            lines.append("\(paint(label, .accent))  \(letter.1)")
        }
        return lines
    }

    private func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
