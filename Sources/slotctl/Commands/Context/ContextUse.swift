internal import ArgumentParser

/// `slotctl context use`.
struct ContextUse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Use a context from now on.",
        discussion: examples("slotctl context use clinic", "slotctl context use --none"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its name.", completion: .contexts) var name: String?
    @Flag(help: "Use none.") var none = false

    func validate() throws {
        if (name == nil) != none { throw ValidationError("give a name or --none") }
    }

    func run() async throws {
        let place = try ContextPlace(global)
        var file = try ContextFile.read(place.path)
        if let name, file.contexts[name] == nil {
            throw CommandFailure.unknownName("context", name)
        }
        file.current = name
        try file.write(place.path)
        place.output.note(name.map { "Using \($0)." } ?? "Using none.")
    }
}
