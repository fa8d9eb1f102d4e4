// Words as people search for them: "brien" finds O'Brien, "jose" finds José. Letter case, accents
// of Latin letters and punctuation do not count. The core does without Foundation, so the accents
// come off by the letters' own names: é is LATIN SMALL LETTER E WITH ACUTE. Unlike a canonical
// decomposition that covers ø and ł, too. Accents of other scripts count, unless they are written
// as marks of their own.

/// A text, folded for searching.
struct FoldedText: Sendable {
    /// Runs of letters and digits, in order.
    private(set) var words: [String] = []
    /// Of each stretch between blanks with several words, these in one: `obrien` of O'Brien.
    private(set) var joined: [String] = []

    /// The words with one blank between any two.
    var phrase: String { words.joined(separator: " ") }

    /// The phrase from each of its words on: what begins with a word of it, and goes on from there.
    var endings: [String] { words.indices.map { words[$0...].joined(separator: " ") } }

    /// Folds a text. Cost: its length; letters beyond ASCII are looked up by name.
    init(_ text: String) {
        var word = ""
        var stretch: [String] = []
        func endWord() {
            if !word.isEmpty { stretch.append(word) }
            word = ""
        }
        func endStretch() {
            endWord()
            words += stretch
            if stretch.count > 1 { joined.append(stretch.joined()) }
            stretch = []
        }
        for scalar in text.unicodeScalars {
            switch scalar.folded {
            case .letter(let letter): word.unicodeScalars.append(letter)
            case .letters(let letters): word += letters
            case .mark: break
            case .punctuation: endWord()
            case .blank: endStretch()
            }
        }
        endStretch()
    }

    /// One of its words begins so.
    func hasWord(beginning prefix: String) -> Bool {
        words.contains { $0.hasPrefix(prefix) } || joined.contains { $0.hasPrefix(prefix) }
    }
}

/// What a scalar is to a search.
private enum FoldedScalar {
    case letter(Unicode.Scalar)
    case letters(String)
    /// An accent by itself: it vanishes.
    case mark
    case punctuation
    case blank
}

extension Unicode.Scalar {
    fileprivate var folded: FoldedScalar {
        if isASCII {
            switch self {
            case "a"..."z", "0"..."9": return .letter(self)
            case "A"..."Z": return .letter(Unicode.Scalar(UInt8(value) + 0x20))
            case " ", "\t", "\n", "\r": return .blank
            default: return .punctuation
            }
        }
        if properties.isWhitespace { return .blank }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark:
            return .mark
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            let lower = properties.lowercaseMapping.unicodeScalars
            return .letters(lower.map(\.withoutAccent).joined())
        default:
            return .punctuation
        }
    }

    /// A lower-case letter as it is without its accents.
    private var withoutAccent: String {
        switch self {
        case "ß": return "ss"
        case "ı": return "i"
        case "ð", "đ": return "d"
        case "þ": return "th"
        case "œ": return "oe"
        default: break
        }
        if properties.generalCategory == .nonspacingMark { return "" }
        guard value > 0x7f, let name = properties.name,
            let rest = name.droppingPrefix("LATIN SMALL LETTER ")
        else { return String(self) }
        // E WITH ACUTE, or AE; nothing like OPEN E, which is no e to a reader.
        let base = rest.split(separator: " ", maxSplits: 1).first ?? ""
        let isWhole = base.count == rest.count || rest.dropFirst(base.count).hasPrefix(" WITH ")
        guard isWhole, base.count == 1 || base == "AE" else { return String(self) }
        return base.lowercased()
    }
}

extension String {
    fileprivate func droppingPrefix(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
