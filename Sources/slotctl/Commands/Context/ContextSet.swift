internal import ArgumentParser

/// `slotctl context set`.
struct ContextSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Create a context or change its settings.",
        discussion: """
            Settings: server, organization, actor, timeout, output, location. An empty value takes \
            one away. The first context that is created is used from then on.


            """
                + examples(
                    "slotctl context set clinic server=unix:/run/slotd.sock organization=aurora",
                    "slotctl context set location=Downtown output="))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The context's name (default: the one in use), then SETTING=VALUE.")
    var words: [String] = []

    func run() async throws {
        let place = try ContextPlace(global)
        var file = try ContextFile.read(place.path)
        var settings = words
        var name = file.current ?? "default"
        if let first = words.first, !first.contains("=") {
            name = first
            settings.removeFirst()
        }
        var context = file.contexts[name] ?? Context()
        for setting in settings { try Self.apply(setting, to: &context) }
        // What would not work is refused now, not at the next command.
        var trial = ContextFile()
        trial.contexts = [name: context]
        trial.current = name
        _ = try Settings(flags: .init(), environment: [:], file: trial)
        file.contexts[name] = context
        if file.current == nil { file.current = name }
        try file.write(place.path)
        place.show([name], of: file)
    }

    static func apply(_ setting: String, to context: inout Context) throws(CommandFailure) {
        let parts = setting.split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Context.keys.contains(String(parts[0])) else {
            throw .usage(
                "“\(setting)” is no setting: write one of "
                    + Context.keys.map { "\($0)=…" }.joined(separator: ", "))
        }
        context[String(parts[0])] = parts[1].isEmpty ? nil : String(parts[1])
    }
}
