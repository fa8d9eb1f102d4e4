/// Lines of tab-separated values, for pipes.
enum TSVText {
    /// One line without its end. Tabs and line ends inside a value become spaces, since TSV has no
    /// quoting.
    static func line(_ values: [String]) -> String {
        values.map { value in
            String(value.map { $0 == "\t" || $0.isNewline ? " " : $0 })
        }.joined(separator: "\t")
    }
}
