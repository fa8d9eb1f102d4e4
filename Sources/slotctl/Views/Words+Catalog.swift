internal import SlotdAPI

/// A choice that has a word on the command line and in what is shown.
protocol Worded: Equatable, Sendable {
    /// In the API's order.
    static var words: [(word: String, value: Self)] { get }
}

extension Worded {
    /// The choice of a word, however it is spelled: `same-start`, `SAME_START`. `flag` is what the
    /// word was given for.
    init(word: String, for flag: String) throws(CommandFailure) {
        let wanted = word.lowercased().replacing("_", with: "-")
        guard let found = Self.words.first(where: { $0.word == wanted }) else {
            let known = Self.words.map(\.word).joined(separator: ", ")
            throw .usage("“\(word)” is no \(flag): it is one of \(known)")
        }
        self = found.value
    }

    /// The word of a choice; empty for none, and for one that is newer than this program.
    var word: String { Self.words.first { $0.value == self }?.word ?? "" }
}

extension Slotd_V1_StartAnchor: Worded {
    static let words: [(word: String, value: Self)] = [
        ("clock", .clock), ("window", .window), ("gap", .gap), ("flush", .flush),
    ]
}

extension Slotd_V1_Phase: Worded {
    static let words: [(word: String, value: Self)] = [
        ("preparation", .preparation), ("core", .core), ("processing", .processing),
        ("finishing", .finishing), ("turnover", .turnover),
    ]
}

extension Slotd_V1_CapacityRule: Worded {
    static let words: [(word: String, value: Self)] = [
        ("same-start", .sameStart), ("any-overlap", .anyOverlap),
    ]
}

extension Slotd_V1_AssignmentPolicy: Worded {
    static let words: [(word: String, value: Self)] = [
        ("least-busy-day", .leastBusyDay), ("first-fit", .firstFit),
        ("same-as-last-visit", .sameAsLastVisit),
    ]
}

extension Slotd_V1_ResourceKind: Worded {
    static let words: [(word: String, value: Self)] = [
        ("provider", .provider), ("room", .room), ("device", .device),
    ]
}

extension Slotd_V1_PatientOverlap: Worded {
    static let words: [(word: String, value: Self)] = [
        ("warn", .warn), ("refuse", .refuse), ("allow", .allow),
    ]
}

extension [Slotd_V1_Phase] {
    /// Phases joined by plus signs, or `all`.
    init(words: [String], for flag: String) throws(CommandFailure) {
        self = []
        guard words != ["all"] else { return }
        for word in words { append(try Slotd_V1_Phase(word: word, for: flag)) }
    }

    /// The same; none stands for all.
    var words: String { isEmpty ? "all" : map(\.word).joined(separator: "+") }
}
