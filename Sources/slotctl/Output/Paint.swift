/// What a piece of text is, so that color can say it too; nothing is said by color alone.
enum Tone: Sendable, Equatable {
    case plain, dim, strong, good, warning, bad, accent
    /// Foreground and background in each other's place.
    case inverse
}

/// Puts color on text, or leaves it alone. Only the eight colors that every terminal lets its user
/// choose are used.
struct Paint: Sendable, Equatable {
    /// False: every function returns its text unchanged.
    let isColored: Bool

    static let none = Paint(isColored: false)

    func callAsFunction(_ text: String, _ tone: Tone) -> String {
        guard isColored, !text.isEmpty else { return text }
        switch tone {
        case .plain: return text
        case .dim: return escaped(text, "2")
        case .strong: return escaped(text, "1")
        case .good: return escaped(text, "32")
        case .warning: return escaped(text, "33")
        case .bad: return escaped(text, "31")
        case .accent: return escaped(text, "36")
        case .inverse: return escaped(text, "7")
        }
    }

    func dim(_ text: String) -> String { self(text, .dim) }
    func strong(_ text: String) -> String { self(text, .strong) }
    func error(_ text: String) -> String { isColored ? escaped(text, "1;31") : text }

    private func escaped(_ text: String, _ codes: String) -> String {
        "\u{1B}[\(codes)m\(text)\u{1B}[0m"
    }
}
