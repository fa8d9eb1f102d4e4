internal import ArgumentParser

/// `slotctl context list`.
struct ContextList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List contexts.",
        discussion: examples("slotctl context list"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func run() async throws {
        let place = try ContextPlace(global)
        let file = try ContextFile.read(place.path)
        place.show(file.contexts.keys.sorted(), of: file)
    }
}
