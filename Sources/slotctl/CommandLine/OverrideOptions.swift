internal import ArgumentParser
internal import SlotdAPI

/// Rules that may be broken, and why.
struct OverrideOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A rule that may be broken, as OUTSIDE_HOURS; may be given several times. --role "
                + "decides which.",
            valueName: "rule"))
    var allow: [String] = []
    @Option(help: ArgumentHelp("Why rules are broken; kept on the booking.", valueName: "text"))
    var because: String?

    func validate() throws {
        for word in allow where ReasonText(word: word) == nil {
            throw ValidationError("“\(word)” is no rule: write it as OUTSIDE_HOURS")
        }
        if !allow.isEmpty, because == nil {
            throw ValidationError("--allow needs --because")
        }
    }

    /// As the API has them.
    var rules: [Slotd_V1_Reason] { allow.compactMap { ReasonText(word: $0)?.reason } }
    /// As the API has it.
    var note: String { because ?? "" }
}
