internal import ArgumentParser
internal import Foundation

/// `slotctl context`. Needs no daemon.
struct ContextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context", abstract: "Named sets of settings.",
        discussion: """
            They stand in $XDG_CONFIG_HOME/slotctl/config.yaml (else \
            ~/.config/slotctl/config.yaml). A flag goes before the environment, that before the \
            context in use, that before the default.
            """,
        subcommands: [ContextList.self, ContextShow.self, ContextUse.self, ContextSet.self])
}

/// Where contexts are kept, and how they are shown.
struct ContextPlace {
    let path: String
    let output: Output

    init(_ options: GlobalOptions) throws(CommandFailure) {
        let environment = ProcessInfo.processInfo.environment
        path = ContextFile.path(environment: environment)
        // The contexts themselves decide nothing here, so that a broken one can be mended.
        var flags = options.flags
        flags.context = nil
        let settings = try Settings(
            flags: flags, environment: environment.filter { $0.key != "SLOTD_CONTEXT" },
            file: ContextFile())
        let terminal = Terminal.current(color: options.color.isWanted, environment: environment)
        output = .standard(settings: settings, options: options, terminal: terminal)
    }

    /// Shows contexts, with the mark of the one in use.
    func show(_ names: [String], of file: ContextFile) {
        let fields = ["name", "current"] + Context.keys
        let values = names.map { name in
            [name, "\(name == file.current)"]
                + Context.keys.map { file.contexts[name]?[$0] ?? "" }
        }
        let rows = values.map { row in
            [Cell(row[1] == "true" ? "*" : "", .good)]
                + ([row[0]] + row.dropFirst(2)).map { Cell($0) }
        }
        output.rows(
            TextTable(
                columns: [.init(title: "")]
                    + (["name"] + Context.keys).map { .init(title: $0, isFlexible: true) },
                rows: rows),
            names: fields, values: values,
            json: values.map { row in
                JSONText.object(
                    zip(fields, row).map { key, value in
                        (key, key == "current" ? value : JSONText.quoted(value))
                    })
            },
            key: "contexts")
    }
}
