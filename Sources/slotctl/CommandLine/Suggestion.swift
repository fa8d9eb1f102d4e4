internal import ArgumentParser

/// What somebody may have meant who typed a noun or a verb that does not exist.
enum Suggestion {
    /// The closest word at the place of the first word that is not known; nil when none is close.
    static func command(for arguments: [String]) -> String? {
        var level: any ParsableCommand.Type = Slotctl.self
        for word in arguments where !word.hasPrefix("-") {
            let names = level.configuration.subcommands.map { ($0._commandName, $0) }
            if let next = names.first(where: { $0.0 == word }) {
                level = next.1
                continue
            }
            return closest(word, names.map(\.0))
        }
        return nil
    }

    /// The word within two edits, or a third of the length for long words.
    static func closest(_ word: String, _ candidates: [String]) -> String? {
        let reach = max(2, word.count / 3)
        let measured = candidates.map { ($0, distance(word, $0)) }.filter { $0.1 <= reach }
        return measured.min { $0.1 < $1.1 }?.0
    }

    /// Levenshtein's distance: how many letters must be inserted, removed or changed.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let change = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
