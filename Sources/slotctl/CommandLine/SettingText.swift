/// A value of a flag that is made of named settings: `provider=Kim,durations=30+45,before=5`.
/// What stands before the first setting, as in `pool:room,quantity=2`, is its subject.
struct SettingText {
    /// Empty when the text begins with a setting.
    let subject: String
    /// The settings that nobody has taken yet.
    private var settings: [(name: String, value: String)] = []
    private let text: String

    init(_ text: String) throws(CommandFailure) {
        self.text = text
        var subject = ""
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if words.count == 2, !words[1].isEmpty {
                settings.append((words[0].lowercased(), String(words[1])))
            } else if index == 0, words.count == 1, !part.isEmpty {
                subject = String(part)
            } else {
                throw .usage("“\(text)”: “\(part)” is no setting such as step=15")
            }
        }
        self.subject = subject
    }

    /// Takes a setting; nil when it was not given.
    mutating func take(_ name: String) -> String? {
        guard let index = settings.firstIndex(where: { $0.name == name }) else { return nil }
        return settings.remove(at: index).value
    }

    /// Takes a setting that is a whole number.
    mutating func takeNumber(_ name: String) throws(CommandFailure) -> Int32? {
        guard let value = take(name) else { return nil }
        guard let number = Int32(value) else {
            throw .usage("“\(text)”: “\(value)” is no whole number")
        }
        return number
    }

    /// Takes a setting that is true or false.
    mutating func takeFlag(_ name: String) throws(CommandFailure) -> Bool? {
        guard let value = take(name) else { return nil }
        guard let flag = Bool(value) else {
            throw .usage("“\(text)”: “\(value)” is neither true nor false")
        }
        return flag
    }

    /// Takes a setting of one or more values that are joined by plus signs; none when not given.
    mutating func takeList(_ name: String) -> [String] {
        take(name)?.split(separator: "+").map(String.init) ?? []
    }

    /// Refuses what nobody took: a setting that is unknown, or given twice.
    func checkAllTaken() throws(CommandFailure) {
        if let left = settings.first {
            throw .usage("“\(text)”: “\(left.name)” is unknown here, or given twice")
        }
    }
}
