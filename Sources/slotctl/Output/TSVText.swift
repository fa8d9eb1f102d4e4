/// Lines of tab-separated values, for pipes.
enum TSVText {
    /// One line without its end. Tabs and line ends inside a value become spaces, since TSV has no
    /// quoting.
    static func line(_ values: [String]) -> String {
        values.map(oneLine).joined(separator: "\t")
    }

    /// By scalars: to Swift a tab with an accent on it is one character, and no tab.
    private static func oneLine(_ value: String) -> String {
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in value.unicodeScalars {
            // The two of CR LF are one end.
            let isSecond = scalar == "\n" && previous == "\r"
            let isSpace = scalar == "\t" || Character(scalar).isNewline
            if !isSecond { line.append(isSpace ? " " : scalar) }
            previous = scalar
        }
        return String(line)
    }
}
