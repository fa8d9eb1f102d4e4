internal import ArgumentParser
internal import SlotdAPI

/// `slotctl procedure-type list`.
struct ProcedureTypeList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List procedure types.",
        discussion: examples(
            "slotctl procedure-type list",
            "slotctl procedure-type list --archived -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Flag(help: "Also those that are archived.") var archived = false

    func run(_ session: Session) async throws(CommandFailure) {
        let records = try await session.procedureTypes(includingArchived: archived)
        try session.output.list(records, as: .procedureType)
    }
}
