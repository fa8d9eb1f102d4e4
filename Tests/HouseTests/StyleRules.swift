/// The rules of style.md that a machine can hold, as functions of one file. What swift-format
/// decides is left to it.
enum StyleRules {
    static let lineLimit = 400
    static let columnLimit = 100
    static let functionLimit = 60
    static let bannedNameEndings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Impl"]

    /// A sentence for each break of a rule, but for the two that are counted below.
    static func violations(in file: SourceFile) -> [String] {
        guard !file.isGenerated else { return [] }
        var sentences: [String] = []
        // The text after the last newline is a line only when there is some.
        let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
        if count > lineLimit {
            sentences.append("\(file.path): \(count) lines, \(lineLimit) at most")
        }
        for (index, line) in file.lines.enumerated() {
            let place = "\(file.path):\(index + 1)"
            if line.contains("\t") { sentences.append("\(place): a tab") }
            if let name = declaredType(line),
                let ending = bannedNameEndings.first(where: name.hasSuffix)
            {
                sentences.append("\(place): \(name) says \(ending) where it could say what it does")
            }
        }
        return sentences
    }

    /// The lines that are too wide; one with a link in it may be.
    static func wide(in file: SourceFile) -> [Int] {
        guard !file.isGenerated else { return [] }
        return file.lines.indices.filter {
            file.lines[$0].count > columnLimit && !file.lines[$0].contains("https://")
        }.map { $0 + 1 }
    }

    /// The lines of public declarations that no doc comment precedes.
    ///
    /// Textual: a declaration counts when `public` or `open` stands on its first line. What a
    /// well-known protocol documents (`description`, `==`, `<`, `hash(into:)`) needs no words here.
    static func undocumented(in file: SourceFile) -> [Int] {
        guard !file.isGenerated else { return [] }
        return file.lines.indices.filter { index in
            guard let declaration = Declaration(file.lines[index]), declaration.isPublic,
                declaration.keyword != "extension"
            else { return false }
            return !isWellKnown(file.lines[index]) && !hasDocumentation(above: index, file.lines)
        }.map { $0 + 1 }
    }

    /// The first lines of functions, initialisers and the like that are longer than the limit, from
    /// the line of their keyword to that of their last brace.
    ///
    /// Textual: swift-format puts the closing brace under the declaration's first letter, and
    /// nothing else of the body so far to the left.
    static func overlong(in file: SourceFile) -> [Int] {
        guard !file.isGenerated else { return [] }
        return file.lines.indices.filter { index in
            let line = file.lines[index]
            let isFunction = Declaration(line).map {
                ["func", "init", "subscript"].contains($0.keyword)
            }
            guard isFunction ?? (line.drop { $0 == " " } == "deinit {") else { return false }
            let indent = String(line.prefix { $0 == " " })
            // The rest of a head of several lines: `) throws -> Int {`, `where Row: Record {`.
            let end = file.lines[(index + 1)...].firstIndex { line in
                let text = line.drop { $0 == " " }
                return !text.isEmpty && line.count - text.count <= indent.count
                    && !text.hasPrefix(")") && !text.hasPrefix("where ")
            }
            guard let end, file.lines[end] == indent + "}" else { return false }
            return end - index + 1 > functionLimit
        }.map { $0 + 1 }
    }

    /// The head of a declaration, as far as one line shows it.
    private struct Declaration {
        let isPublic: Bool
        let keyword: Substring
        let name: Substring

        private static let keywords: Set<Substring> = [
            "struct", "class", "enum", "protocol", "actor", "typealias", "extension", "func",
            "init",
            "subscript", "var", "let",
        ]
        private static let modifiers: Set<Substring> = [
            "public", "open", "package", "internal", "fileprivate", "private", "final", "static",
            "override", "mutating", "nonmutating", "consuming", "borrowing", "indirect",
            "convenience", "required", "nonisolated", "lazy", "weak", "unowned", "prefix",
            "postfix",
        ]

        /// Nil for a line that declares nothing.
        init?(_ line: String) {
            let words = line.replacing("(set)", with: "").split { " (<{:?!,=".contains($0) }
            // `class func` and `class var` have their keyword second.
            var position = words.startIndex
            while position < words.endIndex,
                Declaration.modifiers.contains(words[position]) || words[position].hasPrefix("@")
                    || words[position] == "class"
                        && ["func", "var"].contains(words.dropFirst(position + 1).first)
            {
                position += 1
            }
            guard position < words.endIndex, Declaration.keywords.contains(words[position]) else {
                return nil
            }
            isPublic = words[..<position].contains { $0 == "public" || $0 == "open" }
            keyword = words[position]
            name = words.dropFirst(position + 1).first ?? ""
        }
    }

    private static func declaredType(_ line: String) -> Substring? {
        let types: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
        return Declaration(line).flatMap { types.contains($0.keyword) ? $0.name : nil }
    }

    private static func isWellKnown(_ line: String) -> Bool {
        [
            "var description: String", "func == (", "func < (", "func hash(into ", "func ==(",
            "func <(",
        ]
        .contains { line.contains($0) }
    }

    /// Whether a doc comment ends above a line, attributes between them allowed.
    private static func hasDocumentation(above index: Int, _ lines: [String]) -> Bool {
        for line in lines[..<index].reversed() {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("///") { return true }
            if !text.hasPrefix("@") { return false }
        }
        return false
    }
}
