/// Lines of tab- or comma-separated values.
enum DelimitedText {
    /// One line of TSV. Tabs and line ends inside a value become spaces, since TSV has no quoting.
    static func tsv(_ values: [String]) -> String {
        values.map { value in
            String(value.map { $0 == "\t" || $0.isNewline ? " " : $0 })
        }.joined(separator: "\t")
    }

    /// One line of CSV as RFC 4180 has it. A value that a spreadsheet would take for a formula gets
    /// an apostrophe in front, unless it is a plain number.
    /// https://owasp.org/www-community/attacks/CSV_Injection
    static func csv(_ values: [String]) -> String {
        values.map { quoted(guarded($0)) }.joined(separator: ",")
    }

    private static func guarded(_ value: String) -> String {
        guard let first = value.unicodeScalars.first else { return value }
        switch first {
        case "=", "@", "\t", "\r": return "'" + value
        case "+", "-": return isNumber(value.dropFirst()) ? value : "'" + value
        default: return value
        }
    }

    private static func isNumber(_ digits: Substring) -> Bool {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
    }

    private static func quoted(_ value: String) -> String {
        let needsQuotes = value.unicodeScalars.contains {
            $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r"
        }
        guard needsQuotes else { return value }
        return "\"" + value.replacing("\"", with: "\"\"") + "\""
    }
}
