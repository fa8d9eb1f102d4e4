internal import ArgumentParser
internal import Foundation

/// `slotctl explain error`. Needs no daemon.
struct ExplainError: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "error", abstract: "Explain the reason of an error, or list them all.",
        discussion: examples(
            "slotctl explain error SLOT_TAKEN", "slotctl explain error -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "The reason's word; letter case and dashes do not matter.",
        completion: .list(ReasonText.all.map(\.word)))
    var reason: String?

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let settings = try Settings(
            flags: global.flags, environment: environment, file: ContextFile())
        let terminal = Terminal.current(color: global.color.isWanted, environment: environment)
        try show(.standard(settings: settings, options: global, terminal: terminal))
    }

    /// Shows the texts.
    func show(_ output: Output) throws(CommandFailure) {
        var texts = ReasonText.all
        if let reason {
            guard let text = ReasonText(word: reason) else {
                throw .unknownName("reason", reason)
            }
            texts = [text]
            if output.format.isForPeople {
                TextTable.details(
                    [
                        ("reason", Cell(text.word, .strong)), ("code", Cell(text.code)),
                        ("meaning", Cell(text.meaning)), ("what to do", Cell(text.remedy)),
                    ], paint: output.paint
                ).forEach(output.writeLine)
                return
            }
        }
        let names = ["reason", "code", "meaning", "what_to_do"]
        let values = texts.map { [$0.word, $0.code, $0.meaning, $0.remedy] }
        output.rows(
            TextTable(
                columns: [.init(title: "reason"), .init(title: "meaning", isFlexible: true)],
                rows: texts.map { [Cell($0.word, .strong), Cell($0.meaning)] }),
            names: names, values: values,
            json: values.map { row in
                JSONText.object(zip(names, row).map { ($0, JSONText.quoted($1)) })
            },
            key: "reasons")
    }
}
