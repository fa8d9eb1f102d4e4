internal import ArgumentParser

/// `slotctl context list`.
struct ContextList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List contexts.",
        discussion: examples("slotctl context list"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func run() throws {
        let place = try ContextPlace(global)
        let file = try ContextFile.read(place.path)
        place.show(file.contexts.keys.sorted(), of: file)
    }
}
