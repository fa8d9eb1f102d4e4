internal import ArgumentParser
internal import SlotdAPI

/// `slotctl patient list`.
struct PatientList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List patients.",
        discussion: examples(
            "slotctl patient list",
            "slotctl patient list lov",
            "slotctl patient list -o csv > patients.csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Only with a word of the name, or a reference, that begins so.")
    var prefix = ""
    @Option(help: "At most so many.") var limit = 1000

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes 1 or more") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let found = try await session.patients(prefix: prefix, limit: limit)
        try session.output.list(found.records, as: .patient)
        if found.isTruncated {
            session.output.note("There are more after these; --limit goes on.")
        }
    }
}
