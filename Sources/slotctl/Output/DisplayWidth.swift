/// How many columns of a terminal a text takes: East Asian wide characters and emoji take two,
/// combining marks none. Ranges after Unicode Standard Annex 11.
func displayWidth(_ text: String) -> Int {
    text.reduce(0) { $0 + displayWidth($1) }
}

/// How many columns one character takes: 0, 1 or 2.
func displayWidth(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.value < 0x300 { return scalar.value >= 0x20 ? 1 : 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    // An emoji selector (U+FE0F) turns a narrow symbol into a wide picture.
    if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
}

private let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
]

/// The text cut to at most so many columns, with an ellipsis in the last one when something is
/// lost.
func clipped(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    guard width > 0 else { return "" }
    var result = ""
    var used = 0
    for character in text {
        let next = displayWidth(character)
        if used + next > width - 1 { break }
        result.append(character)
        used += next
    }
    return result + "…"
}

/// The text followed, or with `trailing` preceded, by spaces up to so many columns.
func padded(_ text: String, to width: Int, trailing: Bool = false) -> String {
    let room = String(repeating: " ", count: max(0, width - displayWidth(text)))
    return trailing ? room + text : text + room
}

/// The text made harmless for a terminal: names come from other people, and an escape sequence in
/// one could rewrite the screen. Line ends and tabs become spaces, other controls and the marks
/// that turn writing direction become `�`.
func plainText(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n", "\t", "\r": result.append(" ")
        case _ where isUnsafe(scalar): result.append("\u{FFFD}")
        default: result.append(scalar)
        }
    }
    return String(result)
}

private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
}
