/// Writes records of CSV as RFC 4180 has them, and keeps spreadsheets from taking texts for
/// formulas (https://owasp.org/www-community/attacks/CSV_Injection).
///
/// The one place of slotctl that does either. slotd's own CSV follows the same rule; the cases in
/// Tests/Fixtures/formulas.json hold both to it.
enum CSVText {
    /// One line without its end, each field guarded: what goes to people's spreadsheets.
    static func guardedLine(_ fields: [String]) -> String { line(fields.map(guarded)) }

    /// One line without its end. What `CSVParser` reads from it is what was given.
    static func line(_ fields: [String]) -> String {
        // An empty line is no record, so a lone empty field is written as two quotes.
        if fields == [""] { return "\"\"" }
        return fields.map(quoted).joined(separator: ",")
    }

    /// The text with an apostrophe in front if a spreadsheet would take it for a formula. One that
    /// only looks as if it had got its apostrophe so gets another, so that `unguarded` gives back
    /// whatever was given.
    static func guarded(_ text: String) -> String { isFormula(text) ? "'" + text : text }

    /// The text without the apostrophe that `guarded` gave it.
    static func unguarded(_ text: String) -> String {
        text.utf8.first == apostrophe && isFormula(text) ? String(text.dropFirst()) : text
    }

    private static let apostrophe = UInt8(ascii: "'")

    /// Any number of apostrophes, then a character that begins a formula.
    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.utf8.first(where: { $0 != apostrophe }) else { return false }
        return "=+-@\t\r\n".utf8.contains(first)
    }

    private static func quoted(_ field: String) -> String {
        guard field.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return field }
        // By scalars: to Swift a quote with an accent on it is one character, and no quote.
        var cell = String.UnicodeScalarView()
        for scalar in field.unicodeScalars {
            if scalar == "\"" { cell.append(scalar) }
            cell.append(scalar)
        }
        return "\"" + String(cell) + "\""
    }
}
