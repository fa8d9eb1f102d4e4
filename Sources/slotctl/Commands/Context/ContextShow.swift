internal import ArgumentParser

/// `slotctl context show`.
struct ContextShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one context; default: the one in use.",
        discussion: examples("slotctl context show", "slotctl context show clinic -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its name.", completion: .contexts) var name: String?

    func run() async throws {
        let place = try ContextPlace(global)
        let file = try ContextFile.read(place.path)
        guard let name = name ?? file.current else {
            throw CommandFailure.local("no context is in use: slotctl context use NAME")
        }
        guard file.contexts[name] != nil else { throw CommandFailure.unknownName("context", name) }
        place.show([name], of: file)
    }
}
